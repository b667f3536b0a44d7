import { beforeEach, describe, expect, it } from "vitest";
import { signIn } from "#lib/accounts/sign-in";
import { endSessionsOf, resumeAccount, suspendAccount } from "#lib/accounts/suspend";
import { challengeHashes } from "#lib/challenges/read";
import { sql, transaction } from "#lib/db/sql";
import { verifyChallenge } from "#lib/purposes/challenges";
import { openSession } from "#lib/sessions/open-session";
import { readSession } from "#lib/sessions/read-session";
import {
  type Account,
  codeOf,
  count,
  forgetLimits,
  makeAccount,
  must,
  PASSWORD,
  passPassword,
  requester,
  together,
} from "#lib/testing/fixtures";

// A suspension by the operator is final: no session and no verification in progress survives it, and a challenge opened before is not valid again
// afterwards (A19, B16).

const BY = "cli:test";
const verify = async (token: string) => verifyChallenge(token, { code: await codeOf(token) }, requester);
const sessionOf = async (account: Account): Promise<string> => {
  const verified = must(await verify(await passPassword(account)));
  return "sessionToken" in verified ? verified.sessionToken : "";
};
const enter = (account: Account, more: object = {}) => signIn({ identifier: account.email, password: PASSWORD }, { ...requester, ...more });
const sessions = ({ userId }: Account) =>
  count(sql<{ n: number }>`SELECT count(*)::int AS n FROM sessions WHERE user_id = ${userId}::uuid`);
const devices = ({ userId }: Account) =>
  count(sql<{ n: number }>`SELECT count(*)::int AS n FROM known_devices WHERE user_id = ${userId}::uuid`);
const noted = ({ userId }: Account) =>
  sql<{ event: string; method: string }>`
    SELECT event, method FROM audit_events WHERE subject = (SELECT audit_subject FROM users WHERE id = ${userId}::uuid)
      AND (event LIKE 'account.%' OR event LIKE '%_by_operator') ORDER BY id`;
const told = async ({ userId }: Account) =>
  (
    await sql<{
      template: string;
    }>`SELECT template FROM messages WHERE user_id = ${userId}::uuid AND template LIKE 'notice.%' ORDER BY created_at`
  )
    .map(({ template }) => template)
    .filter((template) => template !== "notice.new_device");

/** Holds the transaction of a verification open after it has written its session, while an operator's command waits for its lock. */
async function inItsLastStep<T>(account: Account, act: () => Promise<T>): Promise<{ session: string; acted: T }> {
  const pending = await passPassword(account);
  const [session, waiting] = await transaction(async (tx) => {
    const [row] = await tx<{ id: string }>`
      UPDATE challenges SET consumed_at = app_now() WHERE token_hash = ANY(${challengeHashes(pending)}::bytea[]) RETURNING id`;
    await tx`UPDATE users SET factor_failures = 0 WHERE id = ${account.userId}::uuid`;
    const opened = await openSession(tx, {
      userId: account.userId,
      challengeId: row?.id ?? "",
      amr: ["pwd", "sms"],
      authenticatorId: null,
      requester,
    });
    const acting = act();
    await new Promise((resolve) => setTimeout(resolve, 300));
    return [opened?.token ?? "", { acting }] as const;
  });
  return { session, acted: await waiting.acting };
}

beforeEach(forgetLimits);

describe("Suspending an account", () => {
  it("ends its sessions, known devices and begun sign-ins at once; its right password is answered like a wrong one", async () => {
    const account = await makeAccount();
    const session = await sessionOf(account);
    const begun = await passPassword(account);
    const code = await codeOf(begun);
    expect(await suspendAccount(` ${account.email.toUpperCase()} `, BY)).toEqual({ ok: true, value: { changed: true, sessions: 1 } });
    expect([await readSession(session), await sessions(account), await devices(account)]).toEqual([null, 0, 0]);
    expect((await verifyChallenge(begun, { code }, requester)).ok).toBe(false);
    expect(await enter(account)).toEqual({ ok: false, error: { code: "credentials_wrong" } });
    expect(await noted(account)).toEqual([{ event: "account.suspended", method: BY }]);
    expect(await told(account)).toEqual(["notice.suspended"]);
  });

  it("twice at once, twenty times at once and once more is one event and one mail", async () => {
    const account = await makeAccount();
    await passPassword(account);
    const acted = await together(20, () => suspendAccount(account.email, BY));
    expect(acted.filter((one) => must(one).changed)).toHaveLength(1);
    expect(must(await suspendAccount(account.email, BY)).changed).toBe(false);
    expect([(await noted(account)).length, await told(account)]).toEqual([1, ["notice.suspended"]]);
  });

  it("leaves no session of twenty sign-ins that finish at the same moment", async () => {
    for (let round = 0; round < 6; round += 1) {
      const account = await makeAccount();
      const browsers = Array.from({ length: 20 }, async (_, index) => {
        await sql`DELETE FROM limit_hits WHERE owner = ${account.userId}::uuid`;
        const opened = await enter(account, { ip: `198.51.${round}.${index}` });
        return opened.ok && opened.value.view.delivery?.status === "queued" ? verify(opened.value.token) : null;
      });
      await new Promise((resolve) => setTimeout(resolve, 20 + 60 * round));
      must(await suspendAccount(account.email, BY));
      const atOnce = await sessions(account);
      await Promise.all(browsers);
      expect([atOnce, await sessions(account), await devices(account)]).toEqual([0, 0, 0]);
    }
  }, 60_000);

  it("waits for a verification in its last step and ends its session", async () => {
    const account = await makeAccount();
    const { session, acted } = await inItsLastStep(account, () => suspendAccount(account.email, BY));
    expect(must(acted).sessions).toBe(1);
    expect(await readSession(session)).toBeNull();
  });

  it("is refused by name for what is no address and for an address without an account, and changes nothing", async () => {
    for (const act of [suspendAccount, resumeAccount, endSessionsOf]) {
      expect(await act("no address", BY)).toEqual({ ok: false, error: "not_an_address" });
      expect(await act("nobody@example.jp", BY)).toEqual({ ok: false, error: "no_such_account" });
    }
  });
});

