import { describe, expect, it } from "vitest";
import { codeMail } from "#lib/delivery/wording/mails";
import { carriesStop, isTexted, type NoticeTemplate, noticeMail, noticeTemplates, noticeText } from "#lib/delivery/wording/notices";
import { segmentsOf } from "#lib/delivery/wording/segments";
import { SEGMENT } from "#lib/delivery/wording/texts";
import { readContact } from "#lib/env/contact";
import { codeTemplates, codeWords } from "#lib/purposes/messages";
import { en } from "#lib/words/en";
import { ja } from "#lib/words/ja";

const service = { name: "さくら銀行", publicOrigin: "https://login.example.jp", minutes: 10 };
const at = new Date("2026-11-27T16:05:00Z");
/** Notices of an operator's act or of the person's own act, which contain no advice about strangers and name the contact. */
const plainOnes = new Set<string>([
  ...["notice.suspended", "notice.resumed", "notice.sessions_ended", "notice.password_forced", "notice.takeover_done"],
  ...["notice.deletion_cancelled", "notice.stopped", "notice.blocked", "notice.undone"],
  ...["notice.case_rejected", "notice.case_cancelled", "notice.case_expired", "notice.staff_changed", "notice.cases_waiting"],
  "notice.reverification_asked",
  "notice.staff_left",
]);
const casesOf = (templates: readonly NoticeTemplate[]) =>
  templates.flatMap((template) => (["ja", "en"] as const).map((locale) => ({ template, locale })));
const cases = casesOf(noticeTemplates.filter((one) => !plainOnes.has(one)));
const LINK = /:\/\/|www\.|[\w-]\.(?:jp|com|net|org)\b/;

describe("Every notice (NT-01, E16)", () => {
  it("is there", () => expect(noticeTemplates.length).toBeGreaterThanOrEqual(9));

  it.each(cases)("$template in $locale names the service, says how to repudiate, and holds no secret", ({ template, locale }) => {
    const { subject, text } = noticeMail(template, locale, service, at);
    expect(subject).toContain(service.name);
    expect(text).toMatch(locale === "ja" ? /お心当たりがない/ : /If this was not you/);
    // Fixed words for every recipient, without digits that could be a code or a number.
    expect(text).not.toMatch(/\d{4}/);
    expect(text).not.toMatch(/\{|\}|undefined|null/);
  });

  it.each(cases)("$template in $locale leads to the site in words, never by a link", ({ template, locale }) => {
    const { subject, text } = noticeMail(template, locale, service, at);
    expect(subject + text).not.toMatch(LINK);
    expect(text).toMatch(locale === "ja" ? /いつもお使いのブックマークから/ : /from your usual bookmark/);
    // A person who lost the phone cannot sign in; every other notice but that of an existing account names the menu as the pages do.
    const { account } = locale === "ja" ? ja : en;
    const menu =
      template === "notice.account_exists" || template.startsWith("notice.case_")
        ? []
        : [account.title, account.sessions, account.endOthers];
    for (const name of menu) expect(text).toContain(name);
  });

  it.each(casesOf(noticeTemplates.filter((one) => plainOnes.has(one))))(
    "$template in $locale names the service and whom to ask, and leads nowhere",
    ({ template, locale }) => {
      const { subject, text } = noticeMail(template, locale, service, at);
      expect(subject).toContain(service.name);
      expect(text).toMatch(locale === "ja" ? /お問い合わせ窓口/ : /Contact us/);
      expect(text).not.toMatch(/https?:|\d{4}|\{|\}|undefined|null/);
    },
  );

  it.each(noticeTemplates)("%s is written in the language it is for", (template) => {
    expect(noticeMail(template, "en", { ...service, name: "Sakura" }, at).text).not.toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
    expect(noticeMail(template, "ja", service, at).text).toMatch(/です|ます|ました|ください/);
  });

  it("states the time of a sign-in in Japan's time, so that there is something to compare", () => {
    for (const template of ["notice.new_device", "notice.recovery_code_used"] as const) {
      expect(noticeMail(template, "ja", service, at).text).toContain("日時: 11月28日 01:05（日本時間）");
      expect(noticeMail(template, "en", service, at).text).toMatch(/28 November.{1,4}01:05 \(Japan time\)/);
      expect(noticeMail(template, "ja", service, at).text).toContain("ほかの人がログインしたおそれがあります");
    }
  });

  it.each(["notice.case_rejected", "notice.case_cancelled", "notice.case_expired"] as const)(
    "%s says what stays as it was, that devices were signed out, and that somebody may know the password",
    (template) => {
      const { text } = noticeMail(template, "ja", service, at);
      expect(text).not.toContain("アカウントは申請の前と変わりません");
      expect(text).toContain("もう一度ログインしてください");
      expect(text).toContain("ほかの人があなたのパスワードを知り");
      expect(noticeMail(template, "en", service, at).text).toMatch(/Sign in again .*someone may know your password/s);
    },
  );

  it("of a lock advises no sign-in that is impossible for a quarter of an hour", () => {
    const { text } = noticeMail("notice.locked", "ja", service, at);
    expect(text).toContain("15分たってから、");
    expect(text).not.toContain("すぐに");
  });
});

