import { z } from "zod";
import { beginPasskeySignIn, finishPasskeySignIn } from "#lib/accounts/passkey-sign-in";
import {
  beginPasskey,
  challengeOptions,
  confirmPasskey,
  type MakingOptions,
  removePasskey,
  renamePasskey,
  type SigningOptions,
} from "#lib/accounts/passkeys";
import { beginFirstPasskey, confirmFirstPasskey } from "#lib/accounts/sign-up-factor";
import { beginUnasked, confirmUnasked } from "#lib/accounts/unasked-passkey";
import { bodies } from "#lib/api/contract/bodies";
import {
  guardedRefusals,
  isId,
  orUnauthenticated,
  personOrSignUp,
  personRefusals,
  signedInPerson,
  signUpRefusals,
} from "#lib/api/contract/person";
import { completed, completedJson, session, sessionJson } from "#lib/api/contract/schemas";
import { answer, operation } from "#lib/api/operation";
import { afterChange, afterVerifying, cookieIn, drop, keep, passkeyCookie } from "#lib/http/bearer";
import { routePolicies } from "#lib/http/policy";
import { fail } from "#lib/result";

/** The calls of passkeys: sign-in with one alone, as a second factor, and those of an account. */

const text = z.string();
const named = z.array(z.object({ id: text, type: z.literal("public-key"), transports: z.array(text).optional() }));

const signing = z
  .object({
    challenge: text,
    rpId: text,
    allowCredentials: named,
    timeout: z.int(),
    userVerification: z.enum(["preferred", "required"]),
  })
  .meta({ id: "passkeySigning" });

const making = z
  .object({
    challenge: text,
    rp: z.object({ id: text, name: text }),
    user: z.object({ id: text, name: text, displayName: text }),
    pubKeyCredParams: z.array(z.object({ alg: z.int(), type: z.literal("public-key") })),
    excludeCredentials: named,
    authenticatorSelection: z.object({ residentKey: text, requireResidentKey: z.boolean(), userVerification: text }),
    attestation: z.literal("none"),
    extensions: z.object({ credProps: z.boolean() }),
    timeout: z.int(),
  })
  .meta({ id: "passkeyMaking" });

const publicKey = "public-key" as const;
const namedJson = (list: { id: string; transports?: string[] }[] = []) =>
  list.map(({ id, transports }) => ({ id, type: publicKey, ...(transports?.length ? { transports } : {}) }));

const signingJson = ({
  challenge,
  rpId = "",
  allowCredentials,
  timeout = 0,
  userVerification,
}: SigningOptions): z.output<typeof signing> => ({
  ...{ challenge, rpId, timeout, allowCredentials: namedJson(allowCredentials) },
  userVerification: userVerification === "required" ? "required" : "preferred",
});

const makingJson = (options: MakingOptions): z.output<typeof making> => ({
  challenge: options.challenge,
  rp: { id: options.rp.id ?? "", name: options.rp.name },
  user: { id: options.user.id, name: options.user.name, displayName: options.user.displayName },
  pubKeyCredParams: options.pubKeyCredParams.map(({ alg }) => ({ alg, type: publicKey })),
  excludeCredentials: namedJson(options.excludeCredentials),
  authenticatorSelection: {
    residentKey: options.authenticatorSelection?.residentKey ?? "preferred",
    requireResidentKey: options.authenticatorSelection?.residentKey === "required",
    userVerification: "preferred",
  },
  attestation: "none",
  extensions: { credProps: true },
  timeout: options.timeout ?? 0,
});

const begin = operation({
  method: "POST",
  path: "/api/v1/sign-in/passkey",
  summary: "Begin a sign-in with a passkey alone; nothing is stored until it is answered.",
  policy: routePolicies.api,
  body: bodies.nothing,
  answers: { 200: { says: "The options for the browser's dialog.", schema: z.object({ options: signing }) } },
  refusals: [],
  run: async () => {
    const { options, sealed, expiresAt } = await beginPasskeySignIn();
    return answer(200, { options: signingJson(options) }, [keep(passkeyCookie(), sealed, expiresAt)]);
  },
});

const finish = operation({
  method: "POST",
  path: "/api/v1/sign-in/passkey/verify",
  summary: "Sign in with the answer of a passkey that verified its user.",
  policy: routePolicies.api,
  body: bodies.assertion,
  answers: { 200: { says: "Signed in.", schema: z.object({ next: z.enum(["done", "save_recovery_codes"]), session }) } },
  refusals: ["credentials_wrong", "challenge_expired", "too_many_requests"],
  run: async ({ assertion }, { headers, requester }) => {
    const sealed = cookieIn(headers.cookie?.toString(), passkeyCookie()) ?? "";
    const done = await finishPasskeySignIn({ sealed, assertion, returnTo: null }, requester);
    if (!done.ok) return done;
    const { value } = done;
    if (value.next !== "done" && value.next !== "save_recovery_codes") throw new Error("a passkey alone opens a session and nothing else");
    return answer(200, { next: value.next, session: sessionJson(value.session) }, [...afterVerifying(value), drop(passkeyCookie())]);
  },
});

