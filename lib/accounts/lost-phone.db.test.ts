import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rememberCase, rememberedCase, statusByCode } from "#lib/accounts/case-status";
import { beginLostPhone, lostPhoneOffer } from "#lib/accounts/lost-phone";
import { stopAccount } from "#lib/accounts/notice-codes";
import { mailRecoveryAgain } from "#lib/accounts/recovery-mail-again";
import { signIn } from "#lib/accounts/sign-in";
import { stopOwnCase } from "#lib/accounts/stop-case";
import { sql, transaction } from "#lib/db/sql";
import { noticeFacts } from "#lib/delivery/messages/notice-facts";
import { moment } from "#lib/delivery/wording/notice-parts";
import { noticeMail } from "#lib/delivery/wording/notices";
import { readChallenge, verifyChallenge } from "#lib/purposes/challenges";
import { rejectCase, resumeCase } from "#lib/recovery/decide";
import { startCase } from "#lib/recovery/open-case";
import { caseOfChallenge, openCaseOf } from "#lib/recovery/read-case";
import { lockCase } from "#lib/recovery/rows";
import { toldPlaces } from "#lib/recovery/told";
import { readSession } from "#lib/sessions/read-session";
import { bindApp } from "#lib/testing/factors";
import {
  type Account,
  codeOf,
  forgetLimits,
  forgetPolicy,
  makeAccount,
  must,
  PASSWORD,
  passPassword,
  requester,
  setClock,
  setPolicy,
  signedIn,
} from "#lib/testing/fixtures";
import { approveByHand, noticed, oldAccount, passTime, readyCase, requestCase, stateOfCase } from "#lib/testing/lost-phone";
import { isAlive, signInOn, told } from "#lib/testing/signed-in";

beforeEach(forgetLimits);
beforeEach(forgetPolicy);
afterEach(() => setClock(0));

/** The event and the step by which the newest freeze of an account's case was recorded. */
const frozenAs = async ({ userId }: Account) => {
  const [row] = await sql<{ event: string; act: string }>`
    SELECT (SELECT e.event FROM audit_events e JOIN users u ON u.audit_subject = e.subject WHERE u.id = ${userId}::uuid AND e.event LIKE 'case.frozen%' ORDER BY e.id DESC LIMIT 1) AS event,
      (SELECT s.act FROM recovery_case_steps s JOIN recovery_cases c ON c.id = s.case_id WHERE c.user_id = ${userId}::uuid ORDER BY s.id DESC LIMIT 1) AS act`;
  return [row?.event, row?.act];
};

/** The notices that were texted to an account. */
const texted = async ({ userId }: Account) =>
  (await sql<{ template: string }>`SELECT template FROM messages WHERE user_id = ${userId}::uuid AND channel = 'SMS'`).map(
    ({ template }) => template,
  );

const refusal = (done: { ok: boolean; error?: unknown }) => (done.ok ? "done" : (done.error as { code: string }).code);

