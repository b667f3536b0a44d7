import { describe, expect, test } from "vitest";
import { en } from "./en.ts";
import { clock, fill, spokenWait } from "./fill.ts";
import { ja } from "./ja.ts";
import { written } from "./number.ts";
import { preferred } from "./preferred.ts";

type Group = Record<string, string>;
const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe("Both languages", () => {
  test.each(Object.keys(ja))("%s has the same keys, the same places, and no empty word", (name) => {
    const [one, other] = [(ja as Record<string, Group>)[name] ?? {}, (en as Record<string, Group>)[name] ?? {}];
    expect(Object.keys(other).sort()).toEqual(Object.keys(one).sort());
    for (const [key, text] of Object.entries(one)) {
      expect([key, ...places(other[key] ?? "")]).toEqual([key, ...places(text)]);
      expect(text.trim() && other[key]?.trim()).toBeTruthy();
    }
  });
});

test("Two English sentences that are put together have a space between them", () => {
  const { late, lateQueued, lateVoice, callNow, saysStopped } = en.delivery;
  for (const first of [late, lateQueued, lateVoice]) expect(first + callNow).toMatch(/\. We/);
  for (const reason of Object.values(en.deliveryReasons)) expect(saysStopped + reason).toMatch(/arrive\. [A-Z]/);
});

test.each([
  [null, "ja"],
  ["en-US,en;q=0.9", "en"],
  ["ja,en;q=0.8", "ja"],
  ["en;q=0.5, ja;q=0.9", "ja"],
  ["fr, de;q=0.7", "ja"],
  ["fr, en;q=0.1", "en"],
  ["en;q=0, ja;q=0.1", "ja"],
  ["en;q=x", "ja"],
])("Accept-Language %s is answered in %s", (header, locale) => expect(preferred(header)).toBe(locale));

test.each([
  [1, "en", "1 second"],
  [36, "en", "36 seconds"],
  [900, "en", "15 minutes"],
  [901, "en", "16 minutes"],
  [7200, "en", "2 hours"],
  [36, "ja", "36秒"],
  [900, "ja", "15分"],
  [7200, "ja", "2時間"],
])("%d seconds in %s: %s", (seconds, locale, words) => expect(spokenWait(seconds, locale)).toBe(words));

test("A countdown has two digits of seconds, and a place without a value stays visible", () => {
  expect([clock(36), clock(60), clock(0)]).toEqual(["0:36", "1:00", "0:00"]);
  expect(fill("{a} {b}", { a: 1 })).toBe("1 {b}");
});

test("A Japanese number is written with hyphens, anything else as it is", () => {
  expect(["+819012345678", "+81312345678", "a@example.jp"].map(written)).toEqual(["090-1234-5678", "03-1234-5678", "a@example.jp"]);
});
