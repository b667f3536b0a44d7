import { randomUUID } from "node:crypto";
import { record } from "#lib/audit/record";
import { hasAnotherFactor } from "#lib/authenticators/last-factor";
import { PASSKEY_KIND } from "#lib/authenticators/passkeys/authenticator";
import { beginCeremony, takeCeremony } from "#lib/authenticators/passkeys/ceremony";
import { listPasskeys, namedPasskeys, nameOfModel, type PasskeyLine } from "#lib/authenticators/passkeys/list";
import { CREDENTIAL_KEY, insertPasskey, judgeNew } from "#lib/authenticators/passkeys/make";
import { makingOptions, signingOptions } from "#lib/authenticators/passkeys/options";
import type { Attestation } from "#lib/authenticators/passkeys/response";
import { transaction, violatedConstraint } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { serviceName } from "#lib/delivery/wording/service";
import type { Refused } from "#lib/errors";
import { PASSKEYS_PER_ACCOUNT } from "#lib/limits/policy";
import { readChallenge } from "#lib/purposes/challenges";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { endSessionsOfFactor } from "#lib/sessions/end-session";
import { type Changed, changeGuarded } from "#lib/sessions/guarded-change";
import { type Acting, requireStepUp } from "#lib/sessions/step-up";

/** The passkeys of a signed-in person: added, named and removed, each after step-up (WA-02). */

type Person = Acting & { email: string; locale: string };

export type MakingOptions = Awaited<ReturnType<typeof makingOptions>>;
export type SigningOptions = Awaited<ReturnType<typeof signingOptions>>;

/** The options for a new passkey; their nonce belongs to this session and is taken by the first answer. */
export async function beginPasskey(person: Person): Promise<Result<MakingOptions, Refused>> {
  const { userId, sessionId, email, locale } = person;
  return transaction(async (tx): Promise<Result<MakingOptions, Refused>> => {
    const allowed = await requireStepUp(tx, person, "manage_factors");
    if (!allowed.ok) return allowed;
    const known = await namedPasskeys(userId, tx);
    if (known.length >= PASSKEYS_PER_ACCOUNT) return fail({ code: "too_many_passkeys" });
    const service = serviceName(locale === "en" ? "en" : "ja");
    return ok(await makingOptions(await beginCeremony({ sessionId }, tx), { userId, email, service }, known));
  });
}

/** Adds the passkey that a browser made for this session; its name is the person's, or what its model is called. */
export async function confirmPasskey(
  person: Person,
  { attestation, name }: { attestation: Attestation; name?: string | undefined },
  requester: Requester,
): Promise<Result<Changed<{ id: string }>, Refused>> {
  const { userId, sessionId, locale } = person;
  const nonce = await takeCeremony({ sessionId });
  const made = nonce === null ? null : await judgeNew(attestation, nonce);
  try {
    return await changeGuarded(person, requester, {
      action: "manage_factors",
      async make(tx): Promise<Result<{ id: string }, Refused>> {
        if (!made) return fail({ code: "code_wrong" });
        if ((await namedPasskeys(userId, tx)).length >= PASSKEYS_PER_ACCOUNT) return fail({ code: "too_many_passkeys" });
        const id = randomUUID();
        await insertPasskey(tx, { id, userId, name: name?.trim() || nameOfModel(made.aaguid) }, attestation, made);
        await record(tx, { event: "passkey.added", userId, sessionId, ...requester });
        await queueNotice(tx, { userId, template: "notice.passkey_added", locale });
        return ok({ id });
      },
    });
  } catch (error) {
    if (violatedConstraint(error) === CREDENTIAL_KEY) return fail({ code: "code_wrong" });
    throw error;
  }
}

/** Names a passkey; an empty name takes its name away. */
export async function renamePasskey(person: Person, id: string, name: string, requester: Requester): Promise<Result<PasskeyLine, Refused>> {
  const { userId, sessionId } = person;
  return transaction(async (tx): Promise<Result<PasskeyLine, Refused>> => {
    const allowed = await requireStepUp(tx, person, "manage_factors");
    if (!allowed.ok) return allowed;
    const named = await tx`
      UPDATE authenticators SET name = nullif(${name.trim().slice(0, 40)}, '') WHERE id = ${id}::uuid AND user_id = ${userId}::uuid AND kind = ${PASSKEY_KIND} RETURNING id`;
    if (named.length === 0) return fail({ code: "not_found" });
    await record(tx, { event: "passkey.changed", userId, sessionId, ...requester });
    const line = (await listPasskeys(userId, tx)).find((one) => one.id === id);
    return line ? ok(line) : fail({ code: "not_found" });
  });
}

/** Removes a passkey of the account, never its last second factor (409 `last_factor`, FA-01). The sessions that rest on it end. */
export async function removePasskey(person: Person, id: string, requester: Requester): Promise<Result<Changed<null>, Refused>> {
  const { userId, sessionId, locale } = person;
  return changeGuarded(person, requester, {
    action: "manage_factors",
    async make(tx) {
      const [mine] =
        await tx`SELECT 1 FROM authenticators WHERE id = ${id}::uuid AND user_id = ${userId}::uuid AND kind = ${PASSKEY_KIND} FOR UPDATE`;
      if (!mine) return fail({ code: "not_found" });
      if (!(await hasAnotherFactor(tx, userId, id))) return fail({ code: "last_factor" });
      await tx`DELETE FROM authenticators WHERE id = ${id}::uuid`;
      await endSessionsOfFactor(tx, userId, id, sessionId);
      await record(tx, { event: "passkey.removed", userId, sessionId, ...requester });
      await queueNotice(tx, { userId, template: "notice.passkey_removed", locale });
      return ok(null);
    },
  });
}

/** The options to answer the challenge of a token with a passkey of its account; a new nonce each time. */
export async function challengeOptions(token: string): Promise<Result<SigningOptions, Refused>> {
  const found = await readChallenge(token);
  if (!found || found.state === "replaced") return fail({ code: "challenge_missing" });
  if (found.state === "expired") return fail({ code: "challenge_expired" });
  if (found.state === "exhausted") return fail({ code: "too_many_attempts", retryAfter: 1 });
  if (!found.view.methods.some(({ method }) => method === "passkey")) return fail({ code: "method_not_available" });
  return transaction(async (tx): Promise<Result<SigningOptions, Refused>> => {
    const [row] = await tx<{ userId: string | null }>`
      SELECT user_id FROM challenges WHERE id = ${found.id}::uuid AND consumed_at IS NULL AND voided_at IS NULL FOR KEY SHARE`;
    if (!row) return fail({ code: "challenge_missing" });
    const nonce = await beginCeremony({ challengeId: found.id }, tx);
    return ok(await signingOptions(nonce, await namedPasskeys(row.userId, tx), "preferred"));
  });
}
