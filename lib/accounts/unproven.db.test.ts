import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { signIn } from "#lib/accounts/sign-in";
import { signUp } from "#lib/accounts/sign-up";
import { sql } from "#lib/db/sql";
import { verifyChallenge } from "#lib/purposes/challenges";
import { codeOf, forgetLimits, freshNumber, must, otherThan, requester } from "#lib/testing/fixtures";

// An unproven sign-up has no claim on its address. The owner's proof ends every sign-up that a stranger began before it or begins after it,
// together with its password and number (RG-03, E04; pre-hijacking, MSRC 2022).

const THIEF = "どろぼうの 合言葉 1";
const OWNER = "もちぬしの 合言葉 2";
const address = () => `${randomUUID()}@example.jp`;
const start = async (email: string, password: string) => must(await signUp({ email, password, locale: "ja" }, requester)).token;
/** Other tests examine the limit of mails per address. */
async function passwordOpens(email: string, password: string): Promise<boolean> {
  await forgetLimits();
  return (await signIn({ identifier: email, password }, requester)).ok;
}

describe("An address that nobody proved", () => {
  it("belongs to nobody: a password set on it opens nothing, before and after its owner proves it (E04)", async () => {
    const email = address();
    const thief = await start(email, THIEF);
    expect(await passwordOpens(email, THIEF)).toBe(false);
    const owner = await start(email, OWNER);
    must(await verifyChallenge(owner, { code: await codeOf(owner) }, requester));
    expect(await passwordOpens(email, THIEF)).toBe(false);
    expect(await passwordOpens(email, OWNER)).toBe(true);
    // The thief's challenge has ended: it refuses even the right code, which only the owner could have read.
    expect(await verifyChallenge(thief, { code: await codeOf(thief) }, requester)).toMatchObject({
      ok: false,
      error: { code: "challenge_expired" },
    });
    expect(await passwordOpens(email, OWNER)).toBe(true);
    expect(await sql`SELECT 1 FROM users WHERE email = ${email}`).toHaveLength(1);
  });

  it("is not taken back by a sign-up that begins after the proof (E04)", async () => {
    const email = address();
    const owner = await start(email, OWNER);
    must(await verifyChallenge(owner, { code: await codeOf(owner) }, requester));
    const thief = await start(email, THIEF);
    expect((await verifyChallenge(thief, { code: await codeOf(thief) }, requester)).ok).toBe(false);
    expect(await passwordOpens(email, THIEF)).toBe(false);
    expect(await passwordOpens(email, OWNER)).toBe(true);
  });

  it("does not make its prover the owner of a stranger's password: each proof takes the password of its own sign-up", async () => {
    const email = address();
    const [first, second] = [await start(email, THIEF), await start(email, OWNER)];
    // The owner enters the code of the owner's mail in the owner's browser; the thief's mail has another code.
    const code = await codeOf(second);
    if (code !== (await codeOf(first))) expect((await verifyChallenge(first, { code }, requester)).ok).toBe(false);
    must(await verifyChallenge(second, { code }, requester));
    expect(await passwordOpens(email, OWNER)).toBe(true);
    expect(await passwordOpens(email, THIEF)).toBe(false);
  });
});

describe("A number that nobody proved", () => {
  it("is held by nobody: a stranger who named it first keeps its owner from nothing (E04)", async () => {
    const e164 = freshNumber();
    const waiting = async () => {
      const token = await start(address(), OWNER);
      const verified = must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
      return "challengeToken" in verified ? verified.challengeToken : "";
    };
    const [thief, owner] = [await waiting(), await waiting()];
    must(await bindPhone(thief, { number: e164, channel: "sms", acceptRisk: true }, requester));
    must(await bindPhone(owner, { number: e164, channel: "sms", acceptRisk: true }, requester));
    expect(must(await verifyChallenge(owner, { code: await codeOf(owner) }, requester)).next).toBe("save_recovery_codes");
    expect(await verifyChallenge(thief, { code: otherThan(await codeOf(thief)) }, requester)).toMatchObject({
      ok: false,
      error: { code: "code_wrong" },
    });
    const bound =
      await sql`SELECT 1 FROM account_phones WHERE number_hash = (SELECT number_hash FROM account_phones WHERE verified_at IS NOT NULL ORDER BY verified_at DESC LIMIT 1) AND verified_at IS NOT NULL`;
    expect(bound).toHaveLength(1);
  });
});
