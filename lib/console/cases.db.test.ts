import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { beginEmailChange } from "#lib/accounts/change-email";
import { deleteDue } from "#lib/accounts/delete-account";
import { stopAccount, undoChange } from "#lib/accounts/notice-codes";
import { addPhone } from "#lib/accounts/phones";
import { beginFirstTotp, confirmFirstTotp } from "#lib/accounts/sign-up-factor";
import { record } from "#lib/audit/record";
import { noteChange } from "#lib/authenticators/changes";
import { codeAt } from "#lib/authenticators/totp/seed";
import { type CaseAct, decideByCommand, decideCase } from "#lib/console/cases";
import { sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { openNoticeCodes, type StoredNoticeCode } from "#lib/delivery/wording/notice-codes";
import { verifyChallenge } from "#lib/purposes/challenges";
import { cancelOpenCase } from "#lib/recovery/end-case";
import { caseOfStatusCode } from "#lib/recovery/read-case";
import { type Acting, noteStepUp } from "#lib/sessions/step-up";
import { revokeRoles } from "#lib/staff/people";
import { bindApp, presentStep } from "#lib/testing/factors";
import {
  type Account,
  bindFactor,
  bindNumber,
  codeOf,
  forgetLimits,
  forgetPolicy,
  freshNumber,
  must,
  PASSWORD,
  passPassword,
  requester,
  setClock,
  setPolicy,
  signedIn,
  together,
} from "#lib/testing/fixtures";
import { type Browser, signInOn } from "#lib/testing/signed-in";
import {
  caseOf,
  forgetStaff,
  noticed,
  oldAccount,
  passTime,
  requestCase,
  type StaffMember,
  staffMember,
  staffSession,
  stateOf,
} from "#lib/testing/staff";

const HOUR = 3600;
const DAY = 24 * HOUR;

beforeEach(forgetLimits);
beforeEach(forgetStaff);
afterEach(() => setClock(0));
afterEach(forgetPolicy);

const decide = (who: Acting, reference: string, act: CaseAct) =>
  decideCase(who, reference, act, { reason: "本人と話しました", checks: act === "review" ? ["history"] : [] });
const say = async (done: ReturnType<typeof decideCase>) => {
  const result = await done;
  return result.ok ? "done" : (result.error.reason ?? result.error.code);
};

/** A case with both approvals. */
async function approved(account: Account) {
  const [first, second] = [await staffMember("support"), await staffMember("administrator")];
  const reference = await requestCase(account);
  expect(await say(decide(first, reference, "review"))).toBe("done");
  expect(await say(decide(second, reference, "approve"))).toBe("done");
  return { first, second, reference };
}

describe("A lost-phone case (LP-01, E13)", () => {
  it("leads back to the account by two people, the wait, the password and the mailed code, and ends everything before it", async () => {
    const account = await oldAccount();
    const browser = await signInOn(account);
    await approved(account);
    expect(await say(decide(await staffMember("administrator"), (await caseOf(account)).reference, "approve"))).toBe("other_state");
    expect(await caseOf(account)).toMatchObject({ state: "waiting", flags: ["unknown_browser"], waitSeconds: 72 * HOUR });
    // Sessions ended with the request.
    expect(await sql`SELECT 1 FROM sessions WHERE id = ${browser.acting.sessionId}::uuid`).toEqual([]);
    await passTime(72 * HOUR - 60);
    expect(await stateOf(account)).toBe("waiting");
    await passTime(72 * HOUR + 60);
    expect(await stateOf(account)).toBe("ready");
    const { recoveryCode } = await noticed(account, "notice.case_ready");
    const token = await passPassword(account);
    expect(await verifyChallenge(token, { method: "recovery_mail", code: "00000-00000" }, requester)).toMatchObject({
      error: { code: "code_wrong" },
    });
    const led = must(await verifyChallenge(token, { method: "recovery_mail", code: recoveryCode ?? "" }, requester));
    if (led.next !== "bind_phone") throw new Error(led.next);
    const e164 = freshNumber();
    must(await bindPhone(led.challengeToken, { number: e164, channel: "sms", acceptRisk: true }, requester));
    const code = await codeOf(led.challengeToken);
    const entered = await together(20, () => verifyChallenge(led.challengeToken, { code }, requester));
    expect(entered.filter(({ ok }) => ok)).toHaveLength(1);
    const done = signedIn(must(entered.find(({ ok }) => ok) ?? { ok: false, error: "none" }));
    expect(done).toMatchObject({ next: "save_recovery_codes", session: { aal: 2, amr: ["pwd", "sms"] } });
    expect(await stateOf(account)).toBe("done");
    const left = await sql<{ kind: string; old: boolean }>`
      SELECT kind, id = ${account.phoneId}::uuid AS old FROM authenticators WHERE user_id = ${account.userId}::uuid AND kind <> 'recovery_codes'`;
    expect(left).toEqual([{ kind: "phone", old: false }]);
    const [{ hours } = { hours: 0 }] = await sql<{ hours: number }>`
      SELECT round(extract(epoch FROM restricted_until - app_now()) / 3600)::int AS hours FROM users WHERE id = ${account.userId}::uuid`;
    expect(hours).toBe(24);
    // The old number is told, although its phone is gone.
    expect(
      await sql`SELECT 1 FROM messages WHERE user_id = ${account.userId}::uuid AND template = 'notice.case_done' AND number_sealed IS NOT NULL`,
    ).toHaveLength(1);
  });

  it("takes the same number back, where only the card was replaced", async () => {
    const account = await oldAccount();
    await approved(account);
    await passTime(4 * DAY);
    const token = await passPassword(account);
    const led = must(
      await verifyChallenge(
        token,
        { method: "recovery_mail", code: (await noticed(account, "notice.case_ready")).recoveryCode ?? "" },
        requester,
      ),
    );
    if (led.next !== "bind_phone") throw new Error(led.next);
    must(await bindPhone(led.challengeToken, { number: account.e164, channel: "sms", acceptRisk: true }, requester));
    expect(must(await verifyChallenge(led.challengeToken, { code: await codeOf(led.challengeToken) }, requester)).next).toBe(
      "save_recovery_codes",
    );
  });

  it.each(["totp", "passkey"] as const)(
    "binds a new app instead of a phone where the operator allows it, beside a lost %s",
    async (lost) => {
      const account = await oldAccount();
      const old = lost === "totp" ? (await bindApp(account)).id : await bindFactor(account.userId, lost);
      await sql`UPDATE authenticators SET verified_at = app_now() - interval '100 days' WHERE user_id = ${account.userId}::uuid`;
      await setPolicy("factorsAtSignUp", ["phone", "totp"]);
      await approved(account);
      await passTime(4 * DAY);
      const { recoveryCode: code = "" } = await noticed(account, "notice.case_ready");
      const led = must(await verifyChallenge(await passPassword(account), { method: "recovery_mail", code }, requester));
      if (led.next !== "bind_phone") throw new Error(led.next);
      const { secret } = must(await beginFirstTotp(led.challengeToken));
      const shown = codeAt(secret, await presentStep());
      const done = signedIn(must(await confirmFirstTotp(led.challengeToken, shown, {}, requester)));
      expect(done).toMatchObject({ next: "save_recovery_codes", session: { amr: ["pwd", "otp"] } });
      const left = await sql<{ id: string; kind: string }>`
      SELECT id, kind FROM authenticators WHERE user_id = ${account.userId}::uuid AND kind <> 'recovery_codes'`;
      expect(left.map(({ kind }) => kind)).toEqual(["totp"]);
      expect(left[0]?.id).not.toBe(old);
      expect(await stateOf(account)).toBe("done");
    },
  );

  it("takes its mailed code once, for a day, and after the password alone", async () => {
    const account = await oldAccount();
    await approved(account);
    await passTime(4 * DAY);
    const { recoveryCode: code = "" } = await noticed(account, "notice.case_ready");
    must(await verifyChallenge(await passPassword(account), { method: "recovery_mail", code }, requester));
    expect(await verifyChallenge(await passPassword(account), { method: "recovery_mail", code }, requester)).toMatchObject({
      error: { code: "code_wrong" },
    });
    const other = await oldAccount();
    await approved(other);
    await passTime(8 * DAY);
    const late = (await noticed(other, "notice.case_ready")).recoveryCode ?? "";
    await setClock(9 * DAY + 60);
    expect(await verifyChallenge(await passPassword(other), { method: "recovery_mail", code: late }, requester)).toMatchObject({
      error: { code: "code_wrong" },
    });
  });

  it("keeps guarded acts of its account stopped, and gives back what was before when it is rejected", async () => {
    const account = await oldAccount();
    const reference = await requestCase(account, "new_contract");
    const restricted = async () =>
      (
        await sql<{ until: string | null }>`SELECT to_json(restricted_until)#>>'{}' AS until FROM users WHERE id = ${account.userId}::uuid`
      )[0]?.until;
    expect(await restricted()).toBe("infinity");
    expect(await say(decide(await staffMember("administrator"), reference, "reject"))).toBe("done");
    expect(await restricted()).toBeNull();
    expect(await stateOf(account)).toBe("rejected");
  });
});

describe("The notices of a case", () => {
  const mailedTo = async (account: Account, template: string) =>
    (
      await sql<{ to: string }>`
        SELECT coalesce(recipient, 'own') AS "to" FROM messages WHERE user_id = ${account.userId}::uuid AND template = ${template} AND channel = 'EMAIL'`
    )
      .map(({ to }) => to)
      .sort();
  const codesTo = async (account: Account, recipient: string) =>
    (
      await sql<{ kind: string }>`
        SELECT n.kind FROM notice_codes n JOIN messages m ON m.id = n.message_id
        WHERE n.user_id = ${account.userId}::uuid AND n.case_id IS NOT NULL AND m.recipient = ${recipient}`
    ).map(({ kind }) => kind);

  it("reach a second address that does not serve recovery yet, but its code does not", async () => {
    const account = await oldAccount();
    const [first, second] = [await staffMember("support"), await staffMember("administrator")];
    await sql`INSERT INTO recovery_addresses (user_id, email, counts_from) VALUES (${account.userId}::uuid, 'fresh@example.jp', app_now() + interval '6 days')`;
    const reference = await requestCase(account);
    await decide(first, reference, "review");
    await decide(second, reference, "approve");
    await passTime(73 * HOUR);
    expect(await stateOf(account)).toBe("ready");
    expect(await mailedTo(account, "notice.case_requested_ended")).toEqual(["fresh@example.jp", "own"]);
    expect(await mailedTo(account, "notice.case_ready")).toEqual(["own"]);
    expect(await codesTo(account, "fresh@example.jp")).not.toContain("recovery");
    await sql`UPDATE recovery_addresses SET counts_from = app_now() WHERE user_id = ${account.userId}::uuid`;
    await passTime(73 * HOUR + 3 * 24 * HOUR + 60);
    expect(await codesTo(account, "fresh@example.jp")).toContain("recovery");
  });

  it("reach the address before a change of the last week, with a stop code and no other, and that code cancels", async () => {
    const account = await oldAccount();
    await sql`
      INSERT INTO changes (user_id, kind, old_email, undo_until) VALUES (${account.userId}::uuid, 'email_changed', 'before@example.jp', app_now() + interval '6 days')`;
    await requestCase(account);
    expect(await mailedTo(account, "notice.case_requested_ended")).toEqual(["before@example.jp", "own"]);
    expect(await codesTo(account, "before@example.jp")).toEqual(["stop"]);
    const [stored] = await sql<StoredNoticeCode>`
      SELECT n.id, n.kind, n.reference, n.sealed FROM notice_codes n JOIN messages m ON m.id = n.message_id WHERE m.recipient = 'before@example.jp' AND n.kind = 'stop'`;
    const { reference, stopCode } = openNoticeCodes(stored ? [stored] : [], account.userId);
    must(await stopAccount({ reference: reference ?? "", code: stopCode ?? "" }, requester));
    expect(await stateOf(account)).toBe("cancelled");
  });
});

describe("Four eyes (J04, E13)", () => {
  it("refuse the reviewer, the person of the account, a new administrator, a role that may not, and what is not proven", async () => {
    const account = await oldAccount();
    const admin = await staffMember("administrator");
    const fresh = await staffMember("administrator", 2);
    const support = await staffMember("support");
    const reference = await requestCase(account);
    expect(await say(decide(admin, reference, "approve"))).toBe("other_state");
    expect(await say(decide(admin, reference, "review"))).toBe("done");
    expect(await say(decide(admin, reference, "approve"))).toBe("own_review");
    expect(await say(decide(support, reference, "approve"))).toBe("role");
    expect(await say(decide(fresh, reference, "approve"))).toBe("new_administrator");
    expect(await stateOf(account)).toBe("reviewed");
    const own = await requestCase(admin.account).catch(() => "");
    expect(await say(decide(await staffSession(admin.account), own, "review"))).toMatch(/own_account|account_restricted/);
  });

  it("refuse an administrator whose reviewer got the role from the same administrator a moment ago", async () => {
    const account = await oldAccount();
    const admin = await staffMember("administrator");
    const puppet = await staffMember("support", 0);
    await sql`
      UPDATE staff_grants SET granted_by = 'staff:' || (SELECT audit_subject FROM users WHERE id = ${admin.userId}::uuid)
      WHERE subject = (SELECT audit_subject FROM users WHERE id = ${puppet.userId}::uuid)`;
    const reference = await requestCase(account);
    expect(await say(decide(puppet, reference, "review"))).toBe("done");
    expect(await say(decide(admin, reference, "approve"))).toBe("own_review");
    expect(await say(decide(await staffMember("administrator"), reference, "approve"))).toBe("done");
  });

  const grantedBy = (member: StaffMember, by: StaffMember) => sql`
    UPDATE staff_grants SET granted_at = app_now(), granted_by = 'invite staff:' || (SELECT audit_subject FROM users WHERE id = ${by.userId}::uuid)
    WHERE subject = (SELECT audit_subject FROM users WHERE id = ${member.userId}::uuid)`;

  it("refuse such an administrator who took the role away again after the review", async () => {
    const account = await oldAccount();
    const [admin, puppet] = [await staffMember("administrator"), await staffMember("support", 0)];
    await grantedBy(puppet, admin);
    const reference = await requestCase(account);
    expect(await say(decide(puppet, reference, "review"))).toBe("done");
    must(await transaction((tx) => revokeRoles(tx, puppet.userId, "test")));
    expect(await say(decide(admin, reference, "approve"))).toBe("own_review");
  });

  it("refuse an administrator whose reviewer got the role from somebody whom the same administrator made a moment ago", async () => {
    const account = await oldAccount();
    const [admin, between, puppet] = [
      await staffMember("administrator"),
      await staffMember("administrator", 0),
      await staffMember("support", 0),
    ];
    await grantedBy(between, admin);
    await grantedBy(puppet, between);
    const reference = await requestCase(account);
    expect(await say(decide(puppet, reference, "review"))).toBe("done");
    expect(await say(decide(admin, reference, "approve"))).toBe("own_review");
    // A reviewer whose grants are older than the window counts as a second person.
    await sql`UPDATE staff_grants SET granted_at = app_now() - interval '4 days' WHERE subject = (SELECT audit_subject FROM users WHERE id = ${between.userId}::uuid)`;
    expect(await say(decide(admin, reference, "approve"))).toBe("done");
  });

  it("let one administrator alone approve where the other deleted the account thirty days ago", async () => {
    const account = await oldAccount();
    const [admin, other] = [await staffMember("administrator"), await staffMember("administrator")];
    const reference = await requestCase(account);
    expect(await say(decide(admin, reference, "review"))).toBe("done");
    await sql`UPDATE users SET delete_at = app_now() - interval '1 minute' WHERE id = ${other.userId}::uuid`;
    while (!(await deleteDue()));
    expect(await say(decide(admin, reference, "approve"))).toBe("own_review");
    await sql`UPDATE staff_grants SET revoked_at = revoked_at - interval '31 days' WHERE revoked_by = 'deletion'`;
    expect(await say(decide(admin, reference, "approve"))).toBe("done");
  });

  it("let a command approve with the long wait where the reviewer is the only administrator who could have given it", async () => {
    const [only, support] = [await staffMember("administrator"), await staffMember("support")];
    const waits: (number | null)[] = [];
    for (const reviewer of [only, support]) {
      const account = await oldAccount();
      const reference = await requestCase(account);
      await sql`UPDATE recovery_cases SET flags = '{}' WHERE reference = ${reference}`;
      expect(await say(decide(reviewer, reference, "review"))).toBe("done");
      must(await decideByCommand(reference, "approve", "cli:test", "at the command line"));
      waits.push((await caseOf(account)).waitSeconds);
    }
    expect(waits).toEqual([3 * DAY, DAY]);
  });

  it("let one administrator alone approve after thirty days alone, with the long wait, and never after revoking the other", async () => {
    const account = await oldAccount();
    const admin = await staffMember("administrator");
    const device = (await signInOn(account)).from.deviceToken;
    const reference = await requestCase(account, "new_contract", { deviceToken: device });
    expect((await caseOf(account)).flags).toEqual([]);
    const other = await staffMember("administrator");
    expect(await say(decide(admin, reference, "review"))).toBe("done");
    must(await transaction((tx) => revokeRoles(tx, other.userId, "test")));
    expect(await say(decide(admin, reference, "approve"))).toBe("own_review");
    await sql`UPDATE staff_grants SET revoked_at = app_now() - interval '31 days' WHERE revoked_at IS NOT NULL`;
    expect(await say(decide(admin, reference, "approve"))).toBe("done");
    expect(await caseOf(account)).toMatchObject({ state: "waiting", flags: ["one_administrator"], waitSeconds: 72 * HOUR });
  });

  it("wait for a day without a flag", async () => {
    const account = await oldAccount();
    const [first, second] = [await staffMember("support"), await staffMember("administrator")];
    const device = (await signInOn(account)).from.deviceToken;
    const reference = await requestCase(account, "new_contract", { deviceToken: device });
    await decide(first, reference, "review");
    await decide(second, reference, "approve");
    expect(await caseOf(account)).toMatchObject({ flags: [], waitSeconds: 24 * HOUR });
  });

  it("wait longer where a second address, an app or a passkey was removed within the week", async () => {
    for (const event of ["recovery_address.removed", "totp.removed", "passkey.removed"] as const) {
      const account = await oldAccount();
      await transaction((tx) => record(tx, { event, userId: account.userId, ...requester }));
      await requestCase(account);
      expect((await caseOf(account)).flags, event).toContain("recent_change");
      const earlier = await oldAccount();
      await transaction((tx) => record(tx, { event, userId: earlier.userId, ...requester }));
      await setClock(8 * DAY);
      await requestCase(earlier);
      expect((await caseOf(earlier)).flags, event).not.toContain("recent_change");
      await setClock(0);
    }
  });

  it("need a step-up of the session that acts", async () => {
    const account = await oldAccount();
    const admin = await staffMember("administrator");
    const reference = await requestCase(account);
    await sql`DELETE FROM step_ups WHERE session_id = ${admin.sessionId}::uuid`;
    expect(await say(decide(admin, reference, "review"))).toBe("step_up_required");
  });
});

describe("Stopping a case (E13, E14)", () => {
  it("cancels it by the code of a mail, and freezes it by the code of a text until staff decide", async () => {
    const account = await oldAccount();
    const { second, reference } = await approved(account);
    const text = await noticed(account, "notice.case_requested_ended", "SMS");
    must(await stopAccount({ reference: text.reference ?? "", code: text.stopCode ?? "" }, requester));
    expect(await stateOf(account)).toBe("frozen");
    await passTime(5 * DAY);
    expect(await stateOf(account)).toBe("frozen");
    const again = await staffSession(second.account);
    expect(await say(decide(again, reference, "approve"))).toBe("frozen");
    expect(await say(decide(again, reference, "resume"))).toBe("done");
    expect(await stateOf(account)).toBe("waiting");
    const mail = await noticed(account, "notice.case_requested_ended");
    expect(mail.reference).toBe(reference);
    must(await stopAccount({ reference, code: mail.stopCode ?? "" }, requester));
    expect(await stateOf(account)).toBe("cancelled");
    expect(await stopAccount({ reference, code: mail.stopCode ?? "" }, requester)).toMatchObject({ error: { code: "code_wrong" } });
  });

  it("stops a change of the address, a second address and a further phone that were begun before it", async () => {
    const account = await oldAccount();
    for (const begin of [
      ({ acting, from }: Browser) => beginEmailChange(acting, { email: `new-${account.email}` }, from),
      ({ acting, from }: Browser) => beginEmailChange(acting, { email: `second-${account.email}`, as: "recovery" }, from),
      ({ acting, from }: Browser) => addPhone(acting, { number: freshNumber(), channel: "sms", acceptRisk: true }, from),
    ]) {
      await forgetLimits();
      const browser = await signInOn(account);
      for (const action of ["change_email", "manage_factors"]) await transaction((tx) => noteStepUp(tx, browser.acting.sessionId, action));
      const { token } = must(await begin(browser));
      await requestCase(account, "new_contract");
      expect(await verifyChallenge(token, { code: await codeOf(token) }, browser.from)).toMatchObject({
        error: { code: "account_restricted", until: null },
      });
      await transaction((tx) => cancelOpenCase(tx, account.userId, requester));
    }
    const kept = await sql`
      SELECT u.email, (SELECT count(*)::int FROM recovery_addresses r WHERE r.user_id = u.id) AS seconds,
        (SELECT count(*)::int FROM account_phones p WHERE p.user_id = u.id AND p.verified_at IS NOT NULL) AS phones
      FROM users u WHERE u.id = ${account.userId}::uuid`;
    expect(kept).toEqual([{ email: account.email, seconds: 0, phones: 1 }]);
  });

  it("is cancelled by the undo of the address that proved it", async () => {
    const account = await oldAccount();
    const change = await transaction(async (tx) => {
      await tx`UPDATE users SET email = ${`thief-${account.email}`} WHERE id = ${account.userId}::uuid`;
      const id = await noteChange(tx, { userId: account.userId, kind: "email_changed", oldEmail: account.email });
      await queueNotice(tx, { userId: account.userId, template: "notice.email_changed", locale: "ja", change: id, also: account.email });
      return id;
    });
    await approved({ ...account, email: `thief-${account.email}` });
    await passTime(4 * DAY);
    const { recoveryCode = "" } = await noticed(account, "notice.case_ready");
    const stored = await sql<StoredNoticeCode>`
      SELECT id, kind, reference, sealed FROM notice_codes WHERE kind = 'undo' AND change_id = ${change}::uuid`;
    const { reference = "", undoCode = "" } = openNoticeCodes(stored, account.userId);
    must(await undoChange({ reference: reference ?? "", code: undoCode ?? "", password: PASSWORD }, requester));
    expect(await stateOf(account)).toBe("cancelled");
    const spent = await verifyChallenge(await passPassword(account), { method: "recovery_mail", code: recoveryCode }, requester);
    expect(spent.ok).toBe(false);
  });

  it("has one outcome where two approvals and a cancellation come at once, and the cancellation wins", async () => {
    const account = await oldAccount();
    const [first, second, third] = [await staffMember("support"), await staffMember("administrator"), await staffMember("administrator")];
    const reference = await requestCase(account);
    await decide(first, reference, "review");
    const { stopCode = "" } = await noticed(account, "notice.case_requested_ended");
    const outcomes = await Promise.all([
      decide(second, reference, "approve"),
      decide(third, reference, "approve"),
      stopAccount({ reference, code: stopCode }, requester),
      decide(second, reference, "approve"),
    ]);
    expect(
      outcomes
        .slice(0, 2)
        .concat(outcomes[3] ?? [])
        .filter(({ ok }) => ok).length,
    ).toBeLessThanOrEqual(1);
    expect(outcomes[2]?.ok).toBe(true);
    expect(await stateOf(account)).toBe("cancelled");
  });

  it("keeps a challenge that binds a new factor from ending a case that was stopped meanwhile", async () => {
    const account = await oldAccount();
    const { reference } = await approved(account);
    await passTime(4 * DAY);
    const { recoveryCode = "", stopCode = "" } = await noticed(account, "notice.case_ready");
    const led = must(await verifyChallenge(await passPassword(account), { method: "recovery_mail", code: recoveryCode }, requester));
    if (led.next !== "bind_phone") throw new Error(led.next);
    must(await bindPhone(led.challengeToken, { number: freshNumber(), channel: "sms", acceptRisk: true }, requester));
    const code = await codeOf(led.challengeToken);
    must(await stopAccount({ reference, code: stopCode }, requester));
    expect((await verifyChallenge(led.challengeToken, { code }, requester)).ok).toBe(false);
    expect(await stateOf(account)).toBe("cancelled");
    expect(await sql`SELECT 1 FROM authenticators WHERE id = ${account.phoneId}::uuid`).toHaveLength(1);
  });
});

describe("The status of a case", () => {
  it("is shown to the one who has its reference and the status code of a mail", async () => {
    const account = await oldAccount();
    const reference = await requestCase(account);
    const { statusCode = "" } = await noticed(account, "notice.case_requested_ended");
    expect(await caseOfStatusCode({ reference, statusCode })).toMatchObject({ reference, state: "requested" });
    expect(await caseOfStatusCode({ reference, statusCode: "00000-00000" })).toBeNull();
  });
});

describe("The request of a second phone", () => {
  it("tells every address and number of the account, each with codes of its own under the reference of the case", async () => {
    const account = await oldAccount();
    await bindNumber(account.userId);
    const reference = await requestCase(account);
    const told = await sql<{ channel: string; n: number }>`
      SELECT m.channel, count(DISTINCT n.hash)::int AS n FROM messages m JOIN notice_codes n ON n.message_id = m.id AND n.kind = 'stop'
      WHERE m.user_id = ${account.userId}::uuid AND m.template = 'notice.case_requested_ended' AND n.reference = ${reference} GROUP BY m.channel ORDER BY m.channel`;
    expect(told).toEqual([
      { channel: "SMS", n: 2 },
      { channel: "EMAIL", n: 1 },
    ]);
  });
});
