import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { riskOf } from "#lib/delivery/messages/number-risk";
import { closeConnections } from "#lib/delivery/provider-accounts/connections";
import { addProviderAccount, setProviderAccountDisabled } from "#lib/delivery/provider-accounts/store";
import { badDays } from "#lib/testing/bad-days";
import { must } from "#lib/testing/fixtures";
import { answers, type Loopback, loopback } from "#lib/testing/loopback";

// Set before the first use of the environment, which is read once.
process.env.NUMBER_LOOKUP = "hook";

const asked = { to: "+819012345678", channel: "SMS", binding: false, privileged: false, verifiedAt: null } as const;
const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
let hook: Loopback;

beforeAll(async () => {
  hook = await loopback();
  must(
    await addProviderAccount({
      name: "hook",
      kind: "webhook",
      baseUrl: hook.url,
      settings: { lookup: "true" },
      secrets: { secret: "x".repeat(32) },
    }),
  );
});
beforeEach(() => void hook.arrived.splice(0));
afterAll(async () => {
  await closeConnections();
  await hook.close();
});

describe("The hook before each text or call (PSTN-06, H13)", () => {
  it.each([
    [{ simSwappedAt: ago(1) }, "number_at_risk"],
    [{ simSwappedAt: ago(71) }, "number_at_risk"],
    [{ simSwappedAt: ago(73) }, null],
    [{ simSwappedAt: null }, null],
  ])("withholds every code for 72 hours after a change of SIM: %j", async (body, expected) => {
    hook.answer(answers(200, body));
    expect(await riskOf(asked)).toBe(expected);
    expect(await riskOf({ ...asked, channel: "VOICE" })).toBe(expected);
    expect(hook.arrived.map((one) => [one.path, JSON.parse(one.body.toString()).what])).toEqual([
      ["/lookup", "sim"],
      ["/lookup", "sim"],
    ]);
  });

  it("is no wall for a new contract: a change of SIM before the number's own proof is none", async () => {
    hook.answer(answers(200, { simSwappedAt: ago(2) }));
    expect(await riskOf({ ...asked, verifiedAt: new Date(ago(1)) })).toBeNull();
    expect(await riskOf({ ...asked, verifiedAt: new Date(ago(3)) })).toBe("number_at_risk");
  });

  it.each([
    ["mobile", "SMS", null],
    ["landline", "SMS", "landline"],
    ["landline", "VOICE", null],
    ["voip", "SMS", "rejected"],
    ["premium", "VOICE", "rejected"],
  ] as const)("knows a line that was bound as %s before %s", async (lineType, channel, expected) => {
    hook.answer(answers(200, { lineType }));
    expect(await riskOf({ ...asked, binding: true, channel })).toBe(expected);
  });

  it.each([
    ...badDays,
    { name: "500", answering: answers(500) },
    { name: "nonsense", answering: answers(200, { simSwappedAt: "yesterday" }) },
    { name: "an answer to another question", answering: answers(200, { lineType: "mobile" }) },
  ])("lets people through and holds those with a role within about a second: $name", async ({ answering }) => {
    hook.answer(answering);
    const began = performance.now();
    expect(await Promise.all([riskOf(asked), riskOf({ ...asked, privileged: true })])).toEqual([null, "provider_down"]);
    expect(performance.now() - began).toBeLessThan(2_500);
  });

  it("does the same where its account is disabled", async () => {
    must(await setProviderAccountDisabled("hook", true));
    expect([await riskOf(asked), hook.arrived.length]).toEqual([null, 0]);
    must(await setProviderAccountDisabled("hook", false));
  });
});