describe("The request", () => {
  it("is offered at an open sign-in alone, and begins there alone", async () => {
    const account = await oldAccount();
    const token = await passPassword(account);
    expect(await lostPhoneOffer(token)).toEqual({ open: null, note: true });
    const { token: recovering } = must(await beginLostPhone(token, { reason: "lost" }));
    for (const other of [token, recovering, "", "x".repeat(43)]) {
      expect(await lostPhoneOffer(other), other).toBeNull();
      expect(refusal(await beginLostPhone(other, { reason: "lost" })), other).toMatch(/^challenge_(?:missing|expired)$/);
    }
  });

  it("refuses a form of another challenge, and a second request while one stands, which the offer then names", async () => {
    const account = await oldAccount();
    const { reference } = await requestCase(account);
    const token = await passPassword(account);
    expect(await lostPhoneOffer(token)).toMatchObject({ open: { reference, state: "requested" } });
    expect(refusal(await beginLostPhone(token, { reason: "lost", drawnFor: "00000000-0000-4000-8000-000000000000" }))).toBe(
      "form_of_another",
    );
    expect(refusal(await beginLostPhone(token, { reason: "lost" }))).toBe("case_open");
  });

  it("keeps a note for the reviewers where the operator asks for one, and drops it elsewhere", async () => {
    const noteOf = async (account: Account) =>
      (await sql<{ sealed: string | null }>`SELECT note_sealed AS sealed FROM recovery_cases WHERE user_id = ${account.userId}::uuid`)[0]
        ?.sealed;
    const asked = await oldAccount();
    await requestCase(asked);
    expect(await noteOf(asked)).not.toBeNull();
    await setPolicy("lostPhoneNote", false);
    const without = await oldAccount();
    await requestCase(without);
    expect(await noteOf(without)).toBeNull();
  });

  it("shows a person who signed in with a number no more of the address than its beginning", async () => {
    const account = await oldAccount();
    const { token } = must(await signIn({ identifier: account.e164, password: PASSWORD }, requester));
    const opened = must(await beginLostPhone(token, { reason: "lost" }));
    expect(opened.view.delivery?.hint).toMatch(/^..•••@/);
    const shown = await readChallenge(opened.token);
    expect(JSON.stringify(shown)).not.toContain(account.email);
    expect(shown?.whose).toEqual({ digits: account.e164.slice(-2) });
  });

  it("goes on with what staff have begun, and the offer says nothing of it before", async () => {
    const account = await oldAccount();
    const begun = await transaction((tx) =>
      startCase(tx, { userId: account.userId, locale: "ja", reason: "other", why: "by telephone" }, { subject: null, by: "test" }),
    );
    expect(await lostPhoneOffer(await passPassword(account))).toMatchObject({ open: null });
    expect((await requestCase(account)).reference).toBe(begun.reference);
  });
});

describe("The country of a request", () => {
  it("raises a flag unless the account was signed in from it within 90 days", async () => {
    const seen = async (country: string | undefined, requestedFrom: string | undefined, days = 0) => {
      const account = await oldAccount();
      const token = await passPassword(account);
      must(await verifyChallenge(token, { code: await codeOf(token) }, { ...requester, country }));
      await sql`UPDATE account_countries SET last_seen_at = app_now() - make_interval(days => ${days}::int) WHERE user_id = ${account.userId}::uuid`;
      await requestCase(account, "new_contract", { country: requestedFrom });
      return (await stateOfCase(account)).flags.includes("other_country");
    };
    expect(await seen("JP", "JP")).toBe(false);
    expect(await seen("JP", "US")).toBe(true);
    expect(await seen("JP", "JP", 91)).toBe(true);
    // The proxy names no country.
    expect(await seen(undefined, undefined)).toBe(false);
  });

  it("is noted once for each that sessions were opened from, and forgotten after 90 days", async () => {
    const account = await oldAccount();
    const enter = async (country: string) => {
      const token = await passPassword(account);
      must(await verifyChallenge(token, { code: await codeOf(token) }, { ...requester, country }));
    };
    const known = async () =>
      (await sql<{ country: string }>`SELECT country FROM account_countries WHERE user_id = ${account.userId}::uuid ORDER BY country`).map(
        ({ country }) => country,
      );
    for (const country of ["JP", "US", "JP"]) await enter(country);
    expect(await known()).toEqual(["JP", "US"]);
    await sql`UPDATE account_countries SET last_seen_at = app_now() - interval '91 days' WHERE user_id = ${account.userId}::uuid`;
    await enter("JP");
    expect(await known()).toEqual(["JP"]);
  });
});

describe("The mailed code, asked for again", () => {
  const mails = ({ userId }: Account) => told(userId, "notice.case_ready");

  it("is mailed three times an hour while the case is ready, always with the same answer", async () => {
    const account = await oldAccount();
    await readyCase(account);
    expect(await mails(account)).toBe(1);
    const token = await passPassword(account);
    const answers = [];
    for (let asked = 0; asked < 5; asked += 1) answers.push(await mailRecoveryAgain(token));
    expect(answers.map(refusal)).toEqual(["done", "done", "done", "done", "done"]);
    expect(new Set(answers.map((one) => JSON.stringify({ ...must(one), serverTime: "" }))).size).toBe(1);
    expect(await mails(account)).toBe(4);
    const { recoveryCode = "" } = await noticed(account, "notice.case_ready");
    expect(must(await verifyChallenge(token, { method: "recovery_mail", code: recoveryCode }, requester)).next).toBe("bind_phone");
  });

  it("is mailed to nobody before the case is ready, after it was stopped, and for another challenge than a sign-in", async () => {
    const account = await oldAccount();
    const { token: recovering } = await requestCase(account);
    expect(refusal(await mailRecoveryAgain(recovering))).toBe("challenge_missing");
    expect(refusal(await mailRecoveryAgain(await passPassword(account)))).toBe("done");
    expect(await mails(account)).toBe(0);
    await approveByHand(account);
    await passTime(4 * 86_400);
    const { reference, stopCode = "" } = await noticed(account, "notice.case_ready");
    must(await stopAccount({ reference: reference ?? "", code: stopCode }, requester));
    expect(refusal(await mailRecoveryAgain(await passPassword(account)))).toBe("done");
    expect(await mails(account)).toBe(1);
    const other = await makeAccount({ phone: false });
    const signUp = must(await signIn({ identifier: other.email, password: PASSWORD }, requester)).token;
    expect(refusal(await mailRecoveryAgain(signUp))).toBe("method_not_available");
  });
});