describe("Resuming an account", () => {
  it("lets it in by password and second factor, knows none of its browsers, and brings nothing back that was begun", async () => {
    const account = await makeAccount();
    const session = await sessionOf(account);
    const begun = await passPassword(account);
    const code = await codeOf(begun);
    must(await suspendAccount(account.email, BY));
    expect(must(await resumeAccount(account.email, BY)).changed).toBe(true);
    expect((await verifyChallenge(begun, { code }, requester)).ok).toBe(false);
    expect([await readSession(session), await devices(account)]).toEqual([null, 0]);
    expect(await readSession(await sessionOf(account))).not.toBeNull();
    expect(must(await resumeAccount(account.email, BY)).changed).toBe(false);
    expect((await noted(account)).map(({ event }) => event)).toEqual(["account.suspended", "account.resumed"]);
    expect(await told(account)).toEqual(["notice.suspended", "notice.resumed"]);
  });
});

describe("Ending the sessions of an account", () => {
  it("ends every session, known device and begun sign-in, tells its owner, and the account signs in again", async () => {
    const account = await makeAccount();
    const tokens = [await sessionOf(account), await sessionOf(account)];
    const begun = await passPassword(account);
    const code = await codeOf(begun);
    expect(must(await endSessionsOf(account.email, `${BY} (stolen laptop)`)).sessions).toBe(2);
    for (const token of tokens) expect(await readSession(token)).toBeNull();
    expect((await verifyChallenge(begun, { code }, requester)).ok).toBe(false);
    expect(await devices(account)).toBe(0);
    expect(await noted(account)).toEqual([{ event: "sessions.ended_by_operator", method: `${BY} (stolen laptop)` }]);
    expect(await told(account)).toEqual(["notice.sessions_ended"]);
    expect(await readSession(await sessionOf(account))).not.toBeNull();
  });

  it("of an account that has none is an event and no mail", async () => {
    const account = await makeAccount();
    expect(must(await endSessionsOf(account.email, BY)).sessions).toBe(0);
    expect([(await noted(account)).length, await told(account)]).toEqual([1, []]);
  });

  it("waits for a verification in its last step and ends its session", async () => {
    const account = await makeAccount();
    const { session, acted } = await inItsLastStep(account, () => endSessionsOf(account.email, BY));
    expect(must(acted).sessions).toBe(1);
    expect(await readSession(session)).toBeNull();
  });

  it("leaves none whose password was proven before it, while fifty sign-ins run", async () => {
    const account = await makeAccount();
    const browsers = Array.from({ length: 50 }, async (_, index) => {
      await sql`DELETE FROM limit_hits WHERE owner = ${account.userId}::uuid`;
      const opened = await enter(account, { ip: `198.51.100.${index}` });
      return opened.ok && opened.value.view.delivery?.status === "queued" ? verify(opened.value.token) : null;
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    must(await endSessionsOf(account.email, BY));
    const [{ epoch } = { epoch: -1 }] = await sql<{ epoch: number }>`SELECT epoch FROM users WHERE id = ${account.userId}::uuid`;
    await Promise.all(browsers);
    const older = await sql`
      SELECT 1 FROM sessions s JOIN challenges c ON c.id = s.challenge_id WHERE s.user_id = ${account.userId}::uuid AND c.epoch < ${epoch}::int`;
    expect(older).toEqual([]);
  });
});
