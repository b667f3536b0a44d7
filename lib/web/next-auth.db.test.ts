import type { IncomingMessage, ServerResponse } from "node:http";
import { getServerSession } from "next-auth";
import { describe, expect, it } from "vitest";
import { sql } from "#lib/db/sql";
import { sessionCookie } from "#lib/http/bearer";
import { verifyChallenge } from "#lib/purposes/challenges";
import { codeOf, forgetRecoveryCodes, makeAccount, must, passPassword, requester, signedIn } from "#lib/testing/fixtures";
import { authOptions } from "#lib/web/next-auth";

// How a host application sees the sessions through next-auth.

/** Requests the session like a host's page, and returns it with the cookies that next-auth sets. */
async function ask(token: string) {
  const set: unknown[] = [];
  const req = { headers: {}, cookies: { [sessionCookie()]: token } } as unknown as IncomingMessage & { cookies: Record<string, string> };
  const res = { getHeader: () => undefined, setHeader: (_: string, value: unknown) => set.push(value) } as unknown as ServerResponse;
  const session = await getServerSession(req as never, res as never, authOptions());
  return { session, set: JSON.stringify(set) };
}

describe("getServerSession of a host application", () => {
  it("is null until the recovery codes are saved, keeps the cookie meanwhile, and has the account afterwards", async () => {
    const account = await makeAccount();
    const token = await passPassword(account);
    const verified = signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, requester)));
    await forgetRecoveryCodes(account.userId);
    const unfinished = await ask(verified.sessionToken);
    expect(unfinished.session).toBeNull();
    expect(unfinished.set).toContain(verified.sessionToken);
    await sql`INSERT INTO authenticators (user_id, kind, verified_at) VALUES (${account.userId}::uuid, 'recovery_codes', app_now())`;
    expect((await ask(verified.sessionToken)).session?.user).toEqual({ id: account.userId, email: account.email });
    expect((await ask("x".repeat(43))).session).toBeNull();
  });
});
