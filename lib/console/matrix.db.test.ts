import { randomInt, randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stopAccount } from "#lib/accounts/notice-codes";
import { suspendAccount } from "#lib/accounts/suspend";
import { type AccountAct, actOnAccount } from "#lib/console/account-acts";
import { type CaseAct, decideCase } from "#lib/console/cases";
import { changePolicy } from "#lib/console/change-policy";
import { grantPerson, invitePerson, revokePerson } from "#lib/console/people";
import { sql, transaction } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import type { Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { requireStaff } from "#lib/staff/act";
import { matrix, mayDo, type StaffAct } from "#lib/staff/matrix";
import { forgetLimits, forgetPolicy, makeAccount, must, requester, setClock } from "#lib/testing/fixtures";
import { forgetStaff, noticed, oldAccount, requestCase, staffMember, staffSession, steppedUp } from "#lib/testing/staff";

// Every act of the console is played by everybody, through the use case that its page runs, and compared with the matrix (J01).

beforeEach(forgetLimits);
beforeEach(forgetStaff);
afterEach(() => setClock(0));
afterEach(forgetPolicy);

const acts = Object.keys(matrix) as StaffAct[];
const WHY = "本人と話しました";

type Play = (acting: Acting) => Promise<Result<unknown, Refused>>;

/** A case in the state that an act is for. */
async function caseFor(act: CaseAct): Promise<string> {
  const account = await oldAccount();
  const reference = await requestCase(account);
  if (act === "approve") must(await decideCase(await staffMember("support"), reference, "review", { reason: WHY }));
  if (act === "resume") {
    const { stopCode = "" } = await noticed(account, "notice.case_requested_ended", "SMS");
    must(await stopAccount({ reference, code: stopCode }, requester));
  }
  return reference;
}

const decides =
  (act: CaseAct): Play =>
  async (acting) =>
    decideCase(acting, await caseFor(act), act, { reason: WHY });

/** An act on an account that nobody else acts on. */
const actsOn =
  (act: AccountAct, before?: (email: string) => Promise<unknown>): Play =>
  async (acting) => {
    const { userId, email } = await makeAccount();
    await before?.(email);
    return actOnAccount(acting, userId, act, { reason: WHY });
  };

/** Each act through its use case, on something that it fits. */
const plays: Partial<Record<StaffAct, Play>> = {
  "cases.review": decides("review"),
  "cases.approve": decides("approve"),
  "cases.reject": decides("reject"),
  "cases.cancel": decides("cancel"),
  "cases.resume": decides("resume"),
  "users.suspend": actsOn("suspend"),
  "users.resume": actsOn("resume", (email) => suspendAccount(email, "cli:test")),
  "users.end_sessions": actsOn("end_sessions"),
  "users.require_reverification": actsOn("require_reverification"),
  "users.force_reset": actsOn("force_reset"),
  "users.start_case": actsOn("start_case"),
  "policy.change": (acting) =>
    changePolicy(acting, { name: "lostPhoneWait", value: { hours: 24 + randomInt(600), flaggedHours: 720 }, reason: WHY }),
  "people.invite": (acting) => invitePerson(acting, { email: `${randomUUID()}@example.jp`, role: "support" }),
  "people.grant": async (acting) => grantPerson(acting, { email: (await makeAccount()).email, role: "support" }),
  "people.revoke": async (acting) => revokePerson(acting, (await staffMember("support")).userId, WHY),
};

/** Everybody who may try, with the session that tries. */
const actors: Record<string, () => Promise<Acting>> = {
  "a visitor": async () => ({ sessionId: randomUUID(), userId: randomUUID() }),
  "an account without a role": async () => staffSession(await makeAccount()),
  support: () => staffMember("support"),
  "an administrator": () => staffMember("administrator"),
  "an administrator without a step-up": async () => {
    const admin = await staffMember("administrator");
    await sql`DELETE FROM step_ups WHERE session_id = ${admin.sessionId}::uuid`;
    return admin;
  },
  "an administrator whose step-up is over": async () => {
    const admin = await staffMember("administrator");
    await sql`UPDATE step_ups SET proven_at = app_now() - interval '11 minutes' WHERE session_id = ${admin.sessionId}::uuid`;
    return admin;
  },
  "an administrator with the step-up of another class": async () => {
    const admin = await staffMember("administrator");
    await sql`UPDATE step_ups SET action = 'manage_factors' WHERE session_id = ${admin.sessionId}::uuid`;
    return admin;
  },
  "an administrator with the session of another": async () => {
    const [admin, other] = [await staffMember("administrator"), await staffMember("administrator")];
    return { sessionId: other.sessionId, userId: admin.userId };
  },
  "a suspended administrator": async () => {
    const admin = await staffMember("administrator");
    await sql`UPDATE users SET disabled_at = app_now() WHERE id = ${admin.userId}::uuid`;
    return admin;
  },
};

/** What the matrix says of an actor: done, or the word of the refusal. */
const expected = (actor: string, act: StaffAct): RegExp => {
  if (actor === "support" || actor === "an administrator")
    return mayDo([actor === "support" ? "support" : "administrator"], act) ? /^done$/ : /^role$/;
  return /step-up|session of another/.test(actor) ? /^step_up_required$/ : /^not_found$/;
};

const said = <T>(done: Result<T, Refused>) => (done.ok ? "done" : (done.error.reason ?? done.error.code));

describe.each(Object.entries(actors))("The matrix and %s", (actor, make) => {
  it("agree in the guard about every act", async () => {
    const acting = await make();
    for (const act of acts) {
      const judged = await transaction((tx) => requireStaff(tx, acting, { act, reason: WHY }));
      expect([act, said(judged)]).toEqual([act, expect.stringMatching(expected(actor, act))]);
    }
  });

  it.each(Object.entries(plays))("agree in the use case of %s", async (act, play) => {
    const acting = await make();
    expect(said(await play(acting))).toMatch(expected(actor, act as StaffAct));
  });
});

describe("An act of staff", () => {
  it("is not open to an account that is restricted", async () => {
    const admin = await staffMember("administrator");
    await steppedUp(admin);
    await sql`UPDATE users SET restricted_until = app_now() + interval '1 hour' WHERE id = ${admin.userId}::uuid`;
    expect(said(await invitePerson(admin, { email: "a@example.jp", role: "support" }))).toBe("account_restricted");
  });
});
