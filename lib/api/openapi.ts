import { z } from "zod";
import type { Operation, Parameter } from "#lib/api/operation";
import { deliveryErrors, type ErrorCode, httpStatus } from "#lib/errors";

type Json = Record<string, unknown>;

const DESCRIPTION =
  "Sign-up and sign-in with a second factor. Cookies carry the challenge between the steps and the session after them. State changes need an accepted Origin, or come from a program as application/json.";

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string().optional(),
    errors: z.record(z.string(), z.string()).optional().describe("What is wrong with each field."),
    attemptsLeft: z.int().optional(),
    reason: z
      .string()
      .optional()
      .describe(`Why a number was not accepted, a message not sent or an answer wrong: ${deliveryErrors.join(", ")}, …`),
    action: z.string().optional().describe("The class of acts that needs step-up."),
    until: z.iso.datetime().nullable().optional().describe("When the account's restriction ends; null while staff decide."),
    reference: z.string().optional().describe("What to name to the operator."),
  })
  .meta({ id: "problem" });

/** Converts a zod schema for the document, and moves schemas with an id into its components. */
function schemaIn(components: Json, schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, $defs = {}, ...rest } = z.toJSONSchema(schema, { io, override: ({ jsonSchema }) => void delete jsonSchema.id });
  const linked = (part: unknown) => JSON.parse(JSON.stringify(part).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
  Object.assign(components, linked($defs));
  return linked(rest);
}

/** Returns the codes of a call by status: its own refusals, and those that follow from its body and policy. */
function codesOf({ method, body, policy, refusals }: Operation): Map<number, string[]> {
  const changes = method !== "GET";
  const implied: ErrorCode[] = [
    "unavailable",
    ...(body ? (["invalid_input"] as const) : []),
    ...(changes ? (["forbidden_origin", "too_large"] as const) : []),
    ...(changes && policy.media ? (["unsupported_media_type"] as const) : []),
  ];
  const codes = new Map<number, string[]>([[500, ["internal"]]]);
  for (const code of new Set([...implied, ...refusals])) codes.set(httpStatus[code], [...(codes.get(httpStatus[code]) ?? []), code]);
  return codes;
}

const retryAfter = { "Retry-After": { description: "Seconds.", required: true, schema: { type: "integer", minimum: 1 } } };

const refusal = (status: number, codes: readonly string[]) => ({
  description: codes.join(", "),
  ...(status === 429 || status === 503 ? { headers: retryAfter } : {}),
  content: {
    "application/problem+json": {
      schema: {
        allOf: [
          { $ref: "#/components/schemas/problem" },
          { type: "object", properties: { status: { const: status }, code: { enum: codes } } },
        ],
      },
    },
  },
});

const OTHERWISE = {
  description: "What the front door refuses before any call: a malformed request, a Host that is not ours, a method that is not here.",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/problem" } } },
};

function operationIn(components: Json, operation: Operation): Json {
  const { summary, path, body, parameters = [], answers } = operation;
  const content = (schema: z.ZodType, io: "input" | "output") => ({ "application/json": { schema: schemaIn(components, schema, io) } });
  const successes = Object.entries(answers).map(([status, { says, schema }]) => [
    status,
    { description: says, ...(schema ? { content: content(schema, "output") } : {}) },
  ]);
  const refusals = [...codesOf(operation)].map(([status, codes]) => [status, refusal(status, codes)]);
  const parameterIn = ({ in: where, name, schema, says }: Parameter) => ({
    name,
    in: where,
    required: false,
    description: says,
    schema: schemaIn(components, schema, "input"),
  });
  const placeholders = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const all = [...placeholders, ...parameters.map(parameterIn)];
  return {
    summary,
    ...(all.length > 0 ? { parameters: all } : {}),
    ...(body ? { requestBody: { required: true, content: content(body.strict(), "input") } } : {}),
    responses: { ...Object.fromEntries([...successes, ...refusals]), default: OTHERWISE },
  };
}

const ROOT = "/api/v1";

/** Generates the OpenAPI 3.1 document of the calls under /api/v1 from the schemas of their bodies and answers. */
export function openapi(operations: readonly Operation[]): Json {
  const schemas: Json = {};
  schemaIn(schemas, problem, "output");
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = operation.path.slice(ROOT.length);
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: operationIn(schemas, operation) };
  }
  const info = { title: "Sekisho", version: "1", description: DESCRIPTION };
  return { openapi: "3.1.0", info, servers: [{ url: ROOT }], paths, components: { schemas } };
}
