import type { Authenticator } from "#lib/challenges/port";
import { parseLongCode } from "#lib/crypto/codes";
import { sql } from "#lib/db/sql";
import { isNoticeCode } from "#lib/delivery/messages/queue-notice";

export const RECOVERY_MAIL_KIND = "recovery_mail";

/**
 * The mailed code of an approved lost-phone case: ten characters, a day, once, and only after the password (NIST SP 800-63B-4 4.2.1.2). Its row exists
 * while the case is ready. It is no second factor: it opens the way to bind one, and nothing else.
 */
export const recoveryMail: Authenticator = {
  kind: RECOVERY_MAIL_KIND,
  bound: true,
  methods: ["recovery_mail"],
  sent: false,
  counted: false,
  secondFactor: false,
  read: parseLongCode,
  offer: (_, bound) => (bound ? [{ method: "recovery_mail", authenticatorId: bound.id, stopped: false }] : []),
  async evaluate({ userId }, answer) {
    const live = await sql<{ id: string; reference: string; hash: Buffer }>`
      SELECT n.id, n.reference, n.hash FROM notice_codes n JOIN recovery_cases c ON c.id = n.case_id AND c.state = 'ready'
      WHERE n.user_id = ${userId}::uuid AND n.kind = 'recovery' AND n.used_at IS NULL AND n.expires_at > app_now()`;
    const right = live.filter(({ reference, hash }) => isNoticeCode(hash, "recovery", reference, answer));
    return right[0] ? { amr: null, spent: right[0].id } : null;
  },
  async spend(tx, { userId }, { spent }) {
    const used = await tx<{ id: string }>`
      UPDATE notice_codes SET used_at = app_now() WHERE user_id = ${userId}::uuid AND kind = 'recovery' AND used_at IS NULL RETURNING id`;
    return used.some(({ id }) => id === spent);
  },
};
