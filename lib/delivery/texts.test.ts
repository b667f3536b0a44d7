import { describe, expect, it } from "vitest";
import {
  brands,
  type CodeTemplate,
  codeMail,
  type Locale,
  noticeMail,
  SEGMENT,
  sentText,
  serviceName,
  smsText,
  voiceGreeting,
  voiceText,
} from "#lib/delivery/texts";

const templates: CodeTemplate[] = ["code.SIGN_UP", "code.BIND_PHONE", "code.SIGN_IN"];
const service = { name: "関所", origin: "https://auth.example.jp", minutes: 10 };
const every = (["ja", "en"] as Locale[]).flatMap((locale) => templates.map((template) => ({ locale, template })));

describe("texts", () => {
  it.each(every)("$template in $locale is one segment and ends with the origin-bound line (SM-01)", ({ locale, template }) => {
    const text = smsText(template, locale, "012345", service);
    expect(text.length).toBeLessThanOrEqual(SEGMENT);
    expect(text.split("\n").at(-1)).toBe("@auth.example.jp #012345");
    expect(text.match(/\d{6}/g)).toEqual(["012345", "012345"]);
    expect(text).not.toMatch(/https?:/);
  });

  it.each(every)("$template in $locale is spoken three times, digit by digit, and greets without it (PSTN-09)", ({ locale, template }) => {
    const text = voiceText(template, locale, "012345", service);
    expect(text.match(locale === "ja" ? /ゼロ、いち、に、さん、よん、ご/g : /zero, one, two, three, four, five/g)).toHaveLength(3);
    expect(voiceGreeting(locale, service)).not.toMatch(/\d{2}|ゼロ|zero/);
  });

  it("names the service in the language of the text, or as the operator does", () => {
    expect([serviceName("関所", brands.en), serviceName("関所", brands.ja), serviceName("山田商店", brands.en)]).toEqual([
      "Sekisho",
      "関所",
      "山田商店",
    ]);
    const english = smsText("code.BIND_PHONE", "en", "012345", { ...service, name: "Sekisho" });
    expect(english.split("\n")).toEqual(["Sekisho phone: 012345", "10 min. Tell no one.", "@auth.example.jp #012345"]);
  });

  it("goes back to the product's own body where an operator's does not fit any more: no text costs a second segment", () => {
    const own = `【{service}】{purpose} {code} {minutes}分 {warning}${"。".repeat(30)}`;
    for (const name of ["関所", "十二文字の長いサービス名"]) {
      const text = sentText("code.BIND_PHONE", "ja", "012345", { ...service, name }, own);
      expect([text.includes("。。"), text.length <= 70], name).toEqual([name === "関所", true]);
    }
  });

  it("has a mail for every template in both languages, with what to do when it was not you", () => {
    for (const { locale, template } of every)
      expect(codeMail(template, locale, "012345", service).text).toMatch(locale === "ja" ? /お心当たり/ : /not you/);
    for (const locale of ["ja", "en"] as const)
      for (const template of ["notice.account_exists", "notice.recovery_code_used"] as const)
        expect(noticeMail(template, locale, service).text).toMatch(locale === "ja" ? /お心当たり/ : /(not you|was not)/);
  });
});
