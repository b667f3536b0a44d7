import { describe, expect, it } from "vitest";
import { needsOf, networks, passes, type Result, type Scene, scenes, systems } from "#lib/console/rehearsal-rule";

const none = { whole: [], passed: [], inUse: ["one", "two"], proven: [] };
const open = (seen: Partial<Parameters<typeof needsOf>[0]>) =>
  needsOf({ ...none, ...seen }).flatMap(({ of, name, met }) => (met ? [] : [`${of} ${name}`]));

describe("What the third step needs", () => {
  it("is a handset of each network and system, each rehearsal, and a delivery by each account in use", () => {
    expect(open({})).toEqual([
      ...networks.map((name) => `network ${name}`),
      ...systems.map((name) => `system ${name}`),
      ...scenes.map((name) => `scene ${name}`),
      "account one",
      "account two",
    ]);
    const whole = networks.map((line, index) => ({ line, system: systems[index % 2] ?? "iphone" }));
    expect(open({ whole, passed: scenes, proven: ["two", "one", "gone"] })).toEqual([]);
  });

  it("takes no second brand, virtual operator or contract for data for a network", () => {
    const whole = ["ymobile", "uq", "mvno", "data_only"].map((line) => ({ line, system: "iphone" }));
    expect(open({ whole }).filter((need) => need.startsWith("network"))).toHaveLength(networks.length);
  });

  it("does not ask to leave the first account out where there is no second", () => {
    expect(open({ inUse: ["one"] })).not.toContain("scene first_off");
    expect(open({ inUse: ["one"] })).toContain("scene all_down");
  });
});

describe("A rehearsal", () => {
  const result = (given: Partial<Result>): Result => ({ status: "delivered", reason: null, provider: "two", leftOut: [], ...given });
  it.each<[string, Scene, Result, boolean]>([
    ["the second account delivered", "first_off", result({ leftOut: ["one"] }), true],
    ["the account that was left out delivered", "first_off", result({ leftOut: ["two"] }), false],
    ["nothing was left out", "first_off", result({}), false],
    ["the second account has no receipt yet", "first_off", result({ status: "sent", leftOut: ["one"] }), false],
    ["nobody was asked", "all_down", result({ status: "failed", reason: "provider_down", provider: null, leftOut: ["one"] }), true],
    ["somebody was asked all the same", "all_down", result({ status: "failed", reason: "provider_down", leftOut: ["one"] }), false],
    ["a text arrived", "all_down", result({ leftOut: ["one"] }), false],
    ["the subscriber refused", "refused", result({ status: "undelivered", reason: "refused_by_subscriber" }), true],
    ["the number was refused at once", "refused", result({ status: "failed", reason: "invalid_number" }), true],
    ["the service was down", "refused", result({ status: "failed", reason: "provider_down" }), false],
    ["the budget was spent", "no_sms", result({ status: "failed", reason: "budget_spent" }), false],
    ["it arrived", "no_sms", result({}), false],
    ["no reason is known yet", "no_sms", result({ status: "sent" }), false],
  ])("is judged by what became of it: %s", (_, scene, what, expected) => expect(passes(scene, what)).toBe(expected));
});
