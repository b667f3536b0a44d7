import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { signIn } from "#lib/accounts/sign-in";
import { recentActivity } from "#lib/audit/activity";
import { sealEvents } from "#lib/audit/seal";
import { verifyChain } from "#lib/audit/verify";
import { confirmRecoveryCodes, issuedRecoveryCodes, recoveryCodesLeft } from "#lib/authenticators/recovery-codes/recovery-codes";
import { keyedHash, newToken } from "#lib/crypto/hash";
import { migrate } from "#lib/db/migrate";
import { sql } from "#lib/db/sql";
import { recordReceipt } from "#lib/delivery/messages/record";
import { demoMessages } from "#lib/demo/inbox";
import { readChallenge, verifyChallenge } from "#lib/purposes/challenges";
import { sendMessage } from "#lib/purposes/messages";
import { readSession } from "#lib/sessions/read-session";
import { NEWER, type OldAccount, type OldChallenge, type OldPhone, oldDatabase, oldRows } from "#lib/testing/before-authenticators";
import { codeOf, must, otherThan, PASSWORD, requester } from "#lib/testing/fixtures";
import { dropDatabase } from "../../scripts/test/cluster.ts";

// These tests use their own database, which starts at the older migrations.
const maintenance = vi.hoisted(() => {
  const made = process.env.DATABASE_URL ?? "";
  process.env.DATABASE_URL = Object.assign(new URL(made), { pathname: `/before_${Math.random().toString(36).slice(2, 10)}` }).href;
  return made;
});

vi.mock("node:fs", async (original) => (await import("#lib/testing/older-folder")).hiding(await original()));

const url = process.env.DATABASE_URL ?? "";
const client = new pg.Client({ connectionString: url });
const TABLES = [
  "users",
  "phones",
  "recovery_codes",
  "challenges",
  "challenge_codes",
  "messages",
  "delivery_attempts",
  "sessions",
  "audit_events",
];
const counted = async () =>
  (await client.query(`SELECT ${TABLES.map((name) => `(SELECT count(*)::int FROM ${name}) AS ${name}`)}`)).rows[0];

/** Rows of the older version, by the state of their account. */
type Before = {
  finished: { account: OldAccount; phone: OldPhone; codes: string[]; session: string };
  unfinished: OldAccount;
  proving: OldChallenge;
  resuming: OldChallenge;
  binding: { account: OldAccount; phone: OldPhone; challenge: OldChallenge };
  queued: { phone: OldPhone; challenge: OldChallenge; messageId: string };
  sent: { challenge: OldChallenge; messageId: string };
  twoPhones: { account: OldAccount; first: OldPhone; second: OldPhone };
  shown: { account: OldAccount; codes: string[]; session: string };
  used: { account: OldAccount; codes: string[] };
  spent: { account: OldAccount; codes: string[] };
  kept: OldAccount;
  restored: OldAccount;
  signingIn: { account: OldAccount; phone: OldPhone; challenge: OldChallenge };
  disabled: { account: OldAccount; challenge: OldChallenge };
};

/** Creates a live session and a history event of an account. */
async function session({ userId }: OldAccount): Promise<string> {
  const token = newToken();
  await client.query(
    `INSERT INTO sessions (token_hash, user_id, amr, authenticated_at, last_seen_at, expires_at)
     VALUES ($1, $2, '{pwd,sms}', now(), now(), now() + interval '1 hour')`,
    [keyedHash("token", "session", token), userId],
  );
  await client.query(
    "INSERT INTO audit_events (event, subject, ip) SELECT 'session.opened', audit_subject, '192.0.2.1' FROM users WHERE id = $1",
    [userId],
  );
  return token;
}

async function fill(): Promise<Before> {
  const rows = oldRows(client);
  const finish = async (failures = 0) => {
    const account = await rows.account({ confirmed: true, failures });
    return { account, phone: await rows.phone(account, { failures }) };
  };
  const finished = await finish();
  const unfinished = await rows.account();
  const resumed = await rows.account();
  const pending = await rows.account();
  const number = await rows.phone(pending, { bound: false, failures: 2 });
  const binding = await rows.challenge({ purpose: "BIND_PHONE", account: pending, phone: number });
  const withText = async (isSent: boolean) => {
    const { account, phone } = await finish();
    const challenge = await rows.challenge({ purpose: "SIGN_IN", account, phone });
    return { account, phone, challenge, messageId: await rows.text(account, challenge, phone, "SIGN_IN", isSent) };
  };
  const pair = await rows.account({ confirmed: true });
  const first = await rows.phone(pair, { failures: 100, disabled: true });
  const second = await rows.phone(pair, { usedDaysAgo: 9 });
  const [shown, restored] = [await rows.account(), await rows.account()];
  const saved = async () => rows.account({ confirmed: true });
  const [used, spent, kept] = [await saved(), await saved(), await saved()];
  for (const account of [shown, used, spent, kept, restored]) await rows.phone(account);
  const guessed = await finish(7);
  const suspended = { account: await rows.account({ confirmed: true, disabled: true }) };
  const suspendedPhone = await rows.phone(suspended.account);
  return {
    finished: { ...finished, codes: await rows.savedCodes(finished.account, 0), session: await session(finished.account) },
    unfinished,
    proving: await rows.challenge({ purpose: "SIGN_UP", email: "new@example.jp" }),
    resuming: await rows.challenge({ purpose: "SIGN_UP", account: resumed }),
    binding: { account: pending, phone: number, challenge: binding },
    queued: await withText(false),
    sent: await withText(true),
    twoPhones: { account: pair, first, second },
    shown: { account: shown, codes: await rows.sealedCodes(shown), session: await session(shown) },
    used: { account: used, codes: await rows.savedCodes(used, 3) },
    spent: { account: spent, codes: await rows.savedCodes(spent, 10) },
    kept,
    restored,
    signingIn: { ...guessed, challenge: await rows.challenge({ purpose: "SIGN_IN", ...guessed, attempts: 3 }) },
    disabled: { ...suspended, challenge: await rows.challenge({ purpose: "SIGN_IN", account: suspended.account, phone: suspendedPhone }) },
  };
}

