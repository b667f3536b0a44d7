import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { noteChange } from "#lib/authenticators/changes";
import { readMessage } from "#lib/console/message";
import { readMessages } from "#lib/console/messages";
import { resendMessage } from "#lib/console/resend";
import { sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { recordOutcome, recordReceipt } from "#lib/delivery/messages/record";
import { openNoticeCodes, type StoredNoticeCode } from "#lib/delivery/wording/notice-codes";
import { sendCode, verifyChallenge } from "#lib/purposes/challenges";
import {
  type Account,
  codeOf,
  count,
  forgetLimits,
  makeAccount,
  must,
  passPassword,
  requester,
  setClock,
  together,
} from "#lib/testing/fixtures";
import { doJobs } from "#lib/testing/plans";
import { forgetStaff, type StaffMember, staffMember } from "#lib/testing/staff";

beforeEach(forgetLimits);
beforeEach(forgetStaff);
afterEach(() => setClock(0));

const lines = async (filter: Parameters<typeof readMessages>[0]) => (await readMessages(filter, "ja")).lines;
const newest = async ({ userId }: Account, template: string) =>
  (
    await sql<{
      id: string;
    }>`SELECT id FROM messages WHERE user_id = ${userId}::uuid AND template = ${template} ORDER BY created_at DESC, channel = 'EMAIL' DESC LIMIT 1`
  )[0]?.id ?? "";
const again = async (staff: StaffMember, id: string, reason = "本人から電話で頼まれました") => {
  const done = await resendMessage(staff, id, { reason }, requester);
  return done.ok ? "sent" : (done.error.reason ?? done.error.code);
};
const sent = ({ userId }: Account, template: string) =>
  count(sql<{ n: number }>`SELECT count(*)::int AS n FROM messages WHERE user_id = ${userId}::uuid AND template = ${template}`);

/** A text of an account that was handed to two providers. */
async function handed(account: Account, minutesAgo = 0): Promise<{ id: string; attempt: string }> {
  const [id, attempt] = [randomUUID(), randomUUID()];
  await sql`
    WITH m AS (
      INSERT INTO messages (id, user_id, authenticator_id, template, channel, country, digits, locale, status, tries, created_at)
      VALUES (${id}::uuid, ${account.userId}::uuid, ${account.phoneId}::uuid, 'code.SIGN_IN', 'SMS', 'JP', ${account.e164.slice(-2)}, 'ja', 'sent', 2,
              app_now() - make_interval(mins => ${minutesAgo}::int)) RETURNING id, created_at), one AS (
      INSERT INTO delivery_attempts (message_id, message_at, provider, status, reason, started_at, segments, price)
      SELECT id, created_at, 'first', 'failed', 'provider_down', created_at, 1, 8 FROM m)
    INSERT INTO delivery_attempts (id, message_id, message_at, provider, status, started_at, segments, price)
    SELECT ${attempt}::uuid, id, created_at, 'second', 'sent', created_at + interval '1 second', 2, 12.4 FROM m`;
  return { id, attempt };
}

describe("The log of messages", () => {
  it("shows two digits or a masked address, the hand-overs, the carrier, the seconds and the price of what a provider took", async () => {
    const account = await makeAccount();
    const { id, attempt } = await handed(account);
    await recordOutcome(attempt, { status: "undelivered", reason: "refused_by_subscriber", carrier: "docomo", code: "30007" });
    const [line] = await lines({ account: account.userId });
    expect(line).toMatchObject({
      ...{ id, digits: account.e164.slice(-2), address: null, purpose: "ログイン", status: "undelivered", reason: "refused_by_subscriber" },
      ...{ providers: ["first", "second"], carrier: "docomo", segments: 2, yen: 24.8 },
    });
    const room = await readMessage(id, "ja");
    expect(room?.attempts.map(({ provider, code, carrier }) => [provider, code, carrier])).toEqual([
      ["first", null, null],
      ["second", "30007", "docomo"],
    ]);
    expect(room?.account).toEqual({ id: account.userId, email: expect.stringMatching(/^..•••@example\.jp$/) });
    await transaction((tx) => queueNotice(tx, { userId: account.userId, template: "notice.password_changed", locale: "ja" }));
    const all = JSON.stringify([await lines({ account: account.userId }), room]);
    for (const hidden of [account.e164, account.e164.slice(-4), account.email]) expect(all).not.toContain(hidden);
  });

  it("is found by state, provider, carrier, country, purpose, digits, reference, id and day", async () => {
    const account = await makeAccount();
    const { id, attempt } = await handed(account);
    await recordOutcome(attempt, { status: "delivered", carrier: "Rakuten" });
    await transaction((tx) => queueNotice(tx, { userId: account.userId, template: "notice.new_device", locale: "ja" }));
    const [{ reference } = { reference: "" }] = await sql<{ reference: string }>`
      SELECT reference FROM notice_codes WHERE user_id = ${account.userId}::uuid LIMIT 1`;
    const own = async (filter: Parameters<typeof readMessages>[0]) => (await lines(filter)).some((one) => one.id === id);
    const found = await Promise.all(
      [
        { state: "delivered" as const },
        { provider: "second" },
        { carrier: "rakuten", provider: "first" },
        { country: "JP" },
        { purpose: "code.SIGN_IN" },
        { q: `末尾${account.e164.slice(-2)}` },
        { q: id },
      ].map(own),
    );
    expect(found).toEqual(found.map(() => true));
    const others = await Promise.all(
      [
        { state: "stopped" as const },
        { provider: "third" },
        { carrier: "au" },
        { country: "GB" },
        { purpose: "code.STEP_UP" },
        { to: "2020-01-01" },
        { q: "何か" },
      ].map(own),
    );
    expect(others).toEqual(others.map(() => false));
    expect((await lines({ q: reference })).map(({ purpose }) => purpose)).toEqual(["新しいブラウザーからログインがありました"]);
  });

  it("is read by pages of which none repeats or misses a line, also where the times are the same", async () => {
    const account = await makeAccount();
    await sql`
      INSERT INTO messages (user_id, template, channel, locale, status, tries, created_at)
      SELECT ${account.userId}::uuid, 'notice.new_device', 'EMAIL', 'ja', 'delivered', 1, app_now() - make_interval(secs => n / 30) FROM generate_series(1, 120) n`;
    const seen: string[] = [];
    for (let page = await readMessages({ account: account.userId }, "ja"); ; ) {
      seen.push(...page.lines.map(({ id }) => id));
      if (!page.older) break;
      page = await readMessages({ account: account.userId, before: page.older }, "ja");
    }
    expect([seen.length, new Set(seen).size]).toEqual([120, 120]);
  });

  it("looks through so many rows for a page at most, says how far, and goes on from there", async () => {
    const account = await makeAccount();
    await sql`
      INSERT INTO messages (user_id, template, channel, locale, status, tries, created_at)
      SELECT ${account.userId}::uuid, 'notice.phone_removed', 'EMAIL', 'ja', CASE WHEN n = 8100 THEN 'failed' ELSE 'delivered' END::delivery_status, 1,
        app_now() - make_interval(secs => n) FROM generate_series(1, 8100) n`;
    const filter = { account: account.userId, state: "stopped" as const };
    const first = await readMessages(filter, "ja");
    expect(first).toMatchObject({ lines: [], through: true });
    if (!first.older) throw new Error("no place to go on from");
    const second = await readMessages({ ...filter, before: first.older }, "ja");
    expect([second.lines.length, second.older, second.through]).toEqual([1, null, false]);
  });

  it("prices nothing that no provider took, and says where a price is missing", async () => {
    const account = await makeAccount();
    const { id, attempt } = await handed(account);
    await sql`UPDATE delivery_attempts SET price = NULL WHERE id = ${attempt}::uuid`;
    const yen = async () => (await lines({ q: id }))[0]?.yen;
    expect(await yen()).toBe("unpriced");
    await sql`UPDATE delivery_attempts SET status = 'failed' WHERE id = ${attempt}::uuid`;
    expect(await yen()).toBeNull();
  });

  it("keeps what a receipt says of the carrier and its code as one short line, and nothing else", async () => {
    const account = await makeAccount();
    const { attempt } = await handed(account);
    const [row] = await sql<{ id: string }>`SELECT id FROM provider_accounts LIMIT 1`;
    await sql`UPDATE delivery_attempts SET account_id = ${row?.id ?? null}::uuid WHERE id = ${attempt}::uuid`;
    await recordReceipt(row?.id ?? "", { attemptId: attempt, status: "delivered", carrier: "KDDI\n", code: "x".repeat(41) });
    expect(await sql`SELECT carrier, provider_code FROM delivery_attempts WHERE id = ${attempt}::uuid`).toEqual([
      { carrier: null, providerCode: null },
    ]);
  });
});

describe("Sending a message again", () => {
  it("sends the same code of an open challenge, with who and why in the audit log, and within its wait and its limits", async () => {
    const [account, staff] = [await makeAccount(), await staffMember("support")];
    const token = await passPassword(account);
    const code = await codeOf(token);
    await doJobs();
    const id = await newest(account, "code.SIGN_IN");
    expect(await again(staff, id)).toBe("throttled");
    await setClock(31);
    expect(await again(staff, id)).toBe("sent");
    expect(await again(staff, id)).toBe("throttled");
    expect([await sent(account, "code.SIGN_IN"), await codeOf(token)]).toEqual([2, code]);
    const events = await sql<{ event: string; method: string }>`
      SELECT event, method FROM audit_events WHERE event = 'message.resent' AND subject = (SELECT audit_subject FROM users WHERE id = ${account.userId}::uuid)`;
    expect(events).toEqual([
      { event: "message.resent", method: expect.stringMatching(`^message:${id} staff:[0-9a-f-]{36} \\(本人から電話で頼まれました\\)$`) },
    ]);
    await doJobs();
    must(await verifyChallenge(token, { code }, requester));
    await setClock(200);
    expect(await again(staff, id)).toBe("other_state");
  });

  it("tells the code of a text by a call to the same phone where one is offered, and leads to the new message", async () => {
    const [account, staff] = [await makeAccount(), await staffMember("support")];
    const token = await passPassword(account);
    const code = await codeOf(token);
    await doJobs();
    await setClock(31);
    const id = await newest(account, "code.SIGN_IN");
    expect((await readMessage(id, "ja"))?.call).toBe(true);
    const made = must(await resendMessage(staff, id, { reason: "SMS を拒否している回線", call: true }, requester));
    expect(await readMessage(made, "ja")).toMatchObject({ channel: "voice", account: { id: account.userId }, call: false });
    expect([made === id, await codeOf(token)]).toEqual([false, code]);
    must(await verifyChallenge(token, { code }, requester));
    expect((await readMessage(id, "ja"))?.call).toBe(false);
    await transaction((tx) => queueNotice(tx, { userId: account.userId, template: "notice.password_changed", locale: "ja" }));
    await doJobs();
    const notice = await newest(account, "notice.password_changed");
    const called = await resendMessage(staff, notice, { reason: "お知らせは読み上げない", call: true }, requester);
    expect([called.ok ? "" : called.error.reason, (await readMessage(notice, "ja"))?.call]).toEqual(["other_state", false]);
    const sentAgain = must(await resendMessage(staff, notice, { reason: "本人から頼まれました" }, requester));
    expect([sentAgain === notice, (await readMessage(sentAgain, "ja"))?.account?.id]).toEqual([false, account.userId]);
  });

  it("is once for many who press at the same time", async () => {
    const [account, staff] = [await makeAccount(), await staffMember("support")];
    await passPassword(account);
    await doJobs();
    await setClock(31);
    const id = await newest(account, "code.SIGN_IN");
    const done = await together(8, () => again(staff, id));
    expect(done.filter((one) => one === "sent")).toHaveLength(1);
    expect(await sent(account, "code.SIGN_IN")).toBe(2);
  });

  it("and the person's own request for it are one send where they come together", async () => {
    const [account, staff] = [await makeAccount(), await staffMember("support")];
    const token = await passPassword(account);
    await doJobs();
    await setClock(31);
    const id = await newest(account, "code.SIGN_IN");
    const own = async () => ((await sendCode(token, { method: "sms" }, requester)).ok ? "sent" : "refused");
    const done = await together(8, (index) => (index % 2 === 0 ? own() : again(staff, id)));
    expect(done.filter((one) => one === "sent")).toHaveLength(1);
    expect(await sent(account, "code.SIGN_IN")).toBe(2);
  });

  it("sends a notice once for many who press at the same time", async () => {
    const [account, staff] = [await makeAccount(), await staffMember("support")];
    await transaction((tx) => queueNotice(tx, { userId: account.userId, template: "notice.password_changed", locale: "ja" }));
    await doJobs();
    const id = await newest(account, "notice.password_changed");
    const done = await together(8, () => again(staff, id));
    expect(done.filter((one) => one === "sent")).toHaveLength(1);
    expect(done.filter((one) => one === "other_state")).toHaveLength(7);
  });

  it("sends a notice once more with its codes, which still count once, and not one that says nothing any more", async () => {
    const [account, staff] = [await makeAccount(), await staffMember("support")];
    await transaction((tx) => queueNotice(tx, { userId: account.userId, template: "notice.password_changed", locale: "ja" }));
    await doJobs();
    const first = await newest(account, "notice.password_changed");
    const codes = async (id: string) =>
      openNoticeCodes(
        await sql<StoredNoticeCode>`SELECT id, kind, reference, sealed FROM notice_codes WHERE message_id = ${id}::uuid`,
        account.userId,
      );
    const before = await codes(first);
    expect(before.stopCode).toBeDefined();
    await setClock(5);
    expect(await again(staff, first)).toBe("sent");
    const second = await newest(account, "notice.password_changed");
    expect(await codes(second)).toEqual(before);
    expect(await again(staff, first)).toBe("other_state");
    await doJobs();
    await sql`UPDATE notice_codes SET used_at = app_now() WHERE message_id = ${second}::uuid`;
    expect(await again(staff, second)).toBe("other_state");
  });

  it("sends no notice to another address than the one that it went to", async () => {
    const [account, staff] = [await makeAccount(), await staffMember("support")];
    await transaction((tx) => queueNotice(tx, { userId: account.userId, template: "notice.password_changed", locale: "ja" }));
    await doJobs();
    const first = await newest(account, "notice.password_changed");
    const change = await transaction((tx) => noteChange(tx, { userId: account.userId, kind: "email_changed", oldEmail: account.email }));
    await setClock(5);
    expect(await again(staff, first)).toBe("other_state");
    await transaction((tx) => queueNotice(tx, { userId: account.userId, template: "notice.password_changed", locale: "ja" }));
    await doJobs();
    const second = await newest(account, "notice.password_changed");
    await setClock(10);
    await sql`UPDATE changes SET undone_at = app_now() WHERE id = ${change}::uuid`;
    expect(await again(staff, second)).toBe("other_state");
    await sql`DELETE FROM changes WHERE id = ${change}::uuid`;
    expect(await again(staff, second)).toBe("sent");
  });

  it("is for staff who stepped up, not for the own account, with a reason, and for what is not under way", async () => {
    const [account, staff] = [await makeAccount(), await staffMember("administrator")];
    await passPassword(account);
    const id = await newest(account, "code.SIGN_IN");
    expect(await again(staff, id)).toBe("other_state");
    await doJobs();
    await setClock(31);
    expect(await again(staff, id, "x")).toBe("invalid_input");
    expect(await again(staff, randomUUID())).toBe("not_found");
    expect(await again(staff, "x")).toBe("not_found");
    await sql`DELETE FROM step_ups WHERE session_id = ${staff.sessionId}::uuid`;
    expect(await again(staff, id)).toBe("step_up_required");
    const own = await staffMember("support");
    await passPassword(own.account).catch(() => "");
    const { id: ownMessage } = await handed(own.account);
    expect(await again(own, ownMessage)).toBe("own_account");
    await sql`UPDATE users SET roles = '{}' WHERE id = ${staff.userId}::uuid`;
    expect(await again(staff, id)).toBe("not_found");
    expect(await sent(account, "code.SIGN_IN")).toBe(1);
  });
});
