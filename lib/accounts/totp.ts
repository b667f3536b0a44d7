import { randomUUID } from "node:crypto";
import { record } from "#lib/audit/record";
import { hasAnotherFactor } from "#lib/authenticators/last-factor";
import { answeredStep, spendStep, TOTP_KIND } from "#lib/authenticators/totp/authenticator";
import { newSeed, openSeed, sealSeed, uriOf } from "#lib/authenticators/totp/seed";
import { parseOtp } from "#lib/crypto/codes";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { serviceName } from "#lib/delivery/wording/service";
import type { Refused } from "#lib/errors";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { endSessionsOfFactor } from "#lib/sessions/end-session";
import { type Changed, changeGuarded } from "#lib/sessions/guarded-change";
import { type Acting, requireStepUp, steppedUpUntil } from "#lib/sessions/step-up";

/** The authenticator app of a signed-in person: added, replaced and removed, each after step-up (TO-03). */

type Person = Acting & { email: string; locale: string };

/** What an app is set up with; shown until its first code is confirmed and never again. */
export type NewApp = { secret: string; uri: string };

/** Makes a seed that waits for its first code, in place of one that still waits; an app in use goes on until then. */
export async function beginTotp(person: Person): Promise<Result<NewApp, Refused>> {
  return transaction(async (tx): Promise<Result<NewApp, Refused>> => {
    const allowed = await requireStepUp(tx, person, "manage_factors");
    if (!allowed.ok) return allowed;
    return ok(await makeSeed(tx, person));
  });
}

/** The account name that the app shows. */
type Named = Pick<Person, "userId" | "email" | "locale">;

/** Writes a seed that waits for its first code, in place of one that still waits. */
export async function makeSeed(tx: Sql, person: Named): Promise<NewApp> {
  const { userId } = person;
  const [id, secret] = [randomUUID(), newSeed()];
  await tx`DELETE FROM authenticators WHERE user_id = ${userId}::uuid AND kind = ${TOTP_KIND} AND verified_at IS NULL`;
  await tx`
    WITH made AS (INSERT INTO authenticators (id, user_id, kind) VALUES (${id}::uuid, ${userId}::uuid, ${TOTP_KIND}) RETURNING id)
    INSERT INTO totp (id, seed_sealed) SELECT id, ${sealSeed(id, userId, secret)} FROM made`;
  return appOf(secret, person);
}

const appOf = (secret: string, person: Named): NewApp => ({
  secret,
  uri: uriOf(secret, { service: service(person), email: person.email }),
});

const service = ({ locale }: Named): string => serviceName(locale === "en" ? "en" : "ja");

/** The seed that waits for its first code, for a page of a session that stepped up; null where there is none. */
export async function pendingTotp(person: Person): Promise<NewApp | null> {
  return (await steppedUpUntil(sql, person, "manage_factors")) ? seedWaiting(person) : null;
}

/** Returns the seed of an account that waits for its first code, for a caller that has checked whether it may be shown. */
export async function seedWaiting(person: Named): Promise<NewApp | null> {
  const [row] = await sql<{ id: string; sealed: string }>`
    SELECT a.id, t.seed_sealed AS sealed FROM authenticators a JOIN totp t ON t.id = a.id
    WHERE a.user_id = ${person.userId}::uuid AND a.kind = ${TOTP_KIND} AND a.verified_at IS NULL`;
  if (!row) return null;
  return appOf(openSeed(row.id, person.userId, row.sealed), person);
}

/** Takes a waiting app into use by its first code, which is spent with that; the app that it replaces goes, and the sessions that rest on it end. */
export async function confirmTotp(person: Person, typed: string, requester: Requester): Promise<Result<Changed<null>, Refused>> {
  const code = parseOtp(typed);
  const { userId, sessionId, locale } = person;
  return changeGuarded(person, requester, {
    action: "manage_factors",
    async make(tx) {
      const [pending] = await tx<{ id: string }>`
        SELECT id FROM authenticators WHERE user_id = ${userId}::uuid AND kind = ${TOTP_KIND} AND verified_at IS NULL FOR UPDATE`;
      if (!pending) return fail({ code: "not_found" });
      const step = code === null ? null : await answeredStep(pending.id, userId, code, tx);
      if (step === null || !(await spendStep(tx, pending.id, step))) return fail({ code: "code_wrong" });
      await takeOff(tx, person);
      await tx`UPDATE authenticators SET verified_at = app_now() WHERE id = ${pending.id}::uuid`;
      await record(tx, { event: "totp.added", userId, sessionId, ...requester });
      await queueNotice(tx, { userId, template: "notice.totp_added", locale });
      return ok(null);
    },
  });
}

/** Takes the app in use off its account with the sessions that rest on it; false where there is none. */
async function takeOff(tx: Sql, { userId, sessionId }: Person): Promise<boolean> {
  const [gone] = await tx<{ id: string }>`
    DELETE FROM authenticators WHERE user_id = ${userId}::uuid AND kind = ${TOTP_KIND} AND verified_at IS NOT NULL RETURNING id`;
  if (gone) await endSessionsOfFactor(tx, userId, gone.id, sessionId);
  return gone !== undefined;
}

/** Removes the app, never the last second factor (409 `last_factor`, FA-01). The sessions that rest on it end. */
export async function removeTotp(person: Person, requester: Requester): Promise<Result<Changed<null>, Refused>> {
  const { userId, sessionId, locale } = person;
  return changeGuarded(person, requester, {
    action: "manage_factors",
    async make(tx) {
      const [app] = await tx<{ id: string }>`
        SELECT id FROM authenticators WHERE user_id = ${userId}::uuid AND kind = ${TOTP_KIND} AND verified_at IS NOT NULL`;
      if (!app) return fail({ code: "not_found" });
      if (!(await hasAnotherFactor(tx, userId, app.id))) return fail({ code: "last_factor" });
      await takeOff(tx, person);
      await record(tx, { event: "totp.removed", userId, sessionId, ...requester });
      await queueNotice(tx, { userId, template: "notice.totp_removed", locale });
      return ok(null);
    },
  });
}

/** The app of an account as its owner sees it; times are ISO 8601. `disabled`: a hundred failures have disabled it. */
export type TotpLine = { enrolledAt: string; lastUsedAt: string | null; disabled: boolean };

export async function readTotp(userId: string): Promise<TotpLine | null> {
  const [row] = await sql<{ verifiedAt: Date; lastUsedAt: Date | null; disabled: boolean }>`
    SELECT verified_at, last_used_at, disabled_at IS NOT NULL AS disabled FROM authenticators WHERE user_id = ${userId}::uuid AND kind = ${TOTP_KIND} AND verified_at IS NOT NULL`;
  if (!row) return null;
  return { enrolledAt: row.verifiedAt.toISOString(), lastUsedAt: row.lastUsedAt?.toISOString() ?? null, disabled: row.disabled };
}
