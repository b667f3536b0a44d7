import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { beginLostPhone } from "#lib/accounts/lost-phone";
import { beginReset, setNewPassword } from "#lib/accounts/reset-password";
import { signIn } from "#lib/accounts/sign-in";
import { confirmRecoveryCodes, issuedRecoveryCodes, prepareRecoveryCodes } from "#lib/authenticators/recovery-codes/recovery-codes";
import { resetCodePlace } from "#lib/crypto/code-seal";
import { unseal } from "#lib/crypto/seal";
import { sql, transaction } from "#lib/db/sql";
import { readChallenge, sendCode, verifyChallenge } from "#lib/purposes/challenges";
import {
  type Account,
  codeOf,
  forgetLimits,
  forgetRecoveryCodes,
  freshNumber,
  must,
  PASSWORD,
  requester,
  setClock,
} from "#lib/testing/fixtures";
import { oldAccount, readyCase } from "#lib/testing/lost-phone";

/**
 * E12: how an account with two factors can be entered again, as data (NIST SP 800-63B-4 4.2.2.2: two recovery methods of different kinds, or one beside a
 * bound factor). Every combination of five proofs is tried at every door; those of `ENTER` alone lead in.
 */
const proofs = ["password", "email_code", "recovery_mail", "sms", "recovery_code"] as const;
type Proof = (typeof proofs)[number];

/** What counts: the proof, its method by NIST, and what it is to the account. `mailbox` is one method however often it is used. */
const METHODS: Record<Proof, { method: "secret" | "mailbox" | "phone" | "saved"; bound: boolean }> = {
  password: { method: "secret", bound: true },
  email_code: { method: "mailbox", bound: false },
  recovery_mail: { method: "mailbox", bound: false },
  sms: { method: "phone", bound: true },
  recovery_code: { method: "saved", bound: false },
};

/** The least combinations that enter, and by what; every other one must hold one of them. */
const ENTER: { by: Proof[]; why: string }[] = [
  { by: ["password", "sms"], why: "two bound factors: a sign-in" },
  { by: ["password", "recovery_code"], why: "a bound factor and a saved code" },
  {
    by: ["password", "recovery_mail"],
    why: "a bound factor and an issued code, after two people and the wait; it binds a new factor and opens nothing else",
  },
  { by: ["email_code", "sms"], why: "an issued code and a bound factor: a reset, and then a sign-in with the new password" },
  {
    by: ["email_code", "recovery_code"],
    why: "an issued and a saved code, of different methods: a reset, and then a sign-in with a second saved code",
  },
];

const subsets = Array.from({ length: 2 ** proofs.length }, (_, bits) => proofs.filter((_one, at) => bits & (1 << at)));
const mayEnter = (have: readonly Proof[]) => ENTER.some(({ by }) => by.every((one) => have.includes(one)));

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("The table of what enters", () => {
  test.each(ENTER)("$by are proofs of two methods, and one of them is bound or both are of different kinds ($why)", ({ by }) => {
    const methods = by.map((one) => METHODS[one].method);
    expect(new Set(methods).size).toBe(by.length);
    expect(by.some((one) => METHODS[one].bound) || by.length >= 2).toBe(true);
  });

  it("lets no combination in whose proofs are all of one method: the mailbox counts once", () => {
    for (const have of subsets.filter((one) => new Set(one.map((proof) => METHODS[proof].method)).size < 2))
      expect(mayEnter(have), have.join()).toBe(false);
  });
});

/** An account with a phone, saved codes and a ready case, and what a person has of it. */
type Held = { account: Account; recoveryMail: string; saved: string[] };

/** Wrong but well-formed answers stand for the proofs that a person lacks. */
const WRONG = { password: "ちがう ことば 77", code: "000000", long: "00000-00000", saved: "0000-0000-0000-0000" };

