import { z } from "zod";
import { answer, type Operation, operation } from "#lib/api/operation";
import { env } from "#lib/env";
import { routePolicies } from "#lib/http/policy";

/** What browsers and password managers look up at a fixed place. */

const at = (path: string) => `${env().publicOrigin}${path}`;

/** Where passkeys are made and managed (W3C, A Well-Known URL for Relying Party Passkey Endpoints). */
const passkeyEndpoints = operation({
  method: "GET",
  path: "/.well-known/passkey-endpoints",
  summary: "The pages on which a person adds and manages passkeys.",
  policy: routePolicies.api,
  answers: { 200: { says: "The pages.", schema: z.object({ enroll: z.url(), manage: z.url() }) } },
  refusals: [],
  run: async () => answer(200, { enroll: at("/account/factors/passkey"), manage: at("/account/factors") }),
});

/** Where the password is changed (W3C, A Well-Known URL for Changing Passwords). */
const changePassword: Operation = {
  method: "GET",
  path: "/.well-known/change-password",
  summary: "The page on which a person changes the password.",
  policy: routePolicies.api,
  answers: { 302: { says: "The page." } },
  refusals: [],
  handler: async () => ({ status: 302, headers: { Location: "/account/password" }, body: "", cookies: [] }),
};

export const wellKnown = [passkeyEndpoints, changePassword];
