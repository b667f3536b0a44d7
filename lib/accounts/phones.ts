import { type BindPhone, pendingTarget, readNumber } from "#lib/accounts/bind-phone";
import { record } from "#lib/audit/record";
import { recordRefusal } from "#lib/audit/refused";
import { noteChange } from "#lib/authenticators/changes";
import { hasAnotherFactor } from "#lib/authenticators/last-factor";
import { brakeBlock } from "#lib/authenticators/phones/count-new-number";
import { type PhoneLine, readPhone } from "#lib/authenticators/phones/list-phones";
import { removePhone as takeOff } from "#lib/authenticators/phones/removed-phone";
import { refusedSend, takeSendLimits } from "#lib/authenticators/phones/send-limits";
import type { OpenedChallenge } from "#lib/challenges/challenge";
import { OPEN_RACE, openChallenge } from "#lib/challenges/open";
import { transactionOn } from "#lib/db/in-line";
import { retryOn, rollback, type Sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { type Refused, tooManySends } from "#lib/errors";
import { BRAKE, PHONES_PER_ACCOUNT, policies } from "#lib/limits/policy";
import { bindPhonePurpose as purpose } from "#lib/purposes/bind-phone";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { endSessionsOfFactor } from "#lib/sessions/end-session";
import { type Changed, changeGuarded } from "#lib/sessions/guarded-change";
import { deviceOf } from "#lib/sessions/known-device";
import { type Acting, requireStepUp } from "#lib/sessions/step-up";

type Person = Acting & { locale: string };

/** The phones of a signed-in person: added, replaced, named, preferred and removed, each after step-up (PSTN-04). */

type Add = Omit<BindPhone, "drawnFor"> & { replaces?: string | undefined; returnTo?: string | null };
type Begun = Result<OpenedChallenge, Refused> | { refused: { policy: string; answer: Refused } };

/**
 * Sends a code to a further number of the account, or to the one that replaces another. The old number and the addresses are notified of a
 * replacement at once, before anything changes; it happens when the code is right, and can be undone.
 */
export async function addPhone(person: Person, input: Add, requester: Requester): Promise<Result<OpenedChallenge, Refused>> {
  const number = await readNumber(input);
  const deviceId = await deviceOf(person.userId, requester.deviceToken);
  const { userId, sessionId, locale } = person;
  const channel = input.channel === "sms" ? "SMS" : "VOICE";
  const begun = await retryOn([OPEN_RACE], () =>
    transactionOn(userId, async (tx): Promise<Begun> => {
      // Locks the earlier challenge first, as every transaction does, because it may be sending to the pending number.
      await tx`
        UPDATE challenges SET voided_at = app_now() WHERE user_id = ${userId}::uuid AND purpose = ${purpose.name}::purpose AND consumed_at IS NULL AND voided_at IS NULL`;
      const allowed = await requireStepUp(tx, person, "manage_factors");
      if (!allowed.ok) return rollback(allowed);
      const refused = await phonesRefusal(tx, userId, input.replaces);
      if (refused) return rollback(fail<Refused>(refused));
      if (!number.ok) return rollback(number);
      const { target, others, pumped } = await pendingTarget(tx, userId, number.value, channel);
      const asked = { sessionId, replaces: input.replaces ?? null };
      const opened = await openChallenge(tx, { purpose, userId, locale, returnTo: input.returnTo ?? null, asked, target });
      const held = await takeSendLimits(tx, target, { userId, ip: requester.ip, deviceId }, { others });
      if (held) return rollback({ refused: { policy: held.policy, answer: refusedSend(held) } });
      if (pumped)
        return rollback({
          refused: { policy: policies.numbersPerBlock.name, answer: tooManySends(BRAKE.numberBlock) },
        });
      if (input.replaces) await queueNotice(tx, { userId, template: "notice.phone_change_started", locale });
      return ok(opened);
    }),
  );
  if (!("refused" in begun)) return begun;
  const { policy, answer } = begun.refused;
  if (policy === policies.numbersPerBlock.name && number.ok) await brakeBlock(number.value.e164, number.value.country);
  await recordRefusal({ event: "send.refused", reason: policy, ip: requester.ip, userId });
  return fail(answer);
}

/** Why an account may not have one more phone, or not replace the named one. */
async function phonesRefusal(tx: Sql, userId: string, replaces: string | undefined): Promise<Refused | null> {
  const phones = await tx<{
    id: string;
  }>`SELECT id FROM account_phones WHERE user_id = ${userId}::uuid AND verified_at IS NOT NULL LIMIT 10`;
  if (replaces) return phones.some(({ id }) => id === replaces) ? null : { code: "not_found" };
  return phones.length >= PHONES_PER_ACCOUNT ? { code: "too_many_phones" } : null;
}

/** Names a phone, prefers it, or changes how it gets its codes; a landline keeps its calls. */
export async function changePhone(
  person: Person,
  phoneId: string,
  input: { name?: string | undefined; default?: boolean | undefined; channel?: "sms" | "voice" | undefined },
  requester: Requester,
): Promise<Result<PhoneLine, Refused>> {
  const { userId, sessionId } = person;
  return transaction(async (tx): Promise<Result<PhoneLine, Refused>> => {
    const allowed = await requireStepUp(tx, person, "manage_factors");
    if (!allowed.ok) return allowed;
    const before = await readPhone(tx, userId, phoneId);
    if (!before) return fail({ code: "not_found" });
    if (before.voiceOnly && input.channel === "sms") return fail({ code: "number_not_accepted", reason: "landline_needs_voice" });
    if (input.default)
      await tx`UPDATE phones SET preferred = false FROM authenticators a WHERE a.id = phones.id AND a.user_id = ${userId}::uuid AND preferred`;
    const name = input.name === undefined ? null : input.name.trim().slice(0, 40);
    const channel = input.channel === undefined ? null : input.channel === "sms" ? "SMS" : "VOICE";
    await tx`
      WITH named AS (UPDATE authenticators SET name = CASE WHEN ${name}::text IS NULL THEN name ELSE nullif(${name}::text, '') END WHERE id = ${phoneId}::uuid)
      UPDATE phones SET preferred = CASE WHEN ${input.default ?? null}::boolean IS NULL THEN preferred ELSE ${input.default ?? null}::boolean END,
        channel = coalesce(${channel}::channel, channel) WHERE id = ${phoneId}::uuid`;
    await record(tx, { event: "phone.changed", userId, sessionId, ...requester });
    const after = await readPhone(tx, userId, phoneId);
    return after ? ok(after) : fail({ code: "not_found" });
  });
}

/**
 * Removes a phone, never the last second factor (409 `last_factor`, FA-01). The sessions that rest on it end, its number is notified, and the
 * removal can be undone.
 */
export async function removePhone(person: Person, phoneId: string, requester: Requester): Promise<Result<Changed<null>, Refused>> {
  const { userId, sessionId, locale } = person;
  return changeGuarded(person, requester, {
    action: "manage_factors",
    async make(tx) {
      const [mine] =
        await tx`SELECT 1 FROM account_phones WHERE id = ${phoneId}::uuid AND user_id = ${userId}::uuid AND verified_at IS NOT NULL`;
      if (!mine) return fail({ code: "not_found" });
      if (!(await hasAnotherFactor(tx, userId, phoneId))) return fail({ code: "last_factor" });
      const change = await noteRemoval(tx, userId, phoneId, locale);
      if (!change) return fail({ code: "not_found" });
      await endSessionsOfFactor(tx, userId, phoneId, sessionId);
      await record(tx, { event: "phone.removed", userId, sessionId, ...requester });
      return ok(null);
    },
  });
}

async function noteRemoval(tx: Sql, userId: string, phoneId: string, locale: string): Promise<string | null> {
  const removed = await takeOff(tx, userId, phoneId);
  if (!removed) return null;
  const change = await noteChange(tx, { userId, kind: "phone_removed", removed });
  const gone = [{ id: removed.id, country: String(removed.columns.country), sealed: removed.sealed }];
  await queueNotice(tx, { userId, template: "notice.phone_removed", locale, change, ...(removed.columns.voiceOnly ? {} : { gone }) });
  return change;
}
