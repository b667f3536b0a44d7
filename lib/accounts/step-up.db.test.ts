import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { beginEmailChange } from "#lib/accounts/change-email";
import { changePassword } from "#lib/accounts/change-password";
import { cancelDeletion, requestDeletion } from "#lib/accounts/delete-account";
import { addPhone, changePhone, removePhone } from "#lib/accounts/phones";
import { beginStepUp } from "#lib/accounts/step-up";
import { replaceRecoveryCodes } from "#lib/authenticators/recovery-codes/recovery-codes";
import { sql, transaction } from "#lib/db/sql";
import { readChallenge, verifyChallenge } from "#lib/purposes/challenges";
import { endSession } from "#lib/sessions/end-session";
import { requireStepUp, type stepUpActions } from "#lib/sessions/step-up";
import {
  bindNumber,
  codeOf,
  count,
  forgetLimits,
  freshNumber,
  makeAccount,
  must,
  otherThan,
  setClock,
  together,
} from "#lib/testing/fixtures";
import { type Browser, isAlive, openStepUp, signInOn, stepUp } from "#lib/testing/signed-in";

const NEW = "夕顔 ひそかに 咲く";

/** Every guarded act, with the class that opens it. */
const acts: Record<
  string,
  { class: (typeof stepUpActions)[number]; act: (browser: Browser) => Promise<{ ok: boolean; error?: unknown }> }
> = {
  "changing the password": { class: "change_password", act: ({ acting, from }) => changePassword(acting, NEW, from) },
  "changing the address": { class: "change_email", act: ({ acting, from }) => beginEmailChange(acting, { email: "new@example.jp" }, from) },
  "adding a phone": {
    class: "manage_factors",
    act: ({ acting, from }) => addPhone(acting, { number: freshNumber(), channel: "sms", acceptRisk: true }, from),
  },
  "changing a phone": {
    class: "manage_factors",
    act: async ({ acting, from }) => changePhone(acting, await phoneOf(acting.userId), { name: "x" }, from),
  },
  "removing a phone": { class: "manage_factors", act: async ({ acting, from }) => removePhone(acting, await phoneOf(acting.userId), from) },
  "new recovery codes": { class: "manage_factors", act: ({ acting, from }) => replaceRecoveryCodes(acting, from) },
  "deleting the account": { class: "delete_account", act: ({ acting, from }) => requestDeletion(acting, from) },
  "keeping the account": { class: "delete_account", act: ({ acting, from }) => cancelDeletion(acting, from) },
};

const phoneOf = async (userId: string): Promise<string> =>
  (
    await sql<{ id: string }>`SELECT id FROM authenticators WHERE user_id = ${userId}::uuid AND kind = 'phone' ORDER BY created_at LIMIT 1`
  )[0]?.id ?? "";

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("A guarded act", () => {
  it.each(Object.entries(acts))(
    "%s is refused in a fresh session and in one that stepped up for another class, and done after its own (SU-01, SU-03, C05)",
    async (_, { class: own, act }) => {
      const account = await makeAccount();
      await bindNumber(account.userId);
      const fresh = await signInOn(account);
      const refused = { ok: false, error: { code: "step_up_required", action: own } };
      expect(await act(fresh)).toMatchObject(refused);
      const other = await stepUp(fresh, own === "export_data" ? "change_email" : "export_data");
      expect(await act(other)).toMatchObject(refused);
      await forgetLimits();
      expect(await act(await stepUp(other, own))).toMatchObject({ ok: true });
    },
  );

  it("is done until ten minutes after the step-up, in the session that stepped up alone (C06)", async () => {
    const account = await makeAccount();
    const browser = await stepUp(await signInOn(account), "manage_factors");
    const other = await signInOn(account);
    const rename = ({ acting, from }: Browser) => changePhone(acting, account.phoneId, { name: "x" }, from);
    expect(await rename(other)).toMatchObject({ error: { code: "step_up_required" } });
    await setClock(597);
    expect(await rename(browser)).toMatchObject({ ok: true });
    await setClock(602);
    expect(await rename(browser)).toMatchObject({ error: { code: "step_up_required" } });
  });

  it("is refused while the account is restricted, with the end of it, and while staff decide without one", async () => {
    const account = await makeAccount();
    const browser = await stepUp(await signInOn(account), "manage_factors");
    const rename = () => changePhone(browser.acting, account.phoneId, { name: "x" }, browser.from);
    await sql`UPDATE users SET restricted_until = app_now() + interval '1 hour' WHERE id = ${account.userId}::uuid`;
    expect(await rename()).toMatchObject({ error: { code: "account_restricted", until: expect.stringMatching(/^\d{4}-/) } });
    await sql`UPDATE users SET restricted_until = 'infinity' WHERE id = ${account.userId}::uuid`;
    expect(await rename()).toMatchObject({ error: { code: "account_restricted", until: null } });
    await sql`UPDATE users SET restricted_until = app_now() WHERE id = ${account.userId}::uuid`;
    expect(await rename()).toMatchObject({ ok: true });
  });
});

