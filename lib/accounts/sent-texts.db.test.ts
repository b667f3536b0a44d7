import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ourTexts } from "#lib/accounts/our-texts";
import { beginReset } from "#lib/accounts/reset-password";
import { sentTexts } from "#lib/accounts/sent-texts";
import { sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { recordOutcome } from "#lib/delivery/messages/record";
import { hasLink } from "#lib/env/fields";
import { codeWords } from "#lib/purposes/messages";
import { type Account, codeOf, forgetLimits, makeAccount, must, passPassword, requester, setClock } from "#lib/testing/fixtures";
import { doJobs } from "#lib/testing/plans";

const DAY = 86_400;
const texted = ["code.BIND_PHONE", "code.SIGN_IN", "code.STEP_UP", "code.RESET_PASSWORD"] as const;

/** Writes so many messages of an account, two of them at the same moment. */
const write = ({ userId }: Account, times: number) => sql`
  INSERT INTO messages (user_id, template, channel, locale, status, tries, created_at)
  SELECT ${userId}::uuid, 'notice.new_device', 'EMAIL', 'ja', 'sent', 1, app_now() - make_interval(mins => n / 2) FROM generate_series(1, ${times}::int) n`;

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("The messages that an account was sent", () => {
  it("are listed with purpose, channel, whereto, sender and what became of them, and without what they said", async () => {
    const account = await makeAccount();
    const token = await passPassword(account);
    await transaction((tx) => queueNotice(tx, { userId: account.userId, template: "notice.password_changed", locale: "ja" }));
    await doJobs();
    const { texts, next } = await sentTexts(account.userId, null, "ja");
    expect(next).toBeNull();
    const code = texts.find((text) => text.code !== null);
    expect(code).toMatchObject({
      code: "ログイン",
      notice: null,
      channel: "sms",
      digits: account.e164.slice(-4),
      address: null,
      status: "delivered",
      sender: "0005 1234",
    });
    expect(code?.attempts).toMatchObject([{ status: "delivered", reason: null }]);
    const mail = texts.find(({ channel }) => channel === "email");
    expect(mail).toMatchObject({ code: null, notice: "パスワードが変更されました", address: account.email, digits: null });
    const all = JSON.stringify([texts, await sentTexts(account.userId, null, "en")]);
    expect(all).toContain(`"notice":"Your password was changed"`);
    for (const hidden of [await codeOf(token), account.e164, account.e164.slice(-5)]) expect(all).not.toContain(hidden);
  });

  it("tell why one did not arrive, hand-over by hand-over, and name a removed number no more", async () => {
    const account = await makeAccount();
    const attempt = randomUUID();
    await sql`
      WITH m AS (
        INSERT INTO messages (user_id, authenticator_id, template, channel, country, locale, status, tries)
        VALUES (${account.userId}::uuid, ${account.phoneId}::uuid, 'notice.phone_added', 'SMS', 'JP', 'ja', 'sent', 2) RETURNING id, created_at), one AS (
        INSERT INTO delivery_attempts (message_id, message_at, provider, status, reason, started_at)
        SELECT id, created_at, 'a', 'failed', 'provider_down', created_at FROM m)
      INSERT INTO delivery_attempts (id, message_id, message_at, provider, status, started_at)
      SELECT ${attempt}::uuid, id, created_at, 'b', 'sent', created_at + interval '1 second' FROM m`;
    await recordOutcome(attempt, { status: "undelivered", reason: "refused_by_subscriber" });
    await sql`DELETE FROM authenticators WHERE id = ${account.phoneId}::uuid`;
    const [text] = (await sentTexts(account.userId, null, "ja")).texts;
    expect(text).toMatchObject({ status: "undelivered", reason: "refused_by_subscriber", digits: null, address: null });
    expect(text?.attempts.map(({ status, reason }) => [status, reason])).toEqual([
      ["failed", "provider_down"],
      ["undelivered", "refused_by_subscriber"],
    ]);
  });

  it("are read by pages of which none repeats or misses one, for 90 days, and by nobody else", async () => {
    const [account, other] = [await makeAccount(), await makeAccount()];
    await write(account, 45);
    const seen: string[] = [];
    let before: string | null = null;
    for (let page = 0; page < 3; page += 1) {
      const { texts, next } = await sentTexts(account.userId, before, "ja");
      seen.push(...texts.map(({ id }) => id));
      before = next;
    }
    expect([before, seen.length, new Set(seen).size]).toEqual([null, 45, 45]);
    await write(other, 3);
    const [foreign] = (await sentTexts(other.userId, null, "ja")).texts;
    expect((await sentTexts(account.userId, foreign?.id ?? "", "ja")).texts).toEqual([]);
    await setClock(91 * DAY);
    expect((await sentTexts(account.userId, null, "ja")).texts).toEqual([]);
  });

  it("leave out what a page showed as sent and nobody was sent", async () => {
    const account = await makeAccount();
    for (let mail = 0; mail < 6; mail += 1) must(await beginReset({ identifier: account.email, locale: "ja" }, requester));
    await doJobs();
    const { texts } = await sentTexts(account.userId, null, "ja");
    expect(texts.map(({ code, status }) => [code, status])).toEqual([
      ["再設定", "delivered"],
      ["再設定", "delivered"],
      ["再設定", "delivered"],
    ]);
  });
});

describe("What anybody may know of our texts", () => {
  it("is the senders in use and the real texts with an example code, without a link, in both languages (SM-01, SM-02)", async () => {
    for (const locale of ["ja", "en"] as const) {
      const { senders, codes, notice, greeting } = await ourTexts(locale);
      expect(senders.sms).toEqual(["0005 1234"]);
      expect(codes.map(({ purpose }) => purpose)).toEqual(texted.map((template) => codeWords[template][locale]));
      for (const { text } of codes) {
        expect(text).toContain("123456");
        expect(hasLink(text.replace(/\n@localhost #123456$/, ""))).toBe(false);
      }
      expect(hasLink([notice, greeting].join("\n"))).toBe(false);
    }
  });

  it("follows the accounts in use and an operator's own wording", async () => {
    await sql`INSERT INTO text_templates (template, locale, body) VALUES ('code.SIGN_IN', 'ja', '{service} 別の文面 {code} {purpose} {minutes} {warning}')`;
    await sql`
      WITH a AS (INSERT INTO provider_accounts (name, kind, sender) VALUES ('own', 'webhook', '0005 99'), ('off', 'webhook', '0005 88') RETURNING id, name), o AS (
        INSERT INTO provider_routes (account_id, channel, country, position) SELECT id, 'SMS', 'JP', 1 FROM a)
      SELECT 1`;
    await sql`UPDATE provider_accounts SET disabled_at = app_now() WHERE name = 'off'`;
    const { senders, codes } = await ourTexts("ja");
    expect(senders.sms.toSorted()).toEqual(["0005 1234", "0005 99"]);
    expect(codes.find(({ purpose }) => purpose === "ログイン")?.text).toMatch(/別の文面 123456/);
    await sql`DELETE FROM provider_accounts WHERE name IN ('own', 'off')`;
    await sql`DELETE FROM text_templates`;
  });
});