const asked = operation({
  method: "POST",
  path: "/api/v1/challenge/passkey",
  summary: "The options to answer the challenge with a passkey.",
  policy: routePolicies.api,
  body: bodies.nothing,
  answers: { 200: { says: "The options for the browser's dialog.", schema: z.object({ options: signing }) } },
  refusals: ["challenge_missing", "challenge_expired", "too_many_attempts", "method_not_available"],
  run: async (_, { challengeToken }) => {
    const options = await challengeOptions(challengeToken);
    return options.ok ? answer(200, { options: signingJson(options.value) }) : options;
  },
});

const make = operation({
  method: "POST",
  path: "/api/v1/factors/passkeys",
  summary: "Begin to add a passkey. Without a session, for the sign-up of the caller's challenge.",
  policy: routePolicies.api,
  body: bodies.nothing,
  answers: { 200: { says: "The options for the browser's dialog.", schema: z.object({ options: making }) } },
  refusals: [...guardedRefusals, ...signUpRefusals, "too_many_passkeys"],
  run: async (_, call) => {
    const person = await personOrSignUp(call);
    if (!person.ok) return person;
    const options = person.value ? await beginPasskey(person.value) : orUnauthenticated(await beginFirstPasskey(call.challengeToken));
    return options.ok ? answer(200, { options: makingJson(options.value) }) : options;
  },
});

const confirm = operation({
  method: "POST",
  path: "/api/v1/factors/passkeys/confirm",
  summary: "Add the passkey that the browser made. Without a session it completes the sign-up of the caller's challenge.",
  policy: routePolicies.api,
  body: bodies.passkey,
  answers: {
    200: { says: "Added, and the sign-up has its session.", schema: completed },
    201: { says: "Added.", schema: z.object({ id: z.uuid() }) },
  },
  refusals: [...guardedRefusals, ...signUpRefusals, "code_wrong", "too_many_passkeys"],
  run: async (input, call) => {
    const person = await personOrSignUp(call);
    if (!person.ok) return person;
    if (!person.value) {
      const ended = orUnauthenticated(await confirmFirstPasskey(call.challengeToken, input, call.requester));
      return ended.ok ? answer(200, completedJson(ended.value), afterVerifying(ended.value)) : ended;
    }
    const added = await confirmPasskey(person.value, input, call.requester);
    return added.ok ? answer(201, added.value.value, afterChange(added.value)) : added;
  },
});

const unaskedRefusals = [...personRefusals, "account_restricted", "method_not_available"] as const;

const makeUnasked = operation({
  method: "POST",
  path: "/api/v1/factors/passkeys/automatic",
  summary: "Begin a passkey that the browser makes by itself within five minutes of a sign-in by text; once in a session.",
  policy: routePolicies.api,
  body: bodies.nothing,
  answers: { 200: { says: "The options for a conditional creation.", schema: z.object({ options: making }) } },
  refusals: unaskedRefusals,
  run: async (_, call) => {
    const person = await signedInPerson(call);
    if (!person.ok) return person;
    const options = await beginUnasked(person.value);
    return options.ok ? answer(200, { options: makingJson(options.value) }) : options;
  },
});

const confirmMadeUnasked = operation({
  method: "POST",
  path: "/api/v1/factors/passkeys/automatic/confirm",
  summary: "Keep the passkey that the browser made by itself; it signs in alone only after it was used beside the password.",
  policy: routePolicies.api,
  body: bodies.unaskedPasskey,
  answers: { 201: { says: "Added.", schema: z.object({ id: z.uuid() }) } },
  refusals: [...unaskedRefusals, "code_wrong"],
  run: async ({ attestation }, call) => {
    const person = await signedInPerson(call);
    if (!person.ok) return person;
    const added = await confirmUnasked(person.value, attestation, call.requester);
    return added.ok ? answer(201, added.value) : added;
  },
});

const moment = z.iso.datetime();
export const passkey = z
  .object({ id: z.uuid(), name: z.string().nullable(), createdAt: moment, lastUsedAt: moment.nullable(), backedUp: z.boolean() })
  .meta({ id: "passkey" });

const rename = operation({
  method: "PATCH",
  path: "/api/v1/factors/passkeys/{id}",
  summary: "Name a passkey.",
  policy: routePolicies.api,
  body: bodies.passkeyName,
  answers: { 200: { says: "The passkey.", schema: passkey } },
  refusals: [...guardedRefusals, "not_found"],
  run: async ({ name }, call) => {
    const person = await signedInPerson(call);
    if (!person.ok) return person;
    if (!isId(call.params.id)) return fail({ code: "not_found" });
    const named = await renamePasskey(person.value, call.params.id, name, call.requester);
    return named.ok ? answer(200, named.value) : named;
  },
});

const remove = operation({
  method: "DELETE",
  path: "/api/v1/factors/passkeys/{id}",
  summary: "Remove a passkey; never the last second factor.",
  policy: routePolicies.api,
  answers: { 204: { says: "Removed." } },
  refusals: [...guardedRefusals, "not_found", "last_factor"],
  run: async (_, call) => {
    const person = await signedInPerson(call);
    if (!person.ok) return person;
    if (!isId(call.params.id)) return fail({ code: "not_found" });
    const removed = await removePasskey(person.value, call.params.id, call.requester);
    return removed.ok ? answer(204, undefined, afterChange(removed.value)) : removed;
  },
});

export const passkeyCalls = [begin, finish, asked, make, confirm, makeUnasked, confirmMadeUnasked, rename, remove];
