import { z } from "zod";
import { bodies } from "#lib/api/bodies";
import { deliveryErrors, httpStatus } from "#lib/errors";
import { methods } from "#lib/methods";

type Json = Record<string, unknown>;

const text = { type: "string" };
const time = { type: "string", format: "date-time" };
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const object = (properties: Json, required = Object.keys(properties)) => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

const offers = {
  type: "array",
  items: object({ method: { enum: [...methods] }, phoneId: { type: "string", format: "uuid" }, hint: text }, ["method"]),
};

const challengeProperties = {
  purpose: { enum: ["SIGN_UP", "BIND_PHONE", "SIGN_IN", "STEP_UP", "RESET_PASSWORD", "RECOVER"] },
  methods: offers,
  stopped: { ...offers, description: "Ways that the operator has stopped; absent where there are none." },
  delivery: {
    oneOf: [
      { type: "null" },
      object(
        {
          method: { enum: [...methods] },
          phoneId: { type: "string", format: "uuid" },
          hint: text,
          status: { enum: ["queued", "sent", "delivered", "undelivered", "failed"] },
          reason: { enum: [...deliveryErrors] },
          sender: { ...text, description: "The number a text or call comes from." },
          at: time,
          until: { ...time, description: "When it can be sent; present where it was held back." },
        },
        ["method", "hint", "status", "at"],
      ),
    ],
  },
  codeLength: { const: 6 },
  attemptsLeft: { type: "integer", minimum: 0, maximum: 5 },
  sendsLeft: { type: "integer", minimum: 0, maximum: 5 },
  resendAt: object({ sms: time, voice: time, email: time }, []),
  expiresAt: time,
  serverTime: time,
};
const challenge = object(
  challengeProperties,
  Object.keys(challengeProperties).filter((name) => name !== "stopped"),
);

const session = object(
  {
    user: object({
      id: { type: "string", format: "uuid" },
      email: text,
      locale: { enum: ["ja", "en"] },
      roles: { type: "array", items: text },
    }),
    aal: { enum: [1, 2] },
    amr: { type: "array", items: text },
    authenticatedAt: time,
    expiresAt: time,
    next: {
      const: "save_recovery_codes",
      description: "Present until the recovery codes are saved; the session opens nothing else until then.",
    },
  },
  ["user", "aal", "amr", "authenticatedAt", "expiresAt"],
);

const problem = object(
  {
    type: text,
    title: text,
    status: { type: "integer" },
    code: { enum: [...Object.keys(httpStatus), "internal"] },
    errors: { type: "object", additionalProperties: text },
    attemptsLeft: { type: "integer" },
    reason: text,
    reference: text,
  },
  ["type", "title", "status", "code"],
);

const answer = (description: string, schema?: Json) => ({
  description,
  ...(schema ? { content: { "application/json": { schema } } } : {}),
});
const problems = {
  default: {
    description: "A refusal with a stable code; 429 and 503 carry Retry-After.",
    content: { "application/problem+json": { schema: ref("problem") } },
  },
};
const requestBody = (schema: z.ZodType) => ({
  required: true,
  content: { "application/json": { schema: z.toJSONSchema(schema, { io: "input" }) } },
});

const operation = (summary: string, answers: Json, body?: z.ZodType) => ({
  summary,
  ...(body ? { requestBody: requestBody(body) } : {}),
  responses: { ...answers, ...problems },
});

const toVerify = object({ next: { const: "verify" }, challenge: ref("challenge") });
const verified = {
  oneOf: [
    object({ next: { const: "bind_phone" }, challenge: ref("challenge") }),
    object({ next: { enum: ["save_recovery_codes", "done"] }, session: ref("session") }),
  ],
};

/** The OpenAPI 3.1 document of /api/v1; request bodies come from the schemas that judge them. */
export const openapi = () => ({
  openapi: "3.1.0",
  info: {
    title: "Sekisho",
    version: "1",
    description:
      "Sign-up and sign-in with a second factor. Cookies carry the challenge between the steps and the session after them. State changes need an accepted Origin, or come from a program as application/json.",
  },
  servers: [{ url: "/api/v1" }],
  paths: {
    "/sign-up": {
      post: operation(
        "Start a sign-up; a known address gets the same answer.",
        { 202: answer("The challenge that proves the address.", toVerify) },
        bodies.signUp,
      ),
    },
    "/sign-in": {
      post: operation(
        "Check a password and open the challenge of the second factor.",
        { 200: answer("The challenge.", toVerify) },
        bodies.signIn,
      ),
    },
    "/challenge": {
      get: {
        ...operation("The challenge of this browser.", { 200: answer("The challenge.", ref("challenge")) }),
        parameters: [
          {
            name: "Sekisho-Form",
            in: "header",
            required: false,
            schema: text,
            description: "The hidden field `form` of a page: 409 when the browser has another challenge than the one it was drawn for.",
          },
        ],
      },
    },
    "/challenge/send": {
      post: operation("Send the code again, or by another way.", { 202: answer("The challenge.", ref("challenge")) }, bodies.send),
    },
    "/challenge/verify": { post: operation("Answer the challenge.", { 200: answer("Where it leads.", verified) }, bodies.verify) },
    "/phones": { post: operation("Give a BIND_PHONE challenge its number.", { 202: answer("The challenge.", toVerify) }, bodies.phones) },
    "/recovery-codes": {
      post: operation(
        "Issue the recovery codes, or show the unconfirmed set again.",
        { 200: answer("Ten codes.", object({ codes: { type: "array", items: text, minItems: 10, maxItems: 10 } })) },
        bodies.nothing,
      ),
    },
    "/recovery-codes/confirm": {
      post: operation(
        "Confirm with one of the codes that they are saved; it stays valid.",
        { 200: answer("Done.", object({ next: { const: "done" }, session: ref("session") })) },
        bodies.confirm,
      ),
    },
    "/session": {
      get: operation("The session of this browser.", { 200: answer("The session.", ref("session")) }),
      delete: operation("Sign out.", { 204: answer("Signed out.") }),
    },
  },
  components: { schemas: { challenge, session, problem } },
});
