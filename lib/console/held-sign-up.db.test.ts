import { beforeEach, expect, it } from "vitest";
import { changePolicy } from "#lib/console/change-policy";
import { confirmFact } from "#lib/console/confirm-fact";
import { keyFingerprint } from "#lib/crypto/proofs";
import { readSetting } from "#lib/policy/change";
import { forgetLimits, forgetPolicy, setPolicy } from "#lib/testing/fixtures";
import { forgetStaff, staffMember } from "#lib/testing/staff";

// In production the public signs up only once the facts hold without which it would be harmed. The environment is read once, at first use.
Object.assign(process.env, {
  SEKISHO_MODE: "production",
  APP_URL: "https://login.example.jp",
  TRUSTED_PROXIES: "none",
  DATABASE_ONE_LOGIN: "accept",
});

beforeEach(forgetLimits);
beforeEach(forgetStaff);
beforeEach(forgetPolicy);

it("An administrator cannot open public sign-up while nothing has been delivered and no mail can be sent, and closes it at any time.", async () => {
  const admin = await staffMember("administrator");
  const open = () => changePolicy(admin, { name: "publicSignUp", value: true, reason: "公開します" });
  await setPolicy("publicSignUp", false);
  expect((await confirmFact(admin, "keys", keyFingerprint())).ok).toBe(true);
  expect(await open()).toMatchObject({ ok: false, error: { code: "not_allowed", reason: "facts_open" } });
  expect(await readSetting("publicSignUp")).toBe(false);
  await setPolicy("publicSignUp", true);
  expect((await changePolicy(admin, { name: "publicSignUp", value: false, reason: "いったん閉じます" })).ok).toBe(true);
});
