import { describe, expect, it } from "vitest";
import { codeMail } from "#lib/delivery/wording/mails";
import { noticeMail } from "#lib/delivery/wording/notices";
import { segmentsOf } from "#lib/delivery/wording/segments";
import {
  brands,
  type CodeTemplate,
  confirmationText,
  type Locale,
  SEGMENT,
  sentText,
  serviceNameIn,
  smsText,
  trialText,
} from "#lib/delivery/wording/texts";
import { voiceGreeting, voiceText } from "#lib/delivery/wording/voice";
import { codeWords } from "#lib/purposes/messages";

const templates: CodeTemplate[] = ["code.SIGN_UP", "code.BIND_PHONE", "code.SIGN_IN"];
const service = { name: "関所", publicOrigin: "https://auth.example.jp", minutes: 10 };
const every = (["ja", "en"] as Locale[]).flatMap((locale) => templates.map((template) => ({ locale, template })));

describe("Texts", () => {
  it.each(every)("$template in $locale is one segment and ends with the origin-bound line (SM-01)", ({ locale, template }) => {
    const text = smsText(codeWords[template], locale, "012345", service);
    expect(text.length).toBeLessThanOrEqual(SEGMENT);
    expect(text.split("\n").at(-1)).toBe("@auth.example.jp #012345");
    expect(text.match(/\d{6}/g)).toEqual(["012345", "012345"]);
    expect(text).not.toMatch(/https?:/);
  });

  it.each(every)("$template in $locale is spoken three times, digit by digit, and greets without it (PSTN-09)", ({ locale, template }) => {
    const text = voiceText(codeWords[template], locale, "012345", service);
    expect(text.match(locale === "ja" ? /ゼロ、いち、にー。さん、よん、ごー/g : /zero, one, two; three, four, five/g)).toHaveLength(3);
    // The call repeats the same code three times and does not read three codes.
    expect(text.match(locale === "ja" ? /もう一度お伝えします。/g : /Once more/g)).toHaveLength(2);
    expect(voiceGreeting(locale, service)).not.toMatch(/\d{2}|ゼロ|zero/);
  });

  it("has a greeting that names the service, why it calls, the key, and what to do when it was not requested", () => {
    expect(voiceGreeting("ja", service)).toBe(
      "関所です。いま画面で手続きをされた方に、認証コードをお伝えします。数字の「1」を押してください。お心当たりがなければ、電話をお切りください。",
    );
    expect(voiceGreeting("en", service)).toMatch(/just now.*Press 1.*hang up/);
  });

  it("says in Japanese which service, which code, for what and how long, and the name of the code as the pages do", () => {
    expect(smsText(codeWords["code.BIND_PHONE"], "ja", "012345", service)).toBe(
      "【関所】認証コード 012345（電話の登録）\n10分有効。誰にも教えないでください\n@auth.example.jp #012345",
    );
  });

  it.each(every)("$template in $locale is one segment with a name of twelve characters and whatever host", ({ locale, template }) => {
    for (const name of ["十二文字の長いサービス名", "Twelve chars"])
      for (const origin of ["https://a.jp", "https://auth.example.jp", "https://a-very-long-host-name.login.example.co.jp"])
        for (const text of [
          smsText(codeWords[template], locale, "012345", { ...service, name, publicOrigin: origin }),
          trialText(locale, { ...service, name }),
        ]) {
          expect(text.length, text).toBeLessThanOrEqual(SEGMENT);
          expect(segmentsOf(text), text).toBe(1);
        }
  });

  it("names the service in the language of the text, or as the operator does", () => {
    expect([serviceNameIn("関所", brands.en), serviceNameIn("関所", brands.ja), serviceNameIn("山田商店", brands.en)]).toEqual([
      "Sekisho",
      "関所",
      "山田商店",
    ]);
    const english = smsText(codeWords["code.BIND_PHONE"], "en", "012345", { ...service, name: "Sekisho" });
    expect(english.split("\n")).toEqual(["Sekisho phone: 012345", "10 min. Tell no one.", "@auth.example.jp #012345"]);
  });

  it("goes back to the product's own body where an operator's does not fit any more: no text costs a second segment", () => {
    const own = `【{service}】{purpose} {code} {minutes}分 {warning}${"。".repeat(30)}`;
    for (const name of ["関所", "十二文字の長いサービス名"]) {
      const text = sentText(codeWords["code.BIND_PHONE"], "ja", "012345", { ...service, name }, own);
      expect([text.includes("。。"), text.length <= 70], name).toEqual([name === "関所", true]);
    }
  });

  it("has a mail for every template in both languages, with what to do when it was not you", () => {
    for (const { locale, template } of every)
      expect(codeMail(codeWords[template], locale, "012345", service).text).toMatch(locale === "ja" ? /お心当たり/ : /not you/);
    for (const locale of ["ja", "en"] as const)
      for (const template of ["notice.account_exists", "notice.recovery_code_used"] as const)
        expect(noticeMail(template, locale, service, new Date(0)).text).toMatch(locale === "ja" ? /お心当たり/ : /(not you|was not)/);
  });
});