let before: Before;
let rowsBefore: Record<string, number>;
let applied: string[];

beforeAll(async () => {
  await oldDatabase(maintenance, url);
  await client.connect();
  before = await fill();
  await sealEvents();
  await client.query("INSERT INTO audit_events (event, ip) VALUES ('sending.stopped', '')");
  rowsBefore = await counted();
  ({ applied } = await migrate(url));
}, 60_000);
afterAll(async () => {
  await client.end();
  await dropDatabase(url);
});

const open = async ({ email }: OldAccount, identifier = email) => must(await signIn({ identifier, password: PASSWORD }, requester));
const methodsOf = async (account: OldAccount) => (await open(account)).view.methods.map(({ method, phoneId }) => phoneId ?? method);
const failuresOf = async (id: string) =>
  (
    await sql<{
      failures: number;
      disabled: boolean;
    }>`SELECT failures, disabled_at IS NOT NULL AS disabled FROM authenticators WHERE id = ${id}::uuid`
  )[0];
const byText = async (account: OldAccount) => {
  const { token } = await open(account);
  return must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
};
const byRecoveryCode = async (account: OldAccount, code = "") =>
  verifyChallenge((await open(account)).token, { method: "recovery_code", code }, requester);

describe("After the migration to authenticators", () => {
  it("the migrations were applied to what the version before had left, and no row was lost", async () => {
    expect(applied.slice(0, NEWER.length)).toEqual(NEWER);
    expect(await counted()).toEqual(rowsBefore);
    const [{ n } = { n: 0 }] = await sql<{ n: number }>`SELECT count(*)::int AS n FROM account_phones`;
    expect(n).toBe(rowsBefore.phones);
  });

  it("an account that finished signs in by address and by number, with its text and with a recovery code", async () => {
    const { account, phone, codes } = before.finished;
    expect((await byText(account)).next).toBe("done");
    expect((await open(account, phone.e164)).view.methods).toContainEqual(
      expect.objectContaining({ method: "sms", phoneId: phone.phoneId }),
    );
    expect(must(await byRecoveryCode(account, codes[9])).next).toBe("done");
    expect((await recoveryCodesLeft(account.userId)).left).toBe(9);
  });

  it("sessions go on, one that still owes the saving of its codes included", async () => {
    expect(await readSession(before.finished.session)).toMatchObject({ nextStep: null, aal: 2 });
    expect(await readSession(before.shown.session)).toMatchObject({ nextStep: "save_recovery_codes" });
  });

  it("an account without a phone proves its address again, and open proofs of an address are finished with their codes", async () => {
    expect(await methodsOf(before.unfinished)).toEqual(["email"]);
    for (const { token, code } of [before.proving, before.resuming])
      expect(must(await verifyChallenge(token, { code }, requester)).next).toBe("bind_phone");
  });

  it("a pending number is bound by the code that was sealed before, and its own wrong guesses are still counted", async () => {
    const { account, phone, challenge } = before.binding;
    expect(await failuresOf(phone.phoneId)).toEqual({ failures: 2, disabled: false });
    expect(await verifyChallenge(challenge.token, { code: otherThan(challenge.code) }, requester)).toMatchObject({
      error: { attemptsLeft: 4 },
    });
    expect(await failuresOf(phone.phoneId)).toEqual({ failures: 3, disabled: false });
    expect(must(await verifyChallenge(challenge.token, { code: challenge.code }, requester)).next).toBe("save_recovery_codes");
    expect(must(await issuedRecoveryCodes(account.userId))).toHaveLength(10);
    expect(await methodsOf(account)).toContain(phone.phoneId);
  });

  it("an open sign-in keeps its guesses, the account its streak and the phone its count, and the sealed code opens it", async () => {
    const { account, phone, challenge } = before.signingIn;
    expect((await readChallenge(challenge.token))?.view.attemptsLeft).toBe(2);
    expect(await verifyChallenge(challenge.token, { code: otherThan(challenge.code) }, requester)).toMatchObject({
      error: { attemptsLeft: 1 },
    });
    expect(await failuresOf(phone.phoneId)).toEqual({ failures: 8, disabled: false });
    expect(await sql`SELECT factor_failures FROM users WHERE id = ${account.userId}::uuid`).toEqual([{ factorFailures: 8 }]);
    expect(must(await verifyChallenge(challenge.token, { code: challenge.code }, requester)).next).toBe("done");
    expect(await failuresOf(phone.phoneId)).toEqual({ failures: 0, disabled: false });
  });

  it("a phone that a hundred failures disabled stays disabled, and the account's other phone is used", async () => {
    const { account, first, second } = before.twoPhones;
    expect(await failuresOf(first.phoneId)).toEqual({ failures: 100, disabled: true });
    const methods = await methodsOf(account);
    expect(methods).toContain(second.phoneId);
    expect(methods).not.toContain(first.phoneId);
    expect((await byText(account)).next).toBe("done");
  });

  it("a set that was shown and not confirmed is the same set, and is confirmed by one of its codes", async () => {
    const { account, codes } = before.shown;
    expect(must(await issuedRecoveryCodes(account.userId))).toEqual(codes);
    expect((await byText(account)).next).toBe("save_recovery_codes");
    expect(must(await issuedRecoveryCodes(account.userId))).toEqual(codes);
    must(await confirmRecoveryCodes(account.userId, { code: codes[4] ?? "" }, requester));
    expect((await recoveryCodesLeft(account.userId)).left).toBe(10);
    expect(must(await byRecoveryCode(account, codes[4])).next).toBe("done");
  });

  it("of a confirmed set the used codes stay used and the others are valid", async () => {
    const { account, codes } = before.used;
    expect((await recoveryCodesLeft(account.userId)).left).toBe(7);
    expect(await byRecoveryCode(account, codes[2])).toMatchObject({ error: { code: "code_wrong" } });
    expect(must(await byRecoveryCode(account, codes[3])).next).toBe("done");
    expect(await issuedRecoveryCodes(account.userId)).toMatchObject({ error: { code: "step_up_required" } });
  });

  it("an account whose codes are all used is finished, and so is a confirmed one that has none", async () => {
    for (const account of [before.spent.account, before.kept]) {
      expect((await recoveryCodesLeft(account.userId)).left).toBe(0);
      expect(await methodsOf(account)).not.toContain("recovery_code");
      expect((await byText(account)).next).toBe("done");
    }
  });

  it("an account whose codes ended with a restored backup saves new ones when it signs in", async () => {
    expect((await byText(before.restored)).next).toBe("save_recovery_codes");
    expect(must(await issuedRecoveryCodes(before.restored.userId))).toHaveLength(10);
  });

  it("a suspended account stays out by its password and by its open challenge", async () => {
    const { account, challenge } = before.disabled;
    expect(await signIn({ identifier: account.email, password: PASSWORD }, requester)).toMatchObject({
      error: { code: "credentials_wrong" },
    });
    expect((await verifyChallenge(challenge.token, { code: challenge.code }, requester)).ok).toBe(false);
  });

  it("a queued text goes out once with its code, and its attempt falls into the month of its message", async () => {
    const { phone, challenge, messageId } = before.queued;
    await Promise.all([sendMessage(messageId), sendMessage(messageId)]);
    expect(await demoMessages(phone.e164, null)).toMatchObject([{ channel: "sms", code: challenge.code }]);
    const attempts = await sql`
      SELECT m.status, a.message_at = m.created_at AS same FROM messages m JOIN delivery_attempts a ON a.message_id = m.id WHERE m.id = ${messageId}::uuid`;
    expect(attempts).toEqual([{ status: "delivered", same: true }]);
    expect(must(await verifyChallenge(challenge.token, { code: challenge.code }, requester)).next).toBe("done");
  });

  it("a receipt that comes after the migration reaches the attempt and the message of before", async () => {
    const { challenge, messageId } = before.sent;
    const [demo] = await sql<{ id: string }>`SELECT id FROM provider_accounts WHERE name = 'demo'`;
    expect((await readChallenge(challenge.token))?.view.delivery?.status).toBe("sent");
    expect(await recordReceipt(demo?.id ?? "", { ref: messageId, status: "delivered" })).toBe("recorded");
    expect((await readChallenge(challenge.token))?.view.delivery?.status).toBe("delivered");
  });

  it("the chain of the audit log is whole over events sealed before, waiting then, and written since", async () => {
    while ((await sealEvents()) > 0);
    expect(await verifyChain()).toMatchObject({ broken: null, complete: true });
    expect((await recentActivity(before.finished.account.userId)).at(-1)?.event).toBe("session.opened");
  });
});