describe("The status", () => {
  it("is shown to the browser that requested the case, and to no other browser of the account", async () => {
    const account = await oldAccount();
    const { token, reference } = await requestCase(account);
    expect(await caseOfChallenge(token)).toMatchObject({ reference, state: "requested", byStaff: false });
    expect(await caseOfChallenge(await passPassword(account))).toBeNull();
  });

  it("is shown for its code again and again, kept sealed for half an hour, and wrong codes are limited by address", async () => {
    const account = await oldAccount();
    const { reference } = await requestCase(account);
    const { statusCode = "" } = await noticed(account, "notice.case_requested");
    for (let times = 0; times < 3; times += 1) must(await statusByCode({ reference, statusCode }, requester));
    const { sealed } = await rememberCase(must(await statusByCode({ reference, statusCode }, requester)));
    expect(await rememberedCase(sealed)).toMatchObject({ reference });
    expect(await rememberedCase(`${sealed.slice(0, -2)}xx`)).toBeNull();
    await setClock(1801);
    expect(await rememberedCase(sealed)).toBeNull();
    await setClock(0);
    const wrong = { ...requester, ip: "192.0.2.77" };
    for (let times = 0; times < 21; times += 1)
      expect(refusal(await statusByCode({ reference, statusCode: "00000-00000" }, wrong))).toBe("code_wrong");
    expect(refusal(await statusByCode({ reference, statusCode: "00000-00000" }, wrong))).toBe("too_many_requests");
    expect(refusal(await statusByCode({ reference, statusCode }, wrong))).toBe("done");
  });

  it("names where notices went by two letters and two digits", async () => {
    const account = await oldAccount();
    await sql`INSERT INTO recovery_addresses (user_id, email, verified_at, counts_from) VALUES (${account.userId}::uuid, 'second@example.jp', app_now(), app_now())`;
    const { token } = await requestCase(account);
    const found = await caseOfChallenge(token);
    const places = found ? await toldPlaces(found) : [];
    expect(places.map(({ address, digits, channel }) => address ?? `${channel} ${digits}`).sort()).toEqual(
      [
        `${account.email.slice(0, 2)}•••${account.email.slice(account.email.lastIndexOf("@"))}`,
        "se•••@example.jp",
        `sms ${account.e164.slice(-2)}`,
      ].sort(),
    );
  });
});

describe("The stop code of a text", () => {
  it("that freezes a case says so on the page, in the log, in a mail and in a text, and nothing says that the case was cancelled", async () => {
    const account = await oldAccount();
    await requestCase(account);
    const { reference, stopCode = "" } = await noticed(account, "notice.case_requested", "SMS");
    expect(await stopAccount({ reference: reference ?? "", code: stopCode }, requester)).toEqual({ ok: true, value: "frozen" });
    expect(await frozenAs(account)).toEqual(["case.frozen", "frozen"]);
    expect(await told(account.userId, "notice.case_frozen_by_text")).toBe(1);
    expect(await told(account.userId, "notice.stopped")).toBe(0);
    expect(await texted(account)).toContain("notice.case_frozen_by_text");
  });
});

