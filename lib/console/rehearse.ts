import { randomUUID } from "node:crypto";
import { record } from "#lib/audit/record";
import { lastDigits, numberCountry, parseNumber } from "#lib/authenticators/phones/number";
import { accountsInUse } from "#lib/console/proven";
import type { Line, Scene, System } from "#lib/console/rehearsal-rule";
import { openRehearsed, sealRehearsed } from "#lib/crypto/number-seal";
import { isRehearsalCode } from "#lib/crypto/rehearsal-code";
import { type Sql, sql } from "#lib/db/sql";
import { hiddenWords, type Rehearsed, sendRehearsed } from "#lib/delivery/messages/rehearse";
import type { PhoneChannel } from "#lib/delivery/provider";
import { routeOf } from "#lib/delivery/provider-accounts/route-of";
import type { Locale } from "#lib/delivery/wording/texts";
import { env } from "#lib/env";
import { type Refused, tooManySends } from "#lib/errors";
import { policies } from "#lib/limits/policy";
import { takeLimits } from "#lib/limits/take";
import { commonTemplate } from "#lib/purposes/messages";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff, type Staff } from "#lib/staff/act";

/** Texts and calls of the third step of the set-up guide: sent, sent again, and what the handset showed. */

/** What is rehearsed: a handset by its line and system, or a scene. */
export type What = { scene: "handset"; line: Line; system: System } | { scene: Scene };

/** What an operator asks for; `number` in any spelling, `provider` names one account or is empty for the order of every text. */
export type RehearsalForm = { what: What; channel: PhoneChannel; number: string; consent: boolean; provider: string; locale: Locale };

const template = commonTemplate;

/** The country of a rehearsal that sends no text. */
const HOME = "JP";

type To = { e164: string; country: string } | null;
type Plan = Pick<Rehearsed, "channel" | "locale" | "only" | "leftOut"> & { what: What; to: To };

/** Which accounts the message of a scene is kept from; refused where nothing would be left out. */
async function leftOutOf({ scene }: What, channel: PhoneChannel, country: string): Promise<Result<string[], Refused>> {
  if (scene !== "first_off" && scene !== "all_down") return ok([]);
  const names = (await routeOf(channel, country, null)).map(({ name }) => name);
  const out = scene === "first_off" ? names.slice(0, 1) : names;
  return names.length > (scene === "first_off" ? 1 : 0) ? ok(out) : fail({ code: "not_allowed", reason: "too_few_accounts" });
}

/** Judges the form: a consent and a number where a text is sent, and an account in use that carries the channel where one is named. */
async function planOf({ what, channel, number, consent, provider, locale }: RehearsalForm): Promise<Result<Plan, Refused>> {
  if (what.scene === "all_down") {
    const out = await leftOutOf(what, channel, HOME);
    return out.ok ? ok({ what, channel, locale, only: null, leftOut: out.value, to: null }) : out;
  }
  if (!number.trim()) return fail({ code: "invalid_input", fields: { number: "required" } });
  const read = parseNumber(number, env().ALLOWED_COUNTRIES.split(","));
  if (!read.ok) return fail({ code: "number_not_accepted", reason: read.error });
  const { e164, country, landline } = read.value;
  if (landline && channel === "SMS") return fail({ code: "number_not_accepted", reason: "landline_needs_voice" });
  if (!consent) return fail({ code: "invalid_input", fields: { consent: "accept_risk_required" } });
  const only = what.scene === "first_off" ? null : provider || null;
  const carries = (await accountsInUse()).some(({ name, routes }) => name === only && routes.some((route) => route.channel === channel));
  if (only && !carries) return fail({ code: "invalid_input", fields: { provider: "method_not_available" } });
  const out = await leftOutOf(what, channel, country);
  return out.ok ? ok({ what, channel, locale, only, leftOut: out.value, to: { e164, country } }) : out;
}

/** A plan with the text that is sent, its code replaced. */
type Worded = Result<Plan & { wording: string }, Refused>;
const worded = async (plan: Result<Plan, Refused>): Promise<Worded> =>
  plan.ok ? ok({ ...plan.value, wording: await hiddenWords({ ...plan.value, template }) }) : plan;

/** Writes the message, its rehearsal and their event in the transaction of the act; the limit of its number is taken first. */
async function write(tx: Sql, plan: Worded, { by, subject }: Staff, requester: Requester): Promise<Result<Rehearsed, Refused>> {
  if (!plan.ok) return plan;
  const { what, channel, locale, only, leftOut, to, wording } = plan.value;
  const full = to && (await takeLimits(tx, [{ policy: policies.rehearsals, subject: to.e164 }]));
  if (full) return fail(tooManySends(full.retryAfter));
  const [id, messageId] = [randomUUID(), randomUUID()];
  const [line, system] = what.scene === "handset" ? [what.line, what.system] : [null, null];
  const digits = to && lastDigits(to.e164, 2);
  await tx`
    INSERT INTO messages (id, template, channel, locale, country, digits)
    VALUES (${messageId}::uuid, 'trial', ${channel}::channel, ${locale}, ${to?.country ?? null}, ${digits})`;
  await tx`
    INSERT INTO rehearsals (id, scene, line, system, channel, locale, number_sealed, digits, message_id, asked_of, left_out, wording, asked_by)
    VALUES (${id}::uuid, ${what.scene}, ${line}, ${system}, ${channel}::channel, ${locale}, ${to && sealRehearsed(id, to.e164)}, ${digits}, ${messageId}::uuid,
      ${only}, ${[...leftOut]}::text[], ${wording}, ${subject}::uuid)`;
  await record(tx, { event: "rehearsal.sent", method: [what.scene, line, system, by].filter(Boolean).join(" "), ...requester });
  return ok({ id, messageId, to: to?.e164 ?? "", country: to?.country ?? HOME, channel, locale, template, only, leftOut });
}