describe("The text of a confirmation", () => {
  const act = { amount: "5000", unit: "pt", payee: "山田商店" };
  const amounts = ["1", "5000", "999999999999", "999999999999.99"];
  const units = ["円", "pt", "ポイント"];
  const payees = ["A", "山田商店", "十二文字の長い送り先の名", "Twelve chars", "{code}{warni"];
  const names = ["関所", "十二文字の長いサービス名", "Twelve chars"];
  const hosts = ["https://a.jp", "https://auth.example.jp", "https://a-very-long-host-name.login.example.co.jp"];
  const all = amounts.flatMap((amount) => units.flatMap((unit) => payees.map((payee) => ({ amount, unit, payee }))));

  it.each(["ja", "en"] as const)(
    "in %s names amount, payee, code and validity in one segment over the longest value of every field (SM-01, SU-04)",
    (locale) => {
      for (const one of all)
        for (const name of names)
          for (const publicOrigin of hosts) {
            const text = confirmationText(codeWords["code.STEP_UP"], one, locale, "012345", { name, publicOrigin, minutes: 10 });
            expect(text.length, text).toBeLessThanOrEqual(SEGMENT);
            expect(segmentsOf(text), text).toBe(1);
            for (const part of [name, one.amount, one.unit, one.payee, "012345", "10"]) expect(text, text).toContain(part);
            expect(text, text).toMatch(locale === "ja" ? /教えないで/ : /Tell no one|secret/);
            expect(text).not.toMatch(/https?:|\{(?:service|minutes)\}/);
          }
    },
  );

  it("ends with the origin-bound line where it fits, and says it fully", () => {
    expect(confirmationText(codeWords["code.STEP_UP"], act, "ja", "012345", { ...service, publicOrigin: "https://login.jp" })).toBe(
      "【関所】山田商店へ5000ptの確認\n認証コード 012345（10分有効）\n誰にも教えないでください\n@login.jp #012345",
    );
    expect(
      confirmationText(codeWords["code.STEP_UP"], act, "en", "012345", { ...service, name: "Shop", publicOrigin: "https://login.jp" }),
    ).toBe("Shop: 5000 pt to 山田商店\n012345, 10 min. Tell no one.\n@login.jp #012345");
  });

  it("names no host where another system's page asks for the code, as a browser would not fill it in there", () => {
    const words = codeWords["code.VERIFY_NUMBER"];
    const at = { ...service, publicOrigin: "https://login.jp" };
    for (const locale of ["ja", "en"] as const)
      for (const text of [smsText(words, locale, "012345", at), confirmationText(words, act, locale, "012345", at)])
        expect([text.includes("login.jp"), text.match(/012345/g)?.length], text).toEqual([false, 1]);
  });

  it("is spoken with amount and payee before the code, which is spoken three times all the same", () => {
    const said = voiceText(codeWords["code.STEP_UP"], "ja", "012345", service, act);
    expect(said).toMatch(/^関所です。山田商店へ5000pt、の確認です。/);
    expect(said.match(/ゼロ、いち、にー。さん、よん、ごー/g)).toHaveLength(3);
    expect(voiceText(codeWords["code.STEP_UP"], "en", "012345", service, act)).toMatch(
      /^This is 関所. You are confirming 5000 pt to 山田商店/,
    );
  });
});
