import { describe, expect, it } from "vitest";
import { type NoticeTemplate, noticeMail, noticeTemplates } from "#lib/delivery/notices";

const service = { name: "さくら銀行", origin: "https://login.example.jp", minutes: 10 };
/** What the operator did: no stranger is the reason. */
const operators = new Set<string>(["notice.suspended", "notice.resumed", "notice.sessions_ended"]);
const casesOf = (templates: readonly NoticeTemplate[]) =>
  templates.flatMap((template) => (["ja", "en"] as const).map((locale) => ({ template, locale })));
const cases = casesOf(noticeTemplates.filter((one) => !operators.has(one)));

describe("every notice (NT-01, E16)", () => {
  it("is there", () => expect(noticeTemplates.length).toBeGreaterThanOrEqual(9));

  it.each(cases)("$template in $locale names the service, says how to repudiate, and holds no secret", ({ template, locale }) => {
    const { subject, text } = noticeMail(template, locale, service);
    expect(subject).toContain(service.name);
    expect(text).toMatch(locale === "ja" ? /お心当たりがない/ : /If this was not you/);
    expect(text).toContain(`${service.origin}/`);
    // Fixed words: the same whoever gets it, and no number that could be a code or a telephone's.
    expect(text).not.toMatch(/\d{4}/);
    expect(text).not.toMatch(/\{|\}|undefined|null/);
    for (const link of text.match(/https?:\/\/\S+/g) ?? [])
      expect(link).toMatch(/^https:\/\/login\.example\.jp\/(?:sign-in|account\/sessions)$/);
  });

  it.each(casesOf(noticeTemplates.filter((one) => operators.has(one))))(
    "$template in $locale names the service and whom to ask, and leads nowhere",
    ({ template, locale }) => {
      const { subject, text } = noticeMail(template, locale, service);
      expect(subject).toContain(service.name);
      expect(text).toMatch(locale === "ja" ? /お問い合わせ窓口/ : /Contact the support/);
      expect(text).not.toMatch(/https?:|\d{4}|\{|\}|undefined|null/);
    },
  );

  it.each(noticeTemplates)("%s is written in the language it is for", (template) => {
    expect(noticeMail(template, "en", { ...service, name: "Sakura" }).text).not.toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
    expect(noticeMail(template, "ja", service).text).toMatch(/です|ます|ました|ください/);
  });
});
