import { describe, expect, it } from "vitest";
import { type BodyProblem, bodyProblem, preview, shippedBody } from "#lib/delivery/wording/templates";
import type { Locale } from "#lib/delivery/wording/texts";
import { codeTemplates, codeWords } from "#lib/purposes/messages";

const service = { name: "関所", publicOrigin: "https://auth.example.jp", minutes: 10 };
const problem = (body: string, name = service.name) => bodyProblem(body, codeWords["code.SIGN_IN"], "ja", { ...service, name });
const good = "【{service}】{code} が{purpose}のコードです。{minutes}分有効。{warning}";

describe("An operator's text", () => {
  it.each((["ja", "en"] as Locale[]).flatMap((locale) => codeTemplates.map((template) => ({ locale, template }))))(
    "that the product ships for $template in $locale may be used, with room for the line that browsers read",
    ({ locale, template }) => {
      const own = { ...service, name: locale === "ja" ? "関所" : "Sekisho" };
      expect(bodyProblem(shippedBody(locale), codeWords[template], locale, own)).toBeNull();
      expect(preview(shippedBody(locale), codeWords[template], locale, own).originBound).toBe(!codeWords[template].elsewhere);
    },
  );

  it.each<[string, BodyProblem | null]>([
    [good, null],
    [good.replace("{warning}", ""), { problem: "place_missing", place: "warning" }],
    [good.replace("{code}", ""), { problem: "place_missing", place: "code" }],
    [`${good}{code}`, { problem: "place_repeated", place: "code" }],
    [`${good}{email}`, { problem: "place_unknown", place: "email" }],
    [`${good}{`, { problem: "place_unknown", place: "{" }],
    [`${good} https://example.jp`, { problem: "link" }],
    [`${good} example.co.jp`, { problem: "link" }],
    [`${good} 例.jp/x`, { problem: "link" }],
    [`${good} example．jp`, { problem: "link" }],
    [`${good} bit.ly/x`, { problem: "link" }],
    [`${good} example.shop`, { problem: "link" }],
    [`${good} 10 min. Tell`, null],
    [`${good}\n@example`, { problem: "reserved_line" }],
    [`${good} #1`, { problem: "reserved_line" }],
    [`${good}\u202e`, { problem: "control" }],
    [`${good}\r\n`, { problem: "control" }],
    [`${good}\n`, { problem: "control" }],
    [`${good}\u200b`, { problem: "control" }],
    [`${good}${"長".repeat(40)}`, { problem: "too_long", units: 85, of: 70 }],
  ])("%j is judged", (body, expected) => {
    const found = problem(body);
    if (expected?.problem === "too_long") expect(found).toMatchObject({ problem: "too_long", of: 70 });
    else expect(found).toEqual(expected);
  });

  it("is measured with the service's own name, the longest one included, and without it ever exceeding one segment", () => {
    expect(problem(good, "十二文字の長いサービス名")).toBeNull();
    for (const name of ["関所", "十二文字の長いサービス名"])
      expect(preview(good, codeWords["code.BIND_PHONE"], "ja", { ...service, name }).units).toBeLessThanOrEqual(70);
  });

  it("takes no name for a place: what the service is called is never read again", () => {
    expect(preview(good, codeWords["code.SIGN_IN"], "ja", { ...service, name: "{code}" }).text).toMatch(/^【\{code\}】012345/);
  });
});
