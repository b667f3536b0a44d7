import { describe, expect, it } from "vitest";
import { planNumbers, planOf } from "#lib/console/setup-plan";
import { estimate } from "#lib/costs/estimate";

describe("The plan of the set-up guide", () => {
  it("reads numbers in any width and turns percentages into shares", () => {
    const numbers = planNumbers({ people: "１２,000", byText: "78", signIns: "1.9" });
    expect(numbers).toMatchObject({ people: 12_000, byText: 78, signIns: 1.9 });
    expect(planOf(numbers)).toMatchObject({ people: 12_000, byText: 0.78, signIns: 1.9 });
  });

  it.each([{ people: "many" }, { people: "-1" }, { people: ["1", "2"] }, { byText: "101" }, { people: "1e9" }, {}])(
    "begins with what it knows where it cannot read: %o",
    (query) => expect(planNumbers(query)).toEqual(planNumbers({})),
  );

  it("gives the arithmetic of texts: people × sign-ins × share by text", () => {
    const plan = planOf(planNumbers({ people: "12000", signUps: "0", signIns: "1.9", byText: "78", resets: "0", again: "0", byCall: "0" }));
    expect(estimate(plan)).toMatchObject({ texts: 17_784, calls: 0 });
  });
});
