import { record } from "#lib/audit/record";
import { findRecoveryCode, spendRecoveryCode } from "#lib/authenticators/recovery-codes/match";
import type { Authenticator } from "#lib/challenges/port";
import { parseRecoveryCode } from "#lib/crypto/codes";
import { queueNotice } from "#lib/delivery/messages/queue-notice";

export const RECOVERY_CODES_KIND = "recovery_codes";

/** How many codes one set has. */
export const RECOVERY_CODES = 10;

/** A set of look-up secrets of 80 bits (NIST SP 800-63B-4 3.1.2): they cannot be guessed, so nothing of them is counted, locked or disabled. */
export const recoveryCodes: Authenticator = {
  kind: RECOVERY_CODES_KIND,
  bound: true,
  methods: ["recovery_code"],
  sent: false,
  counted: false,
  secondFactor: true,
  // LIMIT tells the planner the size of a set; without statistics it would assume a thousand.
  details: () => `(SELECT json_build_object('left', count(*) FILTER (WHERE r.used_at IS NULL))
    FROM (SELECT used_at FROM recovery_codes WHERE set_id = a.id LIMIT ${RECOVERY_CODES}) r)`,
  read: parseRecoveryCode,
  offer(_, bound) {
    const left = (bound?.details as { left: number } | undefined)?.left ?? 0;
    return bound && left > 0 ? [{ method: "recovery_code", authenticatorId: bound.id, stopped: false }] : [];
  },
  async evaluate({ userId }, answer, place) {
    const id = userId ? await findRecoveryCode(userId, answer, place) : null;
    return id ? { amr: "rc", spent: id } : null;
  },
  async spend(tx, { userId, challengeId, locale }, { spent }, from) {
    if (!userId || !spent || !(await spendRecoveryCode(tx, userId, spent))) return false;
    await record(tx, { event: "recovery_code.used", userId, challengeId, method: "rc", ...from });
    await queueNotice(tx, { userId, template: "notice.recovery_code_used", locale });
    return true;
  },
};
