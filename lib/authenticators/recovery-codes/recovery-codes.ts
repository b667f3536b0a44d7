import { record } from "#lib/audit/record";
import { RECOVERY_CODES, RECOVERY_CODES_KIND } from "#lib/authenticators/recovery-codes/authenticator";
import { selectorOf } from "#lib/authenticators/recovery-codes/match";
import { newRecoveryCode, parseRecoveryCode } from "#lib/crypto/codes";
import { equalInConstantTime } from "#lib/crypto/hash";
import { hashSecret } from "#lib/crypto/password-hash";
import { seal, unseal } from "#lib/crypto/seal";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import type { Refused } from "#lib/errors";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { type Changed, changeGuarded } from "#lib/sessions/guarded-change";
import type { Acting } from "#lib/sessions/step-up";

/** The AAD of a sealed set, as the first sets were sealed; another place would make them unreadable. */
export const recoverySetPlace = (userId: string) => ({ table: "users", column: "recovery_sealed", row: userId, owner: userId });

/** Ten codes whose first four characters differ: the selector names one row. */
function newSet(): string[] {
  const set = new Map<string, string>();
  while (set.size < RECOVERY_CODES) {
    const code = newRecoveryCode();
    set.set(code.slice(0, 4), code);
  }
  return [...set.values()];
}

/** Makes a set for an account that has none, in the transaction that opens its session, so that no page has to write to show it; null where it has one. */
export async function prepareRecoveryCodes(tx: Sql, userId: string, requester: Requester): Promise<string[] | null> {
  const codes = newSet();
  const made = await tx`
    WITH made AS (
      INSERT INTO authenticators (user_id, kind) VALUES (${userId}::uuid, ${RECOVERY_CODES_KIND})
      ON CONFLICT (user_id) WHERE kind = 'recovery_codes' AND disabled_at IS NULL DO NOTHING RETURNING id)
    INSERT INTO recovery_code_sets (id, sealed) SELECT id, ${seal(JSON.stringify(codes), recoverySetPlace(userId))} FROM made RETURNING id`;
  if (made.length === 0) return null;
  await record(tx, { event: "recovery_codes.issued", userId, ...requester });
  return codes;
}

/**
 * Replaces the codes of an account in a session that stepped up: the earlier set dies with everything of it, and the new one is shown until it is
 * confirmed (RC-03). Every other session ends, because each would be shown the new codes.
 */
export async function replaceRecoveryCodes(
  acting: Acting & { locale: string },
  requester: Requester,
): Promise<Result<Changed<string[]>, Refused>> {
  const { userId, sessionId, locale } = acting;
  return changeGuarded(acting, requester, {
    action: "manage_factors",
    endsOthers: true,
    async make(tx) {
      await tx`DELETE FROM authenticators WHERE user_id = ${userId}::uuid AND kind = ${RECOVERY_CODES_KIND}`;
      const codes = await prepareRecoveryCodes(tx, userId, requester);
      if (!codes) throw new Error("a set of recovery codes was not made");
      await record(tx, { event: "recovery_codes.replaced", userId, sessionId, ...requester });
      await queueNotice(tx, { userId, template: "notice.recovery_codes_new", locale });
      return ok(codes);
    },
  });
}

type IssuedSet = { id: string; sealed: string | null; confirmed: boolean; locale: string };

/** The set of an account that is in use or waits to be confirmed. */
async function readSet(userId: string): Promise<IssuedSet | undefined> {
  const [set] = await sql<IssuedSet>`
    SELECT a.id, s.sealed, a.verified_at IS NOT NULL AS confirmed, u.locale
    FROM authenticators a JOIN recovery_code_sets s ON s.id = a.id JOIN users u ON u.id = a.user_id
    WHERE a.user_id = ${userId}::uuid AND a.kind = ${RECOVERY_CODES_KIND} AND a.disabled_at IS NULL`;
  return set;
}

/**
 * The account's first set, the same however often it is asked for until it is confirmed. A confirmed set is never shown;
 * a new one needs step-up.
 */
export async function issuedRecoveryCodes(userId: string): Promise<Result<string[], Refused>> {
  const set = await readSet(userId);
  if (!set?.sealed || set.confirmed) return fail({ code: "step_up_required" });
  return ok(JSON.parse(unseal(set.sealed, recoverySetPlace(userId))) as string[]);
}

/** How the person shows that the codes are saved: one of them typed, or the box ticked on the page that shows them. */
export type SavedProof = { code: string } | { saved: true };

/**
 * Confirms the issued set: its codes become usable, hashed one by one, and the sealed set is gone.
 * Of two at once one writes; the other finds it done and gets the same answer.
 */
export async function confirmRecoveryCodes(userId: string, proof: SavedProof, requester: Requester): Promise<Result<null, Refused>> {
  const set = await readSet(userId);
  if (set?.confirmed) return ok(null);
  if (!set?.sealed) return fail({ code: "saved_required" });
  const codes = (JSON.parse(unseal(set.sealed, recoverySetPlace(userId))) as string[]).map((code) => code.replaceAll("-", ""));
  if ("code" in proof && !isOneOf(codes, proof.code)) return fail({ code: "code_wrong" });
  const hashes: string[] = [];
  // Sequentially, because the ten hashes of many concurrent requests would fill the hasher and delay every sign-in (PW-05).
  for (const code of codes) hashes.push(await hashSecret(code, { key: requester.ip }));
  return transaction(async (tx) => {
    const confirmed = await tx`
      WITH confirmed AS (
        UPDATE authenticators SET verified_at = app_now() WHERE id = ${set.id}::uuid AND verified_at IS NULL AND disabled_at IS NULL RETURNING id)
      UPDATE recovery_code_sets s SET sealed = NULL FROM confirmed WHERE s.id = confirmed.id RETURNING s.id`;
    if (confirmed.length === 0) return ok(null);
    await tx`
      INSERT INTO recovery_codes (set_id, selector, hash)
      SELECT ${set.id}::uuid, s, h FROM unnest(${codes.map((code) => selectorOf(userId, code))}::bytea[], ${hashes}::text[]) AS t(s, h)`;
    await record(tx, { event: "recovery_codes.confirmed", userId, ...requester });
    await queueNotice(tx, { userId, template: "notice.recovery_codes_saved", locale: set.locale });
    return ok(null);
  });
}

const isOneOf = (codes: string[], typed: string): boolean => {
  const code = parseRecoveryCode(typed);
  return code !== null && codes.some((one) => equalInConstantTime(one, code));
};

/** How many codes of an account are still valid for sign-in, and when their set was issued (ISO 8601; null where there is none). */
export async function recoveryCodesLeft(userId: string): Promise<{ left: number; issuedAt: string | null }> {
  const [row] = await sql<{ left: number; issuedAt: Date | null }>`
    SELECT (SELECT count(*)::int FROM usable_recovery_codes r WHERE r.user_id = ${userId}::uuid) AS left,
      (SELECT a.created_at FROM authenticators a WHERE a.user_id = ${userId}::uuid AND a.kind = ${RECOVERY_CODES_KIND} AND a.disabled_at IS NULL) AS issued_at`;
  return { left: row?.left ?? 0, issuedAt: row?.issuedAt?.toISOString() ?? null };
}
