import { expect, test } from "vitest";
import { codeSheet } from "./code-sheet.ts";
import { en } from "./en.ts";
import { ja } from "./ja.ts";
import { maskEmail } from "./mask-email.ts";

const facts = { service: "関所", account: "ha•••@example.jp", date: "2026年11月24日", site: "login.example.jp" };
const codes = Array.from({ length: 10 }, (_, index) => `AAA${index}-BBBB-CCCC-DDDD`);

test.each([ja, en])("The file names the service, the account, the date and the site, and has every code on a line of its own", (words) => {
  const text = codeSheet(codes, facts, words.recovery);
  for (const fact of Object.values(facts)) expect(text).toContain(fact);
  for (const code of codes) expect(text.split("\n").filter((line) => line.endsWith(` ${code}`))).toHaveLength(1);
  expect(text).not.toMatch(/\{\w+\}/);
});

test.each([
  ["hanako@example.jp", "ha•••@example.jp"],
  ["a@example.jp", "a•••@example.jp"],
  ['"a@b"@example.jp', '"a•••@example.jp'],
])("The address %s is written %s where a finder could read it", (email, masked) => expect(maskEmail(email)).toBe(masked));
