import { forceResetOf } from "#lib/accounts/force-reset";
import { requireReverification } from "#lib/accounts/reverification";
import { type ActedOn, endSessions, resume, suspend } from "#lib/accounts/suspend";
import { reasonOf } from "#lib/console/reason";
import { newToken } from "#lib/crypto/hash";
import { hashSecret } from "#lib/crypto/password-hash";
import { retryOn, type Sql } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import type { CaseReason } from "#lib/recovery/case";
import { CASE_RACE, startCase } from "#lib/recovery/open-case";
import { fail, ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff, type Staff } from "#lib/staff/act";

/** What staff do to one account, in the order in which its page offers it: from what a person hardly notices to what stops them. */
export const accountActs = ["end_sessions", "require_reverification", "force_reset", "start_case", "suspend", "resume"] as const;
export type AccountAct = (typeof accountActs)[number];

/** Why, and of a case what happened to the phone. */
export type AccountOrder = { reason: string; happened?: CaseReason };

type Ordered = { staff: Staff; reason: string; happened: CaseReason };
type Run = (tx: Sql, account: ActedOn, order: Ordered) => Promise<Result<null, Refused>>;

const NO_CHANGE: Refused = { code: "not_allowed", reason: "no_change" };
const changed = (did: boolean): Result<null, Refused> => (did ? ok(null) : fail(NO_CHANGE));

const runs: Record<AccountAct, Run> = {
  async end_sessions(tx, account, { staff }) {
    await endSessions(tx, account, staff.by);
    return ok(null);
  },
  require_reverification: async (tx, account, { staff }) => changed(await requireReverification(tx, account, staff.by)),
  async force_reset(tx, account, { staff, reason }) {
    // The stored hash is that of a random secret, made while only the row of the acting person is locked.
    const hash = await hashSecret(newToken());
    return changed(await forceResetOf(tx, account, { by: staff.by, reason, hash }));
  },
  async start_case(tx, account, { staff, reason, happened }) {
    await startCase(tx, { userId: account.id, locale: account.locale, reason: happened, why: reason }, staff);
    return ok(null);
  },
  async suspend(tx, account, { staff }) {
    const acted = await suspend(tx, account, staff.by);
    return acted === "last_administrator" ? fail({ code: "last_administrator" }) : changed(acted.changed);
  },
  resume: async (tx, account, { staff }) => changed((await resume(tx, account, staff.by)).changed),
};

/**
 * Acts on an account as a member of staff. Refusals: a reason that is none, those of `requireStaff`, `not_found`, `case_open`, `last_administrator`, and
 * `not_allowed` with `no_change` where nothing would change.
 */
export async function actOnAccount(acting: Acting, userId: string, act: AccountAct, order: AccountOrder): Promise<Result<null, Refused>> {
  const reason = reasonOf(order.reason);
  if (!reason.ok) return reason;
  return retryOn([CASE_RACE], () =>
    actAsStaff(acting, { act: `users.${act}`, userId, reason: reason.value }, async (tx, staff) => {
      const [account] = await tx<ActedOn>`SELECT id, locale FROM users WHERE id = ${userId}::uuid AND closed_at IS NULL`;
      if (!account) return fail({ code: "not_found" });
      return runs[act](tx, account, { staff, reason: reason.value, happened: order.happened ?? "other" });
    }),
  );
}
