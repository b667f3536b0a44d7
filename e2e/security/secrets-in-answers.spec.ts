import { expect, test } from "../support/fixtures.ts";
import { found } from "../support/secrets.ts";

// No answer contains codes, passwords, numbers beyond their last digits, hashes or sealed values; tokens appear only in their cookies (OTP-10,
// PH-06, WB-06, A14, G08, I09).

test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const withoutCookies = (text: string) => text.replace(/^set-cookie:.*$/gm, "");

test("No code, password or number is in any page, payload, header or answer, as it is, encoded or hashed (A14).", async ({ told }) => {
  expect(told.answers.length).toBeGreaterThan(100);
  expect(told.secrets.filter(({ kind }) => kind === "code").length).toBeGreaterThan(15);
  expect(told.secrets.filter(({ kind }) => kind === "notice code").length).toBeGreaterThan(5);
  const hidden = told.secrets.filter(({ kind }) => ["code", "password", "number", "notice code"].includes(kind));
  for (const { what, text } of told.answers) expect(found(text, hidden), what).toEqual([]);
});

test("A token is in its own cookie and nowhere else; recovery codes are where they are shown and nowhere else (A14, I09).", async ({
  told,
}) => {
  const tokens = told.secrets.filter(({ kind }) => kind === "token");
  const codes = told.secrets.filter(({ kind }) => kind === "recovery code");
  expect(told.answers.some(({ text }) => found(text, tokens).length > 0)).toBe(true);
  for (const { what, text } of told.answers) {
    expect(found(withoutCookies(text), tokens), what).toEqual([]);
    // The answer to a script already contains the next page.
    const shown = /recovery-codes(?:\?_rsc)?$/.test(what) || /^x-action-redirect: \/recovery-codes;/m.test(text);
    if (!shown) expect(found(text, codes), what).toEqual([]);
  }
});

test("No answer holds a hash, a sealed value or a column that is nobody's business (I09).", async ({ told }) => {
  for (const { what, text } of told.answers) {
    expect(withoutCookies(text), what).not.toMatch(
      /\$argon2|password_?hash|number_?(?:hash|sealed)|token_?hash|recovery_?sealed|audit_?subject|factor_?failures/i,
    );
    expect(withoutCookies(text), what).not.toMatch(/test\.[A-Za-z0-9_-]{38,}/);
  }
});

test("A number is shown by two digits before the second factor and by four after it, never by more (G08).", async ({ told }) => {
  const numbers = told.secrets.filter(({ kind }) => kind === "number").map(({ value }) => value);
  let [two, four] = [0, 0];
  // The test calls `expect` once, because a call costs half a millisecond.
  const faults: string[] = [];
  for (const { what, text } of told.answers) {
    const digits = withoutCookies(text).replace(/[-\s()・•‐]/g, "");
    for (const number of numbers)
      for (let from = 3; from + 7 <= number.length; from += 1)
        if (digits.includes(number.slice(from, from + 7))) faults.push(`${what} shows seven digits of ${number}`);
    const most = /factors$/.test(what) ? /^••\d{4}$/ : /^••\d\d$/;
    for (const hint of text.match(/••\d+/g) ?? []) {
      if (!most.test(hint)) faults.push(`${what} shows ${hint}`);
      two += 1;
    }
    const ends = numbers.map((number) => number.slice(-4)).filter((end) => text.includes(end));
    if (/GET \/account/.test(what) && ends.length > 0) four += 1;
    // Before the second factor the whole answer shows at most two digits.
    if (/\/verify|\/challenge|\/sign-in/.test(what) && !/^set-cookie: sekisho\.session=[^;]/m.test(text))
      for (const end of ends) if (new RegExp(`(?<!\\w)${end}(?!\\w)`).test(text)) faults.push(`${what} shows four digits`);
  }
  expect(faults).toEqual([]);
  expect(two).toBeGreaterThan(10);
  expect(four).toBeGreaterThan(2);
});
