import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { codeMail } from "#lib/delivery/wording/mails";
import type { NoticeCodes } from "#lib/delivery/wording/notice-codes";
import { carriesStop, noticeMail, noticeTemplates, noticeText } from "#lib/delivery/wording/notices";
import { smsText, trialText } from "#lib/delivery/wording/texts";
import { trialGreeting, voiceGreeting, voiceText } from "#lib/delivery/wording/voice";
import { codeTemplates, codeWords } from "#lib/purposes/messages";

// Links of mails and texts, of every template in both languages, with the setting off and on (E09, RS-03).

const origin = "https://login.example.jp";
const service = { name: "さくら銀行", publicOrigin: origin, minutes: 10 };
const at = new Date("2026-11-27T16:05:00Z");
const codes: NoticeCodes = { reference: "N-ABCDEFGH", stopCode: "ABCDE-FGHJK", undoCode: "BCDEF-GHJKM" };
const LINK = /:\/\/|www\.|[\w-]\.(?:jp|com|net|org)\b/;
const links = (text: string) => text.match(/https?:\/\/\S+/g) ?? [];
const locales = ["ja", "en"] as const;
const notices = noticeTemplates.flatMap((template) => locales.map((locale) => ({ template, locale })));

describe("With links off", () => {
  it.each(notices)("$template in $locale has no link, with and without its codes", ({ template, locale }) => {
    for (const carried of [codes, { reference: null }])
      for (const said of [
        noticeMail(template, locale, { ...service, links: false }, at, carried),
        noticeMail(template, locale, service, at, carried),
      ])
        expect(said.subject + said.text).not.toMatch(LINK);
  });
});

describe("With links on", () => {
  it.each(notices)(
    "$template in $locale has one link where it can be stopped, to the page that stops it, and else none",
    ({ template, locale }) => {
      const { subject, text } = noticeMail(
        template,
        locale,
        { ...service, links: true },
        at,
        carriesStop(template) ? codes : { reference: null },
      );
      expect(subject).not.toMatch(LINK);
      expect(links(text)).toHaveLength(carriesStop(template) ? 1 : 0);
      for (const one of links(text)) {
        const url = new URL(one);
        // The page takes a click: it asks for neither password nor code, because both are in the link.
        expect([url.origin, url.pathname, [...url.searchParams.keys()]]).toEqual([origin, "/stop", ["reference", "stopCode"]]);
        expect(url.searchParams.get("stopCode")).toBe("ABCDE-FGHJK");
        expect(text).not.toContain("undoCode");
        expect(text).toMatch(locale === "ja" ? /リンクを開いただけでは、何も変わりません/ : /Opening it changes nothing/);
      }
    },
  );
});

describe("Whatever is set", () => {
  const on = { ...service, links: true };
  it.each(codeTemplates.flatMap((template) => locales.map((locale) => ({ template, locale }))))(
    "$template in $locale has none: not its mail, its text or its call",
    ({ template, locale }) => {
      const words = codeWords[template];
      const { subject, text } = codeMail(words, locale, "012345", on);
      // The line that browsers read names the host of the page and is no link.
      const sms = smsText(words, locale, "012345", on).replace(/\n@login\.example\.jp #012345$/, "");
      for (const said of [subject, text, sms, voiceText(words, locale, "012345", on), voiceGreeting(locale, on)])
        expect(said).not.toMatch(LINK);
    },
  );

  it("no text of a notice has one, nor a trial", () => {
    for (const { template, locale } of notices) expect(noticeText(template, locale, on, codes) ?? "").not.toMatch(LINK);
    for (const locale of locales) expect(trialText(locale, on) + trialGreeting(locale, on)).not.toMatch(LINK);
  });
});

describe("The page that a link opens", () => {
  it.each(["app/stop/page.tsx", "app/undo/page.tsx"])("%s runs no use case when it is opened (E11)", (file) => {
    const imported = [...readFileSync(file, "utf8").matchAll(/from "([^"]+)"/g)].map((match) => match[1] ?? "");
    expect(imported.length).toBeGreaterThan(3);
    expect(imported.filter((one) => /^#lib\/(?:accounts|purposes|challenges|sessions|db)\//.test(one))).toEqual([]);
  });
});
