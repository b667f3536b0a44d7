import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEmail, shownEmail } from "#lib/authenticators/addresses/email";
import { smtpEmail } from "#lib/mail/address";

describe("An e-mail address", () => {
  it.each([
    ["taro@example.jp", "taro@example.jp"],
    [" Taro@Example.JP ", "taro@example.jp"],
    ["taro＠example.jp", "taro@example.jp"],
    ["ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", "taro@example.jp"],
    ["taro@example。jp", "taro@example.jp"],
    ["taro@日本語.jp", "taro@xn--wgv71a119e.jp"],
    ["taro@XN--WGV71A119E.jp", "taro@xn--wgv71a119e.jp"],
    ["try..this..0511@docomo.ne.jp", "try..this..0511@docomo.ne.jp"],
    ["abc.@docomo.ne.jp", "abc.@docomo.ne.jp"],
    [".abc@ezweb.ne.jp", ".abc@ezweb.ne.jp"],
    ["taro+tag@example.jp", "taro+tag@example.jp"],
    ["taro@日本abc.jp", "taro@xn--abc-s08fl0d.jp"],
    ["taro@пример.рф", "taro@xn--e1afmkfd.xn--p1ai"],
  ])("%j is read as %s at every door", (typed, read) => expect(parseEmail(typed)).toBe(read));

  it.each([
    "taro",
    "taro@example",
    "taro@@example.jp",
    "a＠b@example.jp",
    "taro@exa mple.jp",
    "太郎@example.jp",
    '"taro"@example.jp',
    "taro@[192.0.2.1]",
    "taro@192.0.2.1",
    "taro@-example.jp",
    "taro@example..jp",
    "taro@example.jp\nBcc: a@b.jp",
    "taro(x)@example.jp",
    "taro@example.jp.",
    "ta\u200bro@example.jp",
    `${"a".repeat(65)}@example.jp`,
    `a@${"b".repeat(250)}.jp`,
    "℀@example.jp@evil.jp",
    "taro@ex\u0430mple.jp",
    "taro@xn--exmple-4nf.jp",
  ])("%j is none", (typed) => expect(parseEmail(typed)).toBeNull());

  it("is shown with the domain as its owner writes it, and goes out quoted where SMTP asks for it", () => {
    expect(shownEmail("taro@xn--wgv71a119e.jp")).toBe("taro@日本語.jp");
    expect(shownEmail("taro@example.jp")).toBe("taro@example.jp");
    expect(smtpEmail("try..this@docomo.ne.jp")).toBe('"try..this"@docomo.ne.jp');
    expect(smtpEmail("abc.@docomo.ne.jp")).toBe('"abc."@docomo.ne.jp');
    expect(smtpEmail("a.b@docomo.ne.jp")).toBe("a.b@docomo.ne.jp");
  });

  it("once read is read the same again, whatever was typed, and never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.emailAddress(), fc.string({ unit: "binary", maxLength: 80 })), (typed) => {
        const read = parseEmail(typed);
        expect(read === null ? read : parseEmail(read)).toBe(read);
        expect(read === null ? read : parseEmail(shownEmail(read))).toBe(read);
      }),
    );
  });
});
