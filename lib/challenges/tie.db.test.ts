import { describe, expect, it } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { signIn } from "#lib/accounts/sign-in";
import { signUp } from "#lib/accounts/sign-up";
import { sql } from "#lib/db/sql";
import { readChallenge, sendCode, verifyChallenge } from "#lib/purposes/challenges";
import {
  type Account,
  codeOf,
  count,
  freshNumber,
  makeAccount,
  must,
  otherThan,
  PASSWORD,
  passPassword,
  requester,
} from "#lib/testing/fixtures";

// A form belongs to the challenge it was drawn for: used on another challenge it is rejected before anything is counted (WB-12, I19).

const idOf = async (token: string) => (await readChallenge(token))?.id ?? "";
const refusal = { ok: false, error: { code: "form_of_another" } };

/** Reads all state that an answer, a send or a number could have changed. */
const state = async (token: string) =>
  sql`SELECT c.*, (SELECT count(*)::int FROM messages) AS messages, (SELECT count(*)::int FROM phones) AS phones,
        (SELECT count(*)::int FROM limit_hits) AS hits, (SELECT count(*)::int FROM audit_events) AS events,
        (SELECT count(*)::int FROM sessions) AS sessions, (SELECT sum(factor_failures)::int FROM users) AS failures
      FROM challenges c WHERE id = ${await idOf(token)}::uuid`;

async function two(): Promise<{ account: Account; here: string; elsewhere: string }> {
  const account = await makeAccount();
  return { account, here: await passPassword(account), elsewhere: await idOf(await passPassword(await makeAccount())) };
}

describe("A form drawn for another challenge", () => {
  it("neither counts nor uses a code, right or wrong, or a recovery code", async () => {
    const { here, elsewhere } = await two();
    const before = await state(here);
    const code = await codeOf(here);
    for (const typed of [
      { code },
      { code: otherThan(code) },
      { code: "x" },
      { method: "recovery_code" as const, code: "0000-0000-0000-0000" },
    ])
      expect(await verifyChallenge(here, { ...typed, drawnFor: elsewhere }, requester)).toMatchObject(refusal);
    expect(await state(here)).toEqual(before);
    expect((await verifyChallenge(here, { code, drawnFor: await idOf(here) }, requester)).ok).toBe(true);
  });

  it("sends nothing", async () => {
    const { here, elsewhere } = await two();
    const before = await state(here);
    for (const method of ["sms", "voice"] as const)
      expect(await sendCode(here, { method, drawnFor: elsewhere }, requester)).toMatchObject(refusal);
    expect(await state(here)).toEqual(before);
  });

  it("binds no number to the other person's account", async () => {
    const binding = async () => {
      const account = await makeAccount({ phone: false });
      const { token } = must(await signIn({ identifier: account.email, password: PASSWORD }, requester));
      const proven = must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
      return { account, token: proven.next === "bind_phone" ? proven.challengeToken : "" };
    };
    const [a, b] = [await binding(), await binding()];
    const number = { number: freshNumber(), channel: "sms" as const, acceptRisk: true };
    const drawnFor = await idOf(a.token);
    const before = await state(b.token);
    expect(await bindPhone(b.token, { ...number, drawnFor }, requester)).toMatchObject(refusal);
    expect(await state(b.token)).toEqual(before);
    expect(await count(sql<{ n: number }>`SELECT count(*)::int AS n FROM account_phones WHERE user_id = ${b.account.userId}::uuid`)).toBe(
      0,
    );
    expect((await bindPhone(a.token, { ...number, drawnFor }, requester)).ok).toBe(true);
  });
});

describe("Whom a challenge is for", () => {
  const whose = async (token: string) => (await readChallenge(token))?.whose;

  it("is the address that was typed at its beginning, at sign-up and at sign-in", async () => {
    const account = await makeAccount();
    expect(await whose(await passPassword(account))).toEqual({ email: account.email });
    const { token } = must(await signUp({ email: "Taro@Example.jp", password: PASSWORD, locale: "ja" }, requester));
    expect(await whose(token)).toEqual({ email: "taro@example.jp" });
  });

  it("is two digits of the number where a number was typed: the address stays unknown to those who know number and password alone", async () => {
    const account = await makeAccount();
    const { token } = must(await signIn({ identifier: account.e164, password: PASSWORD }, requester));
    expect(await whose(token)).toEqual({ digits: account.e164.slice(-2) });
  });

  it("is the proven address while a number is awaited", async () => {
    const account = await makeAccount({ phone: false });
    const { token } = must(await signIn({ identifier: account.email, password: PASSWORD }, requester));
    const proven = must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
    expect(await whose(proven.next === "bind_phone" ? proven.challengeToken : "")).toEqual({ email: account.email });
  });
});
