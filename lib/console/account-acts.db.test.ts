import { beforeEach, describe, expect, it } from "vitest";
import { type AccountAct, accountActs, actOnAccount } from "#lib/console/account-acts";
import { sql } from "#lib/db/sql";
import { verifyChallenge } from "#lib/purposes/challenges";
import type { Acting } from "#lib/sessions/step-up";
import { type Account, codeOf, forgetLimits, makeAccount, must, PASSWORD, passPassword, requester, together } from "#lib/testing/fixtures";
import { isAlive, signInOn, told } from "#lib/testing/signed-in";
import { staffMember, staffSession } from "#lib/testing/staff";

const REASON = "本人から窓口へ連絡がありました";

beforeEach(forgetLimits);
beforeEach(() => sql`UPDATE users SET roles = '{}'`);

const act = async (who: Acting, { userId }: Account, name: AccountAct, reason = REASON) => {
  const done = await actOnAccount(who, userId, name, { reason, happened: "stolen" });
  return done.ok ? "done" : (done.error.reason ?? done.error.code);
};

const methodOf = async ({ userId }: Account, event: string) =>
  (
    await sql<{ method: string }>`
      SELECT method FROM audit_events WHERE event = ${event} AND subject = (SELECT audit_subject FROM users WHERE id = ${userId}::uuid) ORDER BY id DESC`
  ).map(({ method }) => method);

const subjectOf = async ({ userId }: { userId: string }) =>
  (await sql<{ subject: string }>`SELECT audit_subject AS subject FROM users WHERE id = ${userId}::uuid`)[0]?.subject;

describe("What staff do to an account", () => {
  it("ends every session at once, tells the person, and names author and reason in the log", async () => {
    const [account, support] = [await makeAccount(), await staffMember("support")];
    const browser = await signInOn(account);
    expect(await act(support, account, "end_sessions")).toBe("done");
    expect(await isAlive(browser)).toBe(false);
    expect(await told(account.userId, "notice.sessions_ended")).toBe(1);
    expect(await methodOf(account, "sessions.ended_by_operator")).toEqual([`staff:${await subjectOf(support)} (${REASON})`]);
  });

  it("puts the numbers in doubt until the next right code, once", async () => {
    const [account, support] = [await makeAccount(), await staffMember("support")];
    const doubted = async () =>
      (await sql<{ doubted: boolean }>`SELECT doubted_at IS NOT NULL AS doubted FROM phones WHERE id = ${account.phoneId}::uuid`)[0]
        ?.doubted;
    expect(await act(support, account, "require_reverification")).toBe("done");
    expect(await doubted()).toBe(true);
    expect(await told(account.userId, "notice.reverification_asked")).toBe(1);
    expect(await act(support, account, "require_reverification")).toBe("no_change");
    const token = await passPassword(account);
    must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
    expect(await doubted()).toBe(false);
  });

  it("suspends and resumes, each once where twenty ask at once", async () => {
    const [account, admin] = [await makeAccount(), await staffMember("administrator")];
    const asked = await together(20, () => act(admin, account, "suspend"));
    expect(asked.filter((one) => one === "done")).toHaveLength(1);
    expect(asked.filter((one) => one === "no_change")).toHaveLength(19);
    expect(await told(account.userId, "notice.suspended")).toBe(1);
    await expect(passPassword(account)).rejects.toThrow("credentials_wrong");
    expect(await act(admin, account, "resume")).toBe("done");
    expect(await act(admin, account, "resume")).toBe("no_change");
    expect(await passPassword(account)).toBeTruthy();
  });

  it("makes a password unusable, ends what is open, and does so once until a new one is set", async () => {
    const [account, admin] = [await makeAccount(), await staffMember("administrator")];
    const browser = await signInOn(account);
    expect(await act(admin, account, "force_reset")).toBe("done");
    expect(await isAlive(browser)).toBe(false);
    await expect(passPassword(account)).rejects.toThrow("credentials_wrong");
    expect(await told(account.userId, "notice.password_forced")).toBe(1);
    expect(await act(admin, account, "force_reset")).toBe("no_change");
    expect(JSON.stringify(await methodOf(account, "password.forced"))).not.toContain(PASSWORD);
  });

  it("starts a case that waits for the person's own proofs, and never a second one", async () => {
    const account = await makeAccount();
    const staff = [await staffMember("support"), await staffMember("support"), await staffMember("administrator")];
    const asked = await Promise.all(staff.map((one) => act(one, account, "start_case")));
    expect(asked.toSorted()).toEqual(["case_open", "case_open", "done"]);
    const cases = await sql<{ reason: string; proven: boolean; why: string; by: string }>`
      SELECT c.reason, c.proven_at IS NOT NULL AS proven, s.reason AS why, s.by_subject AS by FROM recovery_cases c JOIN recovery_case_steps s ON s.case_id = c.id
      WHERE c.user_id = ${account.userId}::uuid`;
    expect(cases).toEqual([{ reason: "stolen", proven: false, why: REASON, by: expect.any(String) }]);
    expect(await told(account.userId, "notice.case_started")).toBe(1);
  });
});

describe("The guard of every act on an account", () => {
  it.each(accountActs)(
    "refuses %s for the own account, without a step-up, without a reason, and for an account that is not there",
    async (name) => {
      const [account, admin] = [await makeAccount(), await staffMember("administrator")];
      expect(await act(admin, admin.account, name)).toBe("own_account");
      expect(await act(admin, account, name, "  x ")).toBe("invalid_input");
      expect(await act(admin, account, name, "two\nlines")).toBe("invalid_input");
      expect(await act(admin, { ...account, userId: crypto.randomUUID() }, name)).toBe("not_found");
      await sql`DELETE FROM step_ups WHERE session_id = ${admin.sessionId}::uuid`;
      expect(await act(admin, account, name)).toBe("step_up_required");
      expect(await methodOf(account, "account.suspended")).toEqual([]);
      expect(await sql`SELECT 1 FROM recovery_cases WHERE user_id = ${account.userId}::uuid`).toEqual([]);
    },
  );

  it.each(["suspend", "resume", "force_reset"] as const)(
    "refuses %s to support, and everything to an account without a role",
    async (name) => {
      const [account, support, nobody] = [await makeAccount(), await staffMember("support"), await makeAccount()];
      expect(await act(support, account, name)).toBe("role");
      expect(await act(await staffSession(nobody), account, name)).toBe("not_found");
    },
  );

  it("refuses a member of staff whose role went away a moment ago", async () => {
    const [account, support] = [await makeAccount(), await staffMember("support")];
    await sql`UPDATE users SET roles = '{}' WHERE id = ${support.userId}::uuid`;
    expect(await act(support, account, "end_sessions")).toBe("not_found");
  });
});