describe("The approval of a case", () => {
  it("is mailed with the time at which the code goes out, and so is a resumed wait", async () => {
    const account = await oldAccount();
    await requestCase(account);
    await approveByHand(account);
    const mail = async (template: "notice.case_approved" | "notice.case_resumed") => {
      const [row] = await sql<{ id: string; readyAt: Date }>`
        SELECT m.id, c.ready_at FROM messages m JOIN recovery_cases c ON c.user_id = m.user_id
        WHERE m.user_id = ${account.userId}::uuid AND m.template = ${template} AND m.channel = 'EMAIL'`;
      const facts = await noticeFacts({ id: row?.id ?? "", template });
      const { text } = noticeMail(template, "ja", { name: "関所", publicOrigin: "", minutes: 10 }, new Date(0), undefined, facts);
      return [text, `${moment.ja(row?.readyAt ?? new Date(0))}（日本時間）に、認証コードをメールでお送りします。`] as const;
    };
    const [approved, at] = await mail("notice.case_approved");
    expect(approved).toContain(at);
    const { reference, stopCode = "" } = await noticed(account, "notice.case_approved", "SMS");
    must(await stopAccount({ reference: reference ?? "", code: stopCode }, requester));
    await setClock(3600);
    await transaction(async (tx) => {
      const row = await lockCase(tx, { userId: account.userId });
      if (row) must(await resumeCase(tx, row, { author: { subject: null, by: "test" }, reason: "by hand" }));
    });
    const [resumed, later] = await mail("notice.case_resumed");
    expect(resumed).toContain(later);
    expect(later).not.toBe(at);
  });
});

describe("The end of a case without a new factor", () => {
  it("is texted to the phones of the account, since whoever reads its mail may have ended it", async () => {
    const account = await oldAccount();
    await requestCase(account);
    await transaction(async (tx) => {
      const row = await lockCase(tx, { userId: account.userId });
      if (row) must(await rejectCase(tx, row, { author: { subject: null, by: "test" }, reason: "by hand" }));
    });
    expect(await texted(account)).toContain("notice.case_rejected");
    expect((await noticed(account, "notice.case_rejected", "SMS")).stopCode).toBeUndefined();
  });
});

describe("A live session of the account", () => {
  const sessionOf = async (from: { sessionToken: string }) => {
    const session = await readSession(from.sessionToken);
    if (!session) throw new Error("no session");
    return session;
  };

  it("that a text proved puts the case on hold, ends every other session and stays", async () => {
    const account = await oldAccount();
    const [mine, other] = [await signInOn(account), await signInOn(account)];
    await requestCase(account);
    expect((await sessionOf(mine.from)).restriction).toEqual({ until: null });
    expect(await openCaseOf(account.userId)).toMatchObject({ state: "requested", userAgent: "test" });
    expect(await stopOwnCase(await sessionOf(mine.from), mine.from)).toBe("frozen");
    expect([await isAlive(mine), await isAlive(other)]).toEqual([true, false]);
    expect((await stateOfCase(account)).state).toBe("frozen");
    expect(await stopOwnCase(await sessionOf(mine.from), mine.from)).toBe("frozen");
    expect(await told(account.userId, "notice.case_frozen")).toBe(1);
    expect(await frozenAs(account)).toEqual(["case.frozen_by_session", "frozen_by_session"]);
    expect(await texted(account)).toContain("notice.case_frozen");
  });

  it("that an authenticator app proved cancels it, also while it is on hold; of many at once one does", async () => {
    const account = await oldAccount();
    const app = await bindApp(account);
    const token = await passPassword(account);
    const { sessionToken } = signedIn(must(await verifyChallenge(token, { method: "totp", code: await app.shows() }, requester)));
    const from = { ...requester, sessionToken };
    const { reference } = await requestCase(account);
    const text = await noticed(account, "notice.case_requested", "SMS");
    expect(text.reference).toBe(reference);
    const session = await sessionOf(from);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => stopOwnCase(session, from)));
    expect(outcomes.filter((one) => one === "cancelled")).toHaveLength(1);
    expect((await stateOfCase(account)).state).toBe("cancelled");
    expect((await sessionOf(from)).restriction).toBeNull();
    expect(await told(account.userId, "notice.case_cancelled")).toBe(1);
    expect(await texted(account)).toContain("notice.case_cancelled");
  });

  it("that a recovery code proved does not cancel it", async () => {
    const account = await oldAccount();
    const { from } = await signInOn(account);
    await requestCase(account);
    expect(await stopOwnCase({ ...(await sessionOf(from)), amr: ["pwd", "rc"] }, from)).toBe("frozen");
  });
});
