import { describe, expect, it } from "vitest";
import { newToken } from "#lib/crypto/hash";
import { sql } from "#lib/db/sql";
import { sessionCookie } from "#lib/http/bearer";
import { mayBeLarge } from "#lib/http/console";
import { sessionHashes } from "#lib/sessions/read-session";
import type { Role } from "#lib/staff/matrix";
import { makeAccount } from "#lib/testing/fixtures";
import { staffMember, staffSession } from "#lib/testing/staff";

/** The cookie of a member of staff whose session was opened in this way, and stepped up for nothing. */
async function cookieOf(role: Role | null, amr: string): Promise<string> {
  const token = newToken();
  const { sessionId } = role ? await staffMember(role) : await staffSession(await makeAccount());
  await sql`DELETE FROM step_ups WHERE session_id = ${sessionId}::uuid`;
  await sql`
    INSERT INTO authenticators (user_id, kind, verified_at) SELECT user_id, 'recovery_codes', app_now() FROM sessions WHERE id = ${sessionId}::uuid ON CONFLICT DO NOTHING`;
  await sql`UPDATE sessions SET token_hash = ${sessionHashes(token)[0]}, amr = string_to_array(${amr}, ',') WHERE id = ${sessionId}::uuid`;
  return `${sessionCookie()}=${token}`;
}
const asked = (cookie?: string) => mayBeLarge({ headers: { cookie } }, "members.stage");

describe("A large body", () => {
  it("is read of an administrator who has entered the console, and of nobody else", async () => {
    expect(await asked(await cookieOf("administrator", "pwd,otp"))).toBe(true);
    expect(await asked(await cookieOf("administrator", "pwd,sms"))).toBe(false);
    expect(await asked(await cookieOf("support", "pwd,otp"))).toBe(false);
    expect(await asked(await cookieOf(null, "pwd,otp"))).toBe(false);
    expect(await asked(`${sessionCookie()}=${newToken()}`)).toBe(false);
    expect(await asked()).toBe(false);
  });
});
