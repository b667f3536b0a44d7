import { record } from "#lib/audit/record";
import { parseNumber } from "#lib/authenticators/phones/number";
import { fieldErrors, type ProviderForm, providerInput } from "#lib/console/provider-fields";
import { type Sql, sql } from "#lib/db/sql";
import { PROVIDER_TIMEOUT } from "#lib/delivery/provider";
import { allowedInside, judgeBaseUrl } from "#lib/delivery/provider-accounts/private-address";
import { moveUpIn, type Way } from "#lib/delivery/provider-accounts/routes";
import type { ProviderAccountProblem } from "#lib/delivery/provider-accounts/shape";
import {
  addProviderAccountIn,
  changeProviderAccountIn,
  listProviderAccounts,
  removeProviderAccount,
  setProviderAccountDisabled,
} from "#lib/delivery/provider-accounts/store";
import { sendTrial, type TrialState } from "#lib/delivery/provider-accounts/trial";
import { exchange } from "#lib/delivery/providers/http";
import { listen, type Said } from "#lib/delivery/providers/said";
import type { Locale } from "#lib/delivery/wording/texts";
import { env } from "#lib/env";
import type { Refused } from "#lib/errors";
import { fail, ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";

/** Provider accounts from the console: the same rules as the command, with the guard of staff and an event for every act. */

type ProviderEvent = "added" | "changed" | "disabled" | "enabled" | "removed" | "ordered" | "tried";

const noted = (tx: Sql, event: ProviderEvent, name: string, by: string) =>
  record(tx, { event: `provider.${event}`, method: `${name} ${by}`, ip: "", userAgent: "" });

const refusedBy = (found: readonly ProviderAccountProblem[]): Refused => ({ code: "invalid_input", fields: fieldErrors(found) });

/** Refuses a base address inside the operator's network; a name that does not resolve is refused too, because its address is unknown. */
async function refusedAddress({ baseUrl }: Pick<ProviderForm, "baseUrl">): Promise<Refused | null> {
  if (!baseUrl?.trim()) return null;
  const led = await judgeBaseUrl(baseUrl.trim(), allowedInside());
  return led === "public"
    ? null
    : { code: "invalid_input", fields: { baseUrl: led === "private" ? "address_private" : "address_unknown" } };
}

/** Adds an account; returns its name. Refusals: those of `requireStaff`, and what is wrong at its field. */
export async function addProvider(acting: Acting, form: ProviderForm): Promise<Result<string, Refused>> {
  const refused = await refusedAddress(form);
  return actAsStaff(acting, { act: "providers.add" }, async (tx, { by }) => {
    if (refused) return fail(refused);
    const added = await addProviderAccountIn(tx, providerInput(form));
    if (!added.ok) return fail(refusedBy(added.error));
    await noted(tx, "added", added.value.name, by);
    return ok(added.value.name);
  });
}

/** Changes an account; a secret that is left empty stays as it is stored. */
export async function changeProvider(acting: Acting, form: ProviderForm): Promise<Result<string, Refused>> {
  const refused = await refusedAddress(form);
  return actAsStaff(acting, { act: "providers.change" }, async (tx, { by }) => {
    if (refused) return fail(refused);
    const { name, kind, ...input } = providerInput(form);
    const changed = await changeProviderAccountIn(tx, name, input);
    if (!changed.ok) return fail(refusedBy(changed.error));
    await noted(tx, "changed", name, by);
    return ok(name);
  });
}

/** What one button does to an account. */
export const providerActs = ["disable", "enable", "remove", "up"] as const;
export type ProviderAct = (typeof providerActs)[number];

const EVENTS: Record<ProviderAct, ProviderEvent> = { disable: "disabled", enable: "enabled", remove: "removed", up: "ordered" };

/** Moves an account one place up on one way, or on every way that it has a rule for. */
async function up(tx: Sql, name: string, way: Way | null): Promise<Result<null, null>> {
  const [line] = await listProviderAccounts(name, tx);
  const ways = way ? [way] : (line?.routes ?? []);
  let moved = false;
  for (const one of ways) moved = (await moveUpIn(tx, name, one)) || moved;
  return moved ? ok(null) : fail(null);
}

/** Disables, enables, removes an account or moves it up on one way, or on all of its ways. Refusals: those of `requireStaff`, `no_change`. */
export const actOnProvider = (acting: Acting, name: string, act: ProviderAct, way: Way | null = null): Promise<Result<null, Refused>> =>
  actAsStaff(acting, { act: `providers.${act}` }, async (tx, { by }) => {
    const done =
      act === "up"
        ? await up(tx, name, way)
        : act === "remove"
          ? await removeProviderAccount(name, tx)
          : await setProviderAccountDisabled(name, act === "disable", tx);
    if (!done.ok) return fail({ code: "not_allowed", reason: "no_change" });
    await noted(tx, EVENTS[act], name, by);
    return ok(null);
  });

/** Sends a real text, or a call to a landline, by one account. `number` is in any spelling; the event says which account and never the number. */
export async function tryProvider(
  acting: Acting,
  { name, number, locale }: { name: string; number: string; locale: Locale },
): Promise<Result<TrialState, Refused>> {
  const read = parseNumber(number, env().ALLOWED_COUNTRIES.split(","));
  const allowed = await actAsStaff(acting, { act: "providers.test" }, async (tx, { by }) => {
    if (!read.ok) return fail({ code: "number_not_accepted", reason: read.error });
    await noted(tx, "tried", name, by);
    return ok(read.value);
  });
  if (!allowed.ok) return allowed;
  const { e164: to, landline } = allowed.value;
  const sent = await sendTrial({ name, to, channel: landline ? "VOICE" : "SMS", locale });
  return sent.ok ? sent : fail({ code: sent.error === "no_account" ? "not_found" : "method_not_available" });
}

/** How a callback to our own receipt address went: it arrived, something else answered, or no answer came. */
export type CallbackTrial = { is: "arrived" } | { is: "answered"; status: number } | { is: "silent"; said: Said | null };

/** Sends a callback to the public receipt address of an account, as a provider does, and looks whether it arrived in the database. */
export async function tryCallback(acting: Acting, name: string): Promise<Result<CallbackTrial, Refused>> {
  const allowed = await actAsStaff(acting, { act: "providers.test_callback" }, async (tx, { by }) => {
    const [line] = await listProviderAccounts(name, tx);
    if (!line?.receipts) return fail({ code: "not_found" });
    await noted(tx, "tried", name, by);
    return ok(line.receipts);
  });
  if (!allowed.ok) return allowed;
  const before = await callbackSeen(name);
  const address = `${allowed.value}&probe`;
  const { value: answer, said } = await listen([], () =>
    exchange(address, { method: "POST" }, AbortSignal.timeout(PROVIDER_TIMEOUT), "anywhere"),
  );
  if ((await callbackSeen(name)) !== before) return ok({ is: "arrived" });
  return ok(answer.ok ? { is: "answered", status: answer.status } : { is: "silent", said });
}

/** When a callback that the operator sent last arrived; null where none did. ISO 8601 to the microsecond. */
export async function callbackSeen(name: string): Promise<string | null> {
  const [row] = await sql<{ at: string | null }>`
    SELECT to_json(callback_seen_at)#>>'{}' AS at FROM provider_accounts WHERE name = ${name}`;
  return row?.at ?? null;
}

/** A trial of an account as its row tells it; times are ISO 8601, `seconds` from the hand-over to the last state. */
export type Trial = {
  id: string;
  provider: string;
  channel: "SMS" | "VOICE";
  at: string;
  status: "queued" | "sent" | "delivered" | "undelivered" | "failed";
  reason: string | null;
  carrier: string | null;
  seconds: number;
};

/** Lists the newest trials, of one account or of all. */
export const listTrials = (name: string | null, count: number): Promise<Trial[]> => sql<Trial>`
  SELECT a.id, a.provider, m.channel, to_json(a.started_at)#>>'{}' AS at, a.status, a.reason, a.carrier,
    extract(epoch FROM a.status_at - a.started_at)::float AS seconds
  FROM delivery_attempts a JOIN messages m ON m.id = a.message_id AND m.created_at = a.message_at
  WHERE m.template = 'trial' AND (${name}::text IS NULL OR a.provider = ${name}) AND a.started_at > app_now() - interval '30 days'
  ORDER BY a.started_at DESC LIMIT ${count}::int`;

/** When the last receipt of an account came that changed a text after its hand-over; null where none did within 30 days. ISO 8601. */
export async function lastReceipt(name: string): Promise<string | null> {
  const [row] = await sql<{ at: string | null }>`
    SELECT to_json(max(status_at))#>>'{}' AS at FROM delivery_attempts
    WHERE provider = ${name} AND ended_at IS NOT NULL AND status_at > ended_at AND status IN ('delivered', 'undelivered')
      AND started_at > app_now() - interval '30 days'`;
  return row?.at ?? null;
}