describe("The codes of a notice (NT-01)", () => {
  /** As newReference and newLongCode make them, in groups as they are shown. */
  const codes = { reference: "N-7K2M9PQR", stopCode: "7K2M9-PQRST", undoCode: "2M9PQ-RST7K" };
  const strangers = noticeTemplates.filter((one) => !plainOnes.has(one) && one !== "notice.account_exists");

  it("are of every notice that tells what a stranger may have done, and of no other", () => {
    expect(noticeTemplates.filter(carriesStop).sort()).toEqual([...strangers].sort());
  });

  it.each(casesOf(strangers))("$template in $locale: its mail has the reference and the stop code, and where to enter them", (one) => {
    const { subject, text } = noticeMail(one.template, one.locale, service, at, { ...codes, undoCode: undefined });
    const { noticeCodes } = one.locale === "ja" ? ja : en;
    expect(text).toContain(`${noticeCodes.reference}: ${codes.reference}\n${noticeCodes.stopCode}: ${codes.stopCode}\n`);
    expect(text).toContain(noticeCodes.stopTitle);
    expect(subject).not.toMatch(/\d/);
    expect(text).not.toMatch(LINK);
    expect(text).not.toMatch(/取消コード|undo/i);
    expect(text).not.toMatch(/\{|\}|undefined|null/);
  });

  it.each(casesOf(strangers))("$template in $locale: its mail has an undo code only where there is a change to undo", (one) => {
    const { text } = noticeMail(one.template, one.locale, service, at, codes);
    const { noticeCodes } = one.locale === "ja" ? ja : en;
    expect(text).toContain(`${noticeCodes.undoCode}: ${codes.undoCode}\n`);
    expect(text).toContain(noticeCodes.toUndo);
  });

  it.each(casesOf(noticeTemplates.filter((one) => isTexted(one) && carriesStop(one))))(
    "$template in $locale: its text is one segment with the longest name of a service, without a link",
    ({ template, locale }) => {
      for (const name of ["十二文字の長いサービス名", "Twelve chars"]) {
        const text = noticeText(template, locale, { ...service, name }, codes) ?? "";
        expect(text.length, text).toBeLessThanOrEqual(SEGMENT);
        expect(segmentsOf(text), text).toBe(1);
        expect(text).toContain(name);
        expect(text).toContain(codes.reference);
        expect(text).toContain(codes.stopCode);
        expect(text).not.toContain(codes.undoCode);
        expect(text).not.toMatch(LINK);
        expect(text).not.toMatch(/\{|\}|undefined|null/);
      }
    },
  );

  it("are in a text only together, and a text without them still says what happened", () => {
    for (const { template, locale } of casesOf(noticeTemplates.filter(isTexted))) {
      const text = noticeText(template, locale, service, { reference: null, stopCode: codes.stopCode }) ?? "";
      expect(text).toMatch(locale === "ja" ? /^【さくら銀行】.+。$/ : /^さくら銀行: .+\.$/);
      expect(text).not.toContain(codes.stopCode);
    }
  });

  it("are texted for the weighty notices alone", () => {
    for (const template of noticeTemplates.filter((one) => !isTexted(one))) expect(noticeText(template, "ja", service, codes)).toBeNull();
    // What is over has nothing to stop.
    expect(noticeTemplates.filter(isTexted).filter((one) => !carriesStop(one))).toEqual(["notice.case_rejected", "notice.case_cancelled"]);
  });
});

describe("The code of a mail", () => {
  it.each([
    ["012345", "012345"],
    ["0123456789", "01234-56789"],
    ["7K2M9PQRST", "7K2M9-PQRST"],
  ])("%s is written %s", (code, shown) => {
    for (const template of codeTemplates.filter((one) => codeWords[one].mail)) {
      expect(codeMail(codeWords[template], "ja", code, service).text).toContain(`\n認証コード: ${shown}\n`);
      expect(codeMail(codeWords[template], "en", code, service).text).toContain(`\nVerification code: ${shown}\n`);
    }
  });
});

describe("Every mail", () => {
  const mails = (contact: string | null) =>
    (["ja", "en"] as const).flatMap((locale) => {
      const named = { ...service, contact: contact === null ? null : readContact(contact) };
      return [
        ...noticeTemplates.map((template) => noticeMail(template, locale, named, at)),
        ...codeTemplates.map((template) => codeMail(codeWords[template], locale, "012345", named)),
      ];
    });

  it.each(["0120-123-456", "help@example.jp"])("is signed: the service, %s, and that it takes no answer", (contact) => {
    for (const { text } of mails(contact)) {
      expect(text).toMatch(new RegExp(`--------\nさくら銀行\n(?:お問い合わせ窓口|Contact us): ${contact}\n`));
      expect(text).toMatch(/送信専用|replies are not read/);
    }
  });

  it("says in words where a contact on the web is found", () => {
    for (const { text } of mails("https://example.jp/contact")) {
      expect(text).not.toMatch(LINK);
      expect(text).toMatch(/お問い合わせ窓口は、さくら銀行の画面のいちばん下|see the bottom of any page of さくら銀行/);
    }
  });

  it("has no link and no code in its subject, and thanks no stranger", () => {
    for (const { subject, text } of mails(null)) {
      expect(subject + text).not.toMatch(LINK);
      expect(subject).not.toMatch(/\d/);
      expect(text).not.toMatch(/ありがとう|Thank you/);
    }
  });
});
