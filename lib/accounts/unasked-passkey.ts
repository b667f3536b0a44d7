import { randomUUID } from "node:crypto";
import type { MakingOptions } from "#lib/accounts/passkeys";
import { record } from "#lib/audit/record";
import { PASSKEY_KIND } from "#lib/authenticators/passkeys/authenticator";
import { beginCeremony, takeCeremony } from "#lib/authenticators/passkeys/ceremony";
import { nameOfModel } from "#lib/authenticators/passkeys/list";
import { CREDENTIAL_KEY, insertPasskey, judgeNew } from "#lib/authenticators/passkeys/make";
import { makingOptions } from "#lib/authenticators/passkeys/options";
import type { Attestation } from "#lib/authenticators/passkeys/response";
import { transactionOn } from "#lib/db/in-line";
import { type Sql, sql, violatedConstraint } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { serviceName } from "#lib/delivery/wording/service";
import type { Refused } from "#lib/errors";
import { PASSKEY_OFFER, UNASKED_PASSKEY_SECONDS } from "#lib/limits/policy";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";

/**
 * From a text to a passkey: after a sign-in by text the browser makes one automatically, once in a session. It works only beside the password until
 * its first verified use; elsewhere a passkey is offered.
 */

type Person = Acting & { email: string; locale: "ja" | "en" };

/** Whether this session may make one; `tried` says whether an attempt must have been made. */
async function fits(tx: Sql, { sessionId, userId }: Acting, tried: boolean): Promise<boolean> {
  const found = await tx`
    SELECT 1 FROM sessions s WHERE s.id = ${sessionId}::uuid AND s.user_id = ${userId}::uuid AND (s.passkey_tried_at IS NOT NULL) = ${tried}::boolean
      AND s.authenticated_at > app_now() - make_interval(secs => ${UNASKED_PASSKEY_SECONDS}::int) AND 'sms' = ANY(s.amr)
      AND NOT EXISTS (SELECT 1 FROM authenticators a WHERE a.user_id = s.user_id AND a.kind = ${PASSKEY_KIND} AND a.verified_at IS NOT NULL)`;
  return found.length === 1;
}

/** Returns true if the page that makes one has something to do, for a session without an attempt. */
export const mayMakeUnasked = (acting: Acting): Promise<boolean> => fits(sql, acting, false);

/** Locks the account, so that attempts of its sessions have an order; refuses while it is restricted. */
async function refusalFor(tx: Sql, userId: string): Promise<Refused | null> {
  const [account] = await tx<{ restricted: boolean; until: string | null }>`
    SELECT coalesce(restricted_until > app_now(), false) AS restricted, CASE WHEN restricted_until <> 'infinity' THEN to_json(restricted_until)#>>'{}' END AS until
    FROM users WHERE id = ${userId}::uuid AND disabled_at IS NULL FOR NO KEY UPDATE`;
  if (!account) return { code: "unauthenticated" };
  return account.restricted ? { code: "account_restricted", until: account.until } : null;
}

/** The options for a passkey that the browser makes by itself; asked for once in a session. */
export async function beginUnasked(person: Person): Promise<Result<MakingOptions, Refused>> {
  const { userId, sessionId, email, locale } = person;
  return transactionOn(sessionId, async (tx): Promise<Result<MakingOptions, Refused>> => {
    const refused = await refusalFor(tx, userId);
    if (refused) return fail(refused);
    if (!(await fits(tx, person, false))) return fail({ code: "method_not_available" });
    const first = await tx`
      UPDATE sessions SET passkey_tried_at = app_now() WHERE id = ${sessionId}::uuid AND passkey_tried_at IS NULL RETURNING id`;
    if (first.length === 0) return fail({ code: "method_not_available" });
    const nonce = await beginCeremony({ sessionId, unasked: true }, tx);
    const account = { userId, email, service: serviceName(locale) };
    return ok(await makingOptions(nonce, account, [], "required"));
  });
}

/** Stores the passkey that the browser made by itself, and notifies the account. */
export async function confirmUnasked(
  person: Person,
  attestation: Attestation,
  requester: Requester,
): Promise<Result<{ id: string }, Refused>> {
  const { userId, sessionId, locale } = person;
  const nonce = await takeCeremony({ sessionId, unasked: true });
  const made = nonce === null ? null : await judgeNew(attestation, nonce, { unasked: true });
  try {
    return await transactionOn(sessionId, async (tx): Promise<Result<{ id: string }, Refused>> => {
      const refused = await refusalFor(tx, userId);
      if (refused) return fail(refused);
      if (!(await fits(tx, person, true))) return fail({ code: "method_not_available" });
      if (!made) return fail({ code: "code_wrong" });
      const id = randomUUID();
      await insertPasskey(tx, { id, userId, name: nameOfModel(made.aaguid), needsPassword: true }, attestation, made);
      await record(tx, { event: "passkey.added", userId, sessionId, ...requester });
      await queueNotice(tx, { userId, template: "notice.passkey_added", locale });
      return ok({ id });
    });
  } catch (error) {
    if (violatedConstraint(error) === CREDENTIAL_KEY) return fail({ code: "code_wrong" });
    throw error;
  }
}

/** Reads what the account page shows about passkeys: an automatic one that was not used yet, and whether to offer one. */
export async function readPasskeyOffer(userId: string): Promise<{ made: boolean; offered: boolean }> {
  const [row] = await sql<{ made: boolean; offered: boolean }>`
    SELECT EXISTS (SELECT 1 FROM passkeys p JOIN usable_authenticators a ON a.id = p.id WHERE a.user_id = u.id AND p.needs_password) AS made,
      coalesce(u.passkey_put_off_at <= app_now() - make_interval(secs => CASE WHEN u.passkey_put_off >= ${PASSKEY_OFFER.times}::int
        THEN ${PASSKEY_OFFER.rest}::int ELSE ${PASSKEY_OFFER.between}::int END), true) AS offered
    FROM users u WHERE u.id = ${userId}::uuid`;
  return row ?? { made: false, offered: false };
}

/** Postpones the offer; the third time in a row it rests, and begins anew after that. Does nothing while no offer is due. */
export async function putOffPasskey(userId: string): Promise<void> {
  await sql`
    UPDATE users u SET passkey_put_off = CASE WHEN u.passkey_put_off >= ${PASSKEY_OFFER.times}::int THEN 1 ELSE u.passkey_put_off + 1 END, passkey_put_off_at = app_now()
    WHERE u.id = ${userId}::uuid AND coalesce(u.passkey_put_off_at <= app_now() - make_interval(secs => CASE WHEN u.passkey_put_off >= ${PASSKEY_OFFER.times}::int
      THEN ${PASSKEY_OFFER.rest}::int ELSE ${PASSKEY_OFFER.between}::int END), true)`;
}
