import { describe, expect, it } from "vitest";
import { planNumbers, planOf, planUsesOf } from "#lib/console/setup-plan";
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

describe("What a plan is for", () => {
  it("is everything until boxes were checked, then those alone, and what was kept where no form was sent", () => {
    const kept = { uses: ["signIns" as const], numbers: { people: 12_000 } };
    expect(planUsesOf({})).toHaveLength(5);
    expect(planUsesOf({ form: "plan" })).toEqual([]);
    expect(planUsesOf({ form: "plan", use: ["payments", "signUps", "other"] }, kept)).toEqual(["signUps", "payments"]);
    expect(planUsesOf({}, kept)).toEqual(["signIns"]);
    expect(planNumbers({}, kept)).toMatchObject({ people: 12_000, signIns: 4 });
    expect(planNumbers({ people: "5" }, kept)).toMatchObject({ people: 5 });
  });

  it("counts no text of what is not checked", () => {
    const plan = planOf(
      planNumbers({ people: "1000", signUps: "100", signIns: "1", byText: "100", resets: "10", again: "0", byCall: "0" }),
    );
    expect(estimate(plan, ["signUps"])).toMatchObject({ texts: 100, calls: 0 });
    expect(estimate(plan, ["signUps", "resets"]).texts).toBe(200);
    expect(estimate(plan, ["notices"]).texts).toBe(100);
    expect(estimate(plan, []).texts).toBe(0);
  });
});
