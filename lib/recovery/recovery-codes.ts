import { type Origin, record } from "#lib/audit/record";
import { newRecoveryCode, parseRecoveryCode } from "#lib/crypto/codes";
import { equalInConstantTime } from "#lib/crypto/hash";
import { hashSecret } from "#lib/crypto/password-hash";
import { seal, unseal } from "#lib/crypto/seal";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/queue-notice";
import type { Refused } from "#lib/errors";
import { selectorOf } from "#lib/recovery/match";
import { fail, ok, type Result } from "#lib/result";

/** How many codes one set has. */
export const RECOVERY_CODES = 10;

const place = (userId: string) => ({ table: "users", column: "recovery_sealed", row: userId, owner: userId });

/** Ten codes whose first four characters differ: the selector names one row. */
function newSet(): string[] {
  const set = new Map<string, string>();
  while (set.size < RECOVERY_CODES) {
    const code = newRecoveryCode();
    set.set(code.slice(0, 4), code);
  }
  return [...set.values()];
}

/** Makes a set for an account that has none, in the transaction that opens its session, so that no page has to write to show it. */
export async function prepareRecoveryCodes(tx: Sql, userId: string, origin: Origin): Promise<void> {
  const made = await tx`
    UPDATE users SET recovery_sealed = ${seal(JSON.stringify(newSet()), place(userId))}
    WHERE id = ${userId}::uuid AND recovery_confirmed_at IS NULL AND recovery_sealed IS NULL RETURNING id`;
  if (made.length > 0) await record(tx, { event: "recovery_codes.issued", userId, ...origin });
}

/**
 * The account's first set, the same however often it is asked for until it is confirmed. A confirmed set is never shown;
 * a new one needs step-up.
 */
export async function issuedRecoveryCodes(userId: string): Promise<Result<string[], Refused>> {
  const [row] = await sql<{ recoverySealed: string | null; recoveryConfirmedAt: Date | null }>`
    SELECT recovery_sealed, recovery_confirmed_at FROM users WHERE id = ${userId}::uuid`;
  if (!row?.recoverySealed || row.recoveryConfirmedAt) return fail({ code: "step_up_required" });
  return ok(JSON.parse(unseal(row.recoverySealed, place(userId))) as string[]);
}

/** How the person shows that the codes are saved: one of them typed, or the box ticked on the page that shows them. */
export type SavedProof = { code: string } | { saved: true };

/**
 * Confirms the issued set: its codes become usable, hashed one by one, and the sealed set is gone.
 * Of two at once one writes; the other finds it done and gets the same answer.
 */
export async function confirmRecoveryCodes(userId: string, proof: SavedProof, origin: Origin): Promise<Result<null, Refused>> {
  const [row] = await sql<{ recoverySealed: string | null; recoveryConfirmedAt: Date | null; locale: string }>`
    SELECT recovery_sealed, recovery_confirmed_at, locale FROM users WHERE id = ${userId}::uuid`;
  if (row?.recoveryConfirmedAt) return ok(null);
  if (!row?.recoverySealed) return fail({ code: "saved_required" });
  const codes = (JSON.parse(unseal(row.recoverySealed, place(userId))) as string[]).map((code) => code.replaceAll("-", ""));
  if ("code" in proof && !isOneOf(codes, proof.code)) return fail({ code: "code_wrong" });
  const hashes: string[] = [];
  // One after the other: asked for many times at once, the ten of each would fill the hasher, and everybody's sign-in would wait (PW-05).
  for (const code of codes) hashes.push(await hashSecret(code, { key: origin.ip }));
  return transaction(async (tx) => {
    const confirmed = await tx`
      UPDATE users SET recovery_sealed = NULL, recovery_confirmed_at = app_now()
      WHERE id = ${userId}::uuid AND recovery_sealed = ${row.recoverySealed} AND recovery_confirmed_at IS NULL RETURNING id`;
    if (confirmed.length === 0) return ok(null);
    await tx`
      INSERT INTO recovery_codes (user_id, selector, hash)
      SELECT ${userId}::uuid, s, h FROM unnest(${codes.map((code) => selectorOf(userId, code))}::bytea[], ${hashes}::text[]) AS t(s, h)`;
    await record(tx, { event: "recovery_codes.confirmed", userId, ...origin });
    await queueNotice(tx, { userId, template: "notice.recovery_codes_saved", locale: row.locale });
    return ok(null);
  });
}

const isOneOf = (codes: string[], typed: string): boolean => {
  const code = parseRecoveryCode(typed);
  return code !== null && codes.some((one) => equalInConstantTime(one, code));
};

/** Counts the codes of an account that are still valid for sign-in. */
export async function recoveryCodesLeft(userId: string): Promise<number> {
  const [row] = await sql<{ left: number }>`SELECT count(*)::int AS left FROM usable_recovery_codes WHERE user_id = ${userId}::uuid`;
  return row?.left ?? 0;
}