describe("A step-up", () => {
  it("gives the session a new token and kills the old one, and is there for ten minutes (B01)", async () => {
    const account = await makeAccount();
    const before = await signInOn(account);
    const after = await stepUp(before, "manage_factors");
    expect([await isAlive(before), await isAlive(after)]).toEqual([false, true]);
    expect(must(await beginStepUp(after.acting, "manage_factors", null, after.from))).toHaveProperty("until");
    expect(must(await beginStepUp(after.acting, "administer", null, after.from))).toHaveProperty("opened");
  });

  it("is one of fifty right answers, and gives nothing to a browser that has the challenge and not the session", async () => {
    const account = await makeAccount();
    const browser = await signInOn(account);
    const stolen = await openStepUp(browser, "manage_factors");
    const { sessionToken: _, ...stranger } = browser.from;
    expect(await verifyChallenge(stolen, { code: await codeOf(stolen) }, stranger)).toMatchObject({ error: { code: "challenge_expired" } });
    const token = await openStepUp(browser, "manage_factors");
    const code = await codeOf(token);
    const answers = await together(50, () => verifyChallenge(token, { code }, browser.from));
    expect(answers.filter(({ ok }) => ok).length).toBe(1);
    expect(
      await count(sql<{ n: number }>`SELECT count(*)::int AS n FROM step_ups WHERE session_id = ${browser.acting.sessionId}::uuid`),
    ).toBe(1);
  });

  it("evaluates five of two hundred wrong codes, and the lock at ten ends the session that guesses (SU-02, C08)", async () => {
    const account = await makeAccount();
    const browser = await signInOn(account);
    for (let round = 0; round < 2; round += 1) {
      await forgetLimits();
      const token = await openStepUp(browser, "manage_factors");
      const wrong = otherThan(await codeOf(token));
      const answers = await together(100, () => verifyChallenge(token, { code: wrong }, browser.from));
      expect(answers.filter((one) => !one.ok && one.error.code === "code_wrong").length).toBe(5);
    }
    expect(await isAlive(browser)).toBe(false);
  });

  it("has no way for an account whose only phone is disabled, and is never there without one (SU-05, C14)", async () => {
    const account = await makeAccount();
    const browser = await signInOn(account);
    await sql`UPDATE authenticators SET disabled_at = app_now() WHERE id = ${account.phoneId}::uuid`;
    const token = await openStepUp(browser, "manage_factors");
    expect((await readChallenge(token))?.view).toMatchObject({ methods: [], delivery: null, action: { act: "manage_factors" } });
    expect(await addPhone(browser.acting, { number: freshNumber(), channel: "sms", acceptRisk: true }, browser.from)).toMatchObject({
      error: { code: "step_up_required" },
    });
  });

  it("ends with the session, and with everything that ends the account's challenges", async () => {
    const account = await makeAccount();
    const browser = await stepUp(await signInOn(account), "manage_factors");
    await sql`DELETE FROM sessions WHERE id = ${browser.acting.sessionId}::uuid`;
    expect(await changePhone(browser.acting, account.phoneId, { name: "x" }, browser.from)).toMatchObject({
      error: { code: "step_up_required" },
    });
    const again = await signInOn(account);
    const token = await openStepUp(again, "manage_factors");
    await sql`UPDATE users SET epoch = epoch + 1 WHERE id = ${account.userId}::uuid`;
    expect(await verifyChallenge(token, { code: await codeOf(token) }, again.from)).toMatchObject({ ok: false });
  });

  it("and the end of its session have an order: an act that meets a sign-out is refused, and neither waits in a circle", async () => {
    const account = await makeAccount();
    const browser = await stepUp(await signInOn(account), "manage_factors");
    const later = () => new Promise((resolve) => setTimeout(resolve, 300));
    const [ended, acted] = await transaction(async (tx) => {
      // Holds back the step-up's end, so that the session is locked by the sign-out before the act begins.
      await tx`SELECT 1 FROM step_ups WHERE session_id = ${browser.acting.sessionId}::uuid FOR KEY SHARE`;
      const ending = endSession(browser.from.sessionToken, browser.from);
      await later();
      const acting = transaction((act) => requireStepUp(act, browser.acting, "manage_factors"));
      await later();
      return [Promise.allSettled([ending]), Promise.allSettled([acting])];
    });
    expect([await ended, await acted]).toMatchObject([
      [{ status: "fulfilled", value: true }],
      [{ status: "fulfilled", value: { error: { code: "step_up_required" } } }],
    ]);
  });

  it("opens with what is left where the phone of its first code is removed at that moment", async () => {
    const account = await makeAccount();
    const { phoneId } = await bindNumber(account.userId);
    const browser = await signInOn(account);
    const opening = await transaction(async (tx) => {
      await tx`SELECT 1 FROM users WHERE id = ${account.userId}::uuid FOR UPDATE`;
      const begun = openStepUp(browser, "manage_factors");
      await new Promise((resolve) => setTimeout(resolve, 300));
      await tx`DELETE FROM authenticators WHERE id = ${account.phoneId}::uuid`;
      return { begun };
    });
    const read = await readChallenge(await opening.begun);
    expect(read?.view.delivery).toMatchObject({ method: "sms", phoneId });
  });
});
