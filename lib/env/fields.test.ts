import { describe, expect, it } from "vitest";
import { AMOUNT, confirmationActs, payeeField } from "#lib/env/fields";

describe("A payee", () => {
  it.each(["山田商店", "A", "109 渋谷店", "Seven 24", "（株）山田", "十二文字の長い送り先の名", "Mr.Donut", "No.1"])(
    "%s may stand in a text",
    (name) => expect(payeeField.safeParse(name).success).toBe(true),
  );

  it.each([
    ["nothing", ""],
    ["a blank", "　"],
    ["thirteen characters", "十三文字の長い送り先の名前"],
    ["digits as long as part of a code", "店1234"],
    ["a code in full-width digits", "０１２３４５"],
    ["a code in pieces", "01 23 45"],
    ["circled digits", "①②③④"],
    ["a domain", "evil.jp"],
    ["a full-width domain", "ｅｖｉｌ．ｊｐ"],
    ["a domain of another kind", "evil.tokyo"],
    ["a domain that words follow", "x.cloudへ送金"],
    ["a domain in Japanese", "店.みんな"],
    ["a domain with a dot of half width", "evil｡jp"],
    ["a link", "http://a"],
    ["a line break", "店\n名"],
    ["an invisible character", "店\u200b名"],
    ["a mark that reverses text", "店\u202e名"],
    ["the sign of an origin-bound line", "@shop"],
    ["a hash", "#1"],
    ["blanks at an end", " 店"],
  ])("with %s may not (SM-01)", (_, name) => expect(payeeField.safeParse(name).success).toBe(false));
});

describe("An amount", () => {
  it.each(["1", "5000", "999999999999", "999999999999.99", "1.5"])("%s is one", (amount) => expect(AMOUNT.test(amount)).toBe(true));
  it.each(["0", "01", "-1", "+1", "1,000", "1.", ".5", "1.555", "1e3", "１", "1000000000000", "1\n"])("%j is none", (amount) =>
    expect(AMOUNT.test(amount)).toBe(false),
  );
});

describe("The acts of an operator", () => {
  it.each(["points_exchange:pt", "transfer:円,points_exchange:ポイント"])("%s are read", (acts) =>
    expect(confirmationActs.safeParse(acts).success).toBe(true),
  );
  it.each(["points_exchange", "points:exchanges", "Points:pt", "a:p1", "a:pt,", "a:pt b:pt"])("%j are refused", (acts) =>
    expect(confirmationActs.safeParse(acts).success).toBe(false),
  );
});
