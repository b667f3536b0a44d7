import { isPasswordUnusable } from "#lib/accounts/force-reset";
import { record } from "#lib/audit/record";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import type { Refused } from "#lib/errors";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { type Changed, changeGuarded } from "#lib/sessions/guarded-change";
import { type Acting, requireStepUp } from "#lib/sessions/step-up";
import type { SocialIdentity } from "#lib/social/identity";
import type { SocialProvider } from "#lib/social/providers";

/** The accounts at LINE and Google that replace the password of a signed-in person: linked and unlinked, each after step-up (SO-02). */

type Person = Acting & { locale: string };

/** A linked account as its owner sees it; times are ISO 8601. */
export type LinkedLogin = { provider: SocialProvider; linkedAt: string; lastUsedAt: string | null };

/** The linked accounts of a person, the oldest first. */
export async function readLinkedLogins(userId: string): Promise<LinkedLogin[]> {
  const rows = await sql<{ provider: SocialProvider; createdAt: Date; lastUsedAt: Date | null }>`
    SELECT provider, created_at, last_used_at FROM linked_logins WHERE user_id = ${userId}::uuid ORDER BY created_at`;
  return rows.map(({ provider, createdAt, lastUsedAt }) => ({
    provider,
    linkedAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }));
}

/** Whether the session of a person may link now, before the way to the provider; `linkLogin` asks again after it. */
export const mayLink = (person: Acting): Promise<Result<null, Refused>> => transaction((tx) => requireStepUp(tx, person, "manage_factors"));

/**
 * Links an account at a provider to the person of a session that stepped up. Refusals: those of a guarded act, `address_unknown` where the provider has
 * proven no address, `not_allowed` where it is linked to another account or this account has another one of the provider.
 */
export async function linkLogin(person: Person, identity: SocialIdentity, requester: Requester): Promise<Result<Changed<null>, Refused>> {
  const { userId, sessionId, locale } = person;
  const { provider, subject, addressProven } = identity;
  return changeGuarded(person, requester, {
    action: "manage_factors",
    async make(tx) {
      if (!addressProven) return fail({ code: "address_unknown" });
      const linked = await tx`
        INSERT INTO linked_logins (user_id, provider, subject) VALUES (${userId}::uuid, ${provider}, ${subject}) ON CONFLICT DO NOTHING RETURNING id`;
      if (linked.length === 0) return fail({ code: "not_allowed" });
      await record(tx, { event: "login.linked", userId, sessionId, method: provider, ip: requester.ip, userAgent: requester.userAgent });
      await queueNotice(tx, { userId, template: "notice.login_linked", locale });
      return ok(null);
    },
  });
}

/** Whether an account can begin a sign-in without any other provider: with a password, or with a passkey that signs in alone. */
async function keepsFirstFactor(tx: Sql, userId: string): Promise<boolean> {
  if (!(await isPasswordUnusable(tx, userId))) return true;
  const left = await tx`
    SELECT 1 FROM usable_authenticators a JOIN passkeys p ON p.id = a.id
      WHERE a.user_id = ${userId}::uuid AND p.discoverable IS NOT FALSE AND NOT p.needs_password LIMIT 1`;
  return left.length > 0;
}

/**
 * Unlinks an account at a provider; sign-ins that it began end, and so do sessions that it opened. Refusals: those of a guarded act, `not_found`, and
 * `last_factor` where nothing else would begin a sign-in (SO-06).
 */
export async function unlinkLogin(person: Person, provider: SocialProvider, requester: Requester): Promise<Result<Changed<null>, Refused>> {
  const { userId, sessionId, locale } = person;
  return changeGuarded(person, requester, {
    action: "manage_factors",
    async make(tx) {
      if (!(await keepsFirstFactor(tx, userId))) return fail({ code: "last_factor" });
      const gone = await tx`DELETE FROM linked_logins WHERE user_id = ${userId}::uuid AND provider = ${provider} RETURNING id`;
      if (gone.length === 0) return fail({ code: "not_found" });
      await tx`DELETE FROM sessions WHERE user_id = ${userId}::uuid AND 'fed' = ANY(amr) AND id <> ${sessionId}::uuid`;
      await record(tx, { event: "login.unlinked", userId, sessionId, method: provider, ip: requester.ip, userAgent: requester.userAgent });
      await queueNotice(tx, { userId, template: "notice.login_unlinked", locale });
      return ok(null);
    },
  });
}
