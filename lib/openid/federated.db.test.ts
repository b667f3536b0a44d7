import { randomUUID } from "node:crypto";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { signInFederated } from "#lib/accounts/social-sign-in";
import { sql } from "#lib/db/sql";
import { readInteraction } from "#lib/openid/interaction";
import { verifyChallenge } from "#lib/purposes/challenges";
import { codeOf, forgetLimits, makeAccount, must, requester, signedIn } from "#lib/testing/fixtures";
import { addService, type OpenIdServer, openIdServer, requestOf, type TestService } from "#lib/testing/openid";

// What a service gets of a session that LINE or Google began in place of the password.

let door: OpenIdServer;
let service: TestService;
beforeAll(async () => {
  [door, service] = [await openIdServer(), await addService({ firstParty: true })];
});
afterAll(() => door.close());
beforeEach(forgetLimits);

const now = () => Math.floor(Date.now() / 1000);

/** Signs in by a linked account whose person signed in there at a time in seconds since 1970, or at one that is not told. */
async function sessionOf(authTime: number | null): Promise<string> {
  const { userId } = await makeAccount();
  const subject = randomUUID();
  await sql`INSERT INTO linked_logins (user_id, provider, subject) VALUES (${userId}::uuid, 'line', ${subject})`;
  const { token } = must(await signInFederated({ provider: "line", subject, addressProven: true, authTime }, null, requester));
  return signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, requester))).sessionToken;
}

const silent = async (session: string, more: Record<string, string>) =>
  (await door.authorize(requestOf(service, { prompt: "none", ...more }).parameters, session)).location?.searchParams.get("error");

describe("A session that LINE or Google began", () => {
  it("is as old for a service as the sign-in there, in silence and in its ID token (SO-04)", async () => {
    const signedInAt = now() - 7200;
    const session = await sessionOf(signedInAt);
    expect(await silent(session, { max_age: "3600" })).toBe("login_required");
    expect(await silent(session, { max_age: "8000" })).toBeNull();
    const { tokens } = await door.enter(service, session, { max_age: "8000" });
    expect(decodeJwt(tokens.id_token)).toMatchObject({ auth_time: signedInAt, amr: ["fed", "sms"] });
  });

  it("asks its person again, in a sign-in that is newer than the request, where it is too old (SO-04)", async () => {
    const session = await sessionOf(now() - 7200);
    const { location } = await door.authorize(requestOf(service, { max_age: "3600" }).parameters, session);
    expect(await readInteraction(location?.pathname.split("/")[2] ?? "")).toMatchObject({ again: true });
  });

  it("whose age the provider does not tell is too old for every age that a service asks for, and signs in where none is (SO-04)", async () => {
    const session = await sessionOf(null);
    expect(await silent(session, { max_age: "86400" })).toBe("login_required");
    const { tokens } = await door.enter(service, session);
    expect(decodeJwt(tokens.id_token).auth_time).toBeGreaterThan(now() - 60);
  });

  it("is as young as its second factor where the clock there is ahead (SO-04)", async () => {
    const session = await sessionOf(now() + 3600);
    const { tokens } = await door.enter(service, session);
    expect(decodeJwt(tokens.id_token).auth_time).toBeLessThanOrEqual(now() + 1);
  });
});