/** Hands a written rehearsal over and returns its id. */
async function handOn(written: Result<Rehearsed, Refused>): Promise<Result<string, Refused>> {
  if (!written.ok) return written;
  await sendRehearsed(written.value);
  return ok(written.value.id);
}

/**
 * Sends a rehearsal and returns its id. Refusals: those of `requireStaff`, `number_not_accepted`, `invalid_input` at its field, `too_many_sends`,
 * `not_allowed` with `too_few_accounts` where no other account could take over.
 */
export async function rehearse(acting: Acting, form: RehearsalForm, requester: Requester): Promise<Result<string, Refused>> {
  const plan = await worded(await planOf(form));
  return handOn(await actAsStaff(acting, { act: "setup.rehearse" }, (tx, staff) => write(tx, plan, staff, requester)));
}

type Stored = { scene: What["scene"]; line: Line; system: System; channel: PhoneChannel; sealed: string | null; only: string | null };

/** The plan of a stored rehearsal once more, with what is left out judged anew. */
async function planAgain(id: string, locale: Locale): Promise<Result<Plan, Refused>> {
  const [row] = await sql<Stored>`
    SELECT scene, line, system, channel, number_sealed AS sealed, asked_of AS only FROM rehearsals WHERE id = ${id}::uuid`;
  if (!row) return fail({ code: "not_found" });
  const { scene, line, system, channel, sealed, only } = row;
  if (!sealed && scene !== "all_down") return fail({ code: "not_allowed", reason: "other_state" });
  const e164 = sealed && openRehearsed(id, sealed);
  const what: What = scene === "handset" ? { scene, line, system } : { scene };
  const to = e164 ? { e164, country: numberCountry(e164) } : null;
  const out = await leftOutOf(what, channel, to?.country ?? HOME);
  return out.ok ? ok({ what, channel, locale, only, leftOut: out.value, to }) : out;
}

/** Sends a rehearsal once more to the same number. Refusals: those of `rehearse`, `not_found`, `not_allowed` with `other_state` once its number is gone. */
export async function rehearseAgain(acting: Acting, id: string, locale: Locale, requester: Requester): Promise<Result<string, Refused>> {
  const plan = await worded(await planAgain(id, locale));
  return handOn(await actAsStaff(acting, { act: "setup.rehearse" }, (tx, staff) => write(tx, plan, staff, requester)));
}

/** What a handset showed. `code` is what was typed from it, or nothing. */
export type Answer = { shown: "whole" | "broken" | "absent"; autofill: "filled" | "not_filled" | "not_tried"; code: string };

/**
 * Notes what a handset showed, once for each text. Refusals: those of `requireStaff`, `code_wrong` for digits that were not sent, `invalid_input` where
 * a code was typed from a text that did not come, `not_allowed` with `other_state` for one that is answered or was never handed over.
 */
export const confirmRehearsal = (
  acting: Acting,
  id: string,
  { shown, autofill, code: typed }: Answer,
  requester: Requester,
): Promise<Result<null, Refused>> =>
  actAsStaff(acting, { act: "setup.rehearse" }, async (tx, { by, subject }) => {
    const code = typed.normalize("NFKC").replace(/\D/g, "");
    if (code && shown === "absent") return fail({ code: "invalid_input", fields: { shown: "invalid_input" } });
    if (typed.trim() && !isRehearsalCode(id, code)) return fail({ code: "code_wrong" });
    const noted = await tx`
      UPDATE rehearsals r SET shown = ${shown}, code_typed = ${code !== ""}::boolean, confirmed_at = app_now(), confirmed_by = ${subject}::uuid,
        autofill = CASE WHEN channel = 'SMS' AND ${shown !== "absent"}::boolean THEN ${autofill} END
      WHERE id = ${id}::uuid AND confirmed_at IS NULL AND EXISTS (SELECT 1 FROM delivery_attempts a WHERE a.message_id = r.message_id AND a.status <> 'failed')
      RETURNING 1`;
    if (noted.length === 0) return fail({ code: "not_allowed", reason: "other_state" });
    await record(tx, { event: "rehearsal.confirmed", method: `${shown} ${by}`, ...requester });
    return ok(null);
  });