/** Whether a challenge of a sign-in is passed by one of the proofs that a person has; a challenge for a new factor counts, which nothing else opens. */
async function passFactor(token: string, held: Held, have: readonly Proof[]): Promise<boolean> {
  const enter = async (method: "sms" | "recovery_code" | "recovery_mail", code: string) => {
    const verified = await verifyChallenge(token, { method, code }, requester);
    if (!verified.ok) return false;
    if (verified.value.next !== "bind_phone") return "session" in verified.value;
    must(await bindPhone(verified.value.challengeToken, { number: freshNumber(), channel: "sms", acceptRisk: true }, requester));
    const bound = must(
      await verifyChallenge(verified.value.challengeToken, { code: await codeOf(verified.value.challengeToken) }, requester),
    );
    return "session" in bound;
  };
  if (have.includes("sms")) return enter("sms", await codeOf(token));
  if (have.includes("recovery_code")) return enter("recovery_code", held.saved.pop() ?? "");
  if (have.includes("recovery_mail")) return enter("recovery_mail", held.recoveryMail);
  // What the person lacks, and the mailbox in the place of a second factor.
  expect(await sendCode(token, { method: "email" }, requester)).toMatchObject({ error: { code: "method_not_available" } });
  return (await enter("sms", WRONG.code)) || (await enter("recovery_code", WRONG.saved)) || (await enter("recovery_mail", WRONG.long));
}

/** Tries the sign-in with a password. */
async function signInWith(password: string, held: Held, have: readonly Proof[]): Promise<boolean> {
  const opened = await signIn({ identifier: held.account.email, password }, requester);
  return opened.ok && passFactor(opened.value.token, held, have);
}

/** Tries the reset with the code of the mailbox, and then the sign-in with the new password. */
async function resetWith(held: Held, have: readonly Proof[]): Promise<boolean> {
  const { token } = must(await beginReset({ identifier: held.account.email, locale: "ja" }, requester));
  const code = have.includes("email_code") ? await resetCodeOf(held.account) : WRONG.long;
  const proven = await verifyChallenge(token, { method: "email", code }, requester);
  if (!proven.ok || !("challengeToken" in proven.value)) return false;
  const next = proven.value.challengeToken;
  // The second step takes a factor of the account, and neither the mailbox again nor the code of the case.
  const methods = (await readChallenge(next))?.view.methods.map(({ method }) => method) ?? [];
  expect(methods).not.toContain("email");
  expect(methods).not.toContain("recovery_mail");
  const factor = have.includes("sms")
    ? await sendCode(next, { method: "sms" }, requester).then(async () => ({ method: "sms" as const, code: await codeOf(next) }))
    : have.includes("recovery_code")
      ? { method: "recovery_code" as const, code: held.saved.pop() ?? "" }
      : { method: "recovery_mail" as const, code: held.recoveryMail };
  const second = await verifyChallenge(next, factor, requester);
  if (!second.ok || !("challengeToken" in second.value)) return false;
  must(await setNewPassword(second.value.challengeToken, { password: "夕顔 ひそかに 咲く 17" }, requester));
  return signInWith("夕顔 ひそかに 咲く 17", held, have);
}

/** A case that is ready is no way into another request: with the mailbox and the password it is refused while one stands. */
async function requestWith(held: Held, have: readonly Proof[]): Promise<boolean> {
  const opened = await signIn(
    { identifier: held.account.email, password: have.includes("password") ? PASSWORD : WRONG.password },
    requester,
  );
  return opened.ok && (await beginLostPhone(opened.value.token, { reason: "lost" })).ok;
}

async function resetCodeOf({ userId }: Account): Promise<string> {
  const [row] = await sql<{ sealed: string }>`SELECT sealed FROM reset_codes WHERE user_id = ${userId}::uuid`;
  if (!row) throw new Error("this account has no reset code");
  return unseal(row.sealed, resetCodePlace(userId));
}

async function hold(): Promise<Held> {
  const account = await oldAccount();
  await forgetRecoveryCodes(account.userId);
  await transaction((tx) => prepareRecoveryCodes(tx, account.userId, requester));
  const saved = [...must(await issuedRecoveryCodes(account.userId))];
  must(await confirmRecoveryCodes(account.userId, { saved: true }, requester));
  const { code } = await readyCase(account);
  return { account, recoveryMail: code, saved };
}

describe("The assurance of recovery (E12)", () => {
  it.each(subsets.map((have) => [have.join(" + ") || "nothing", have, mayEnter(have)] as const))("with %s", async (_, have, enters) => {
    const held = await hold();
    expect(await requestWith(held, have)).toBe(false);
    const signedIn = await signInWith(have.includes("password") ? PASSWORD : WRONG.password, held, have);
    expect(signedIn || (await resetWith(held, have))).toBe(enters);
  });
});
