import { beforeEach, describe, expect, it } from "vitest";
import { changePolicy } from "#lib/console/change-policy";
import { namedHistory, namedSettings } from "#lib/console/settings";
import { sql } from "#lib/db/sql";
import { readSetting } from "#lib/policy/change";
import type { SettingName } from "#lib/policy/settings";
import type { Acting } from "#lib/sessions/step-up";
import { forgetLimits, forgetPolicy, makeAccount, together } from "#lib/testing/fixtures";
import { staffMember, staffSession } from "#lib/testing/staff";

const REASON = "4月からの運用に合わせます";

beforeEach(forgetLimits);
beforeEach(forgetPolicy);
beforeEach(() => sql`UPDATE users SET roles = '{}'`);

const change = async (who: Acting, name: SettingName, value: unknown, reason = REASON) => {
  const done = await changePolicy(who, { name, value, reason });
  return done.ok ? "done" : (done.error.reason ?? Object.keys(done.error.fields ?? {})[0] ?? done.error.code);
};

describe("A change of a setting in the console", () => {
  it("counts from its commit on, once where twenty set the same at once, with author and reason in log and history", async () => {
    const admin = await staffMember("administrator");
    const made = await together(20, () => change(admin, "publicSignUp", false));
    expect(made.filter((one) => one === "done")).toHaveLength(1);
    expect(made.filter((one) => one === "no_change")).toHaveLength(19);
    expect(await readSetting("publicSignUp")).toBe(false);
    const [event] = await sql<{ method: string; subject: string }>`
      SELECT method, (SELECT audit_subject FROM users WHERE id = ${admin.userId}::uuid) AS subject FROM audit_events WHERE event = 'policy.changed' ORDER BY id DESC LIMIT 1`;
    expect(event?.method).toBe(`publicSignUp staff:${event?.subject} (${REASON})`);
    expect(await namedHistory()).toMatchObject([{ name: "publicSignUp", value: false, by: `${admin.account.email}: ${REASON}` }]);
    expect((await namedSettings()).find(({ name }) => name === "publicSignUp")).toMatchObject({
      value: false,
      set: { by: `${admin.account.email}: ${REASON}` },
    });
    await sql`UPDATE users SET roles = '{}' WHERE id = ${admin.userId}::uuid`;
    expect(JSON.stringify([await namedHistory(), await namedSettings()])).not.toContain(admin.account.email);
  });

  it("names what is wrong at its place", async () => {
    const admin = await staffMember("administrator");
    expect(await change(admin, "lostPhoneWait", { hours: 1, flaggedHours: 72 })).toBe("lostPhoneWait.hours");
    expect(await change(admin, "requirements", [{ who: "everybody", factor: "passkey", from: "soon" }])).toBe("requirements[0].from");
    expect(await change(admin, "publicSignUp", "no")).toBe("publicSignUp");
    expect(await namedHistory()).toEqual([]);
  });

  it("is for administrators alone, after a step-up and with a reason", async () => {
    const [admin, support, nobody] = [await staffMember("administrator"), await staffMember("support"), await makeAccount()];
    expect(await change(support, "publicSignUp", false)).toBe("role");
    expect(await change(await staffSession(nobody), "publicSignUp", false)).toBe("not_found");
    expect(await change(admin, "publicSignUp", false, " x ")).toBe("reason");
    await sql`DELETE FROM step_ups WHERE session_id = ${admin.sessionId}::uuid`;
    expect(await change(admin, "publicSignUp", false)).toBe("step_up_required");
    expect(await readSetting("publicSignUp")).toBe(true);
  });
});
