import { randomUUID } from "node:crypto";
import type { DeliveryStatus } from "#lib/db/generated/enums";
import { sql } from "#lib/db/sql";
import { listAccounts } from "#lib/delivery/accounts";
import { attempt, type Candidate } from "#lib/delivery/attempt";
import { connectionOf } from "#lib/delivery/connections";
import { type Delivery, type PhoneChannel, PROVIDER_TIMEOUT } from "#lib/delivery/provider";
import { endMessage, recordReceipt } from "#lib/delivery/record";
import { segmentsOf } from "#lib/delivery/segments";
import { serviceOf } from "#lib/delivery/service";
import { type Locale, trialGreeting, trialText } from "#lib/delivery/texts";
import type { DeliveryError } from "#lib/errors";
import { fail, ok, type Result } from "#lib/result";

/** A real text or call through one named account, whatever its order, to see that it arrives. */
export type Trial = { name: string; to: string; channel: PhoneChannel; locale: Locale };

export type TrialState = { attemptId: string; status: DeliveryStatus; reason: DeliveryError | null; ref: string | null };

/** Hands a trial over and records it like any message; refused where the account does not carry the channel. `to` is E.164. */
export async function sendTrial(trial: Trial): Promise<Result<TrialState, string>> {
  const [line] = await listAccounts(trial.name);
  if (!line) return fail(`There is no account ${trial.name}.`);
  if (!line.routes.some((route) => route.channel === trial.channel))
    return fail(`${trial.name} does not carry ${trial.channel.toLowerCase()}.`);
  const [row] = await sql<{ version: number }>`SELECT version FROM provider_accounts WHERE id = ${line.id}::uuid`;
  const account: Candidate = { ...line, version: row?.version ?? 1, ailing: line.down.length > 0, braked: false };
  const messageId = randomUUID();
  await sql`INSERT INTO messages (id, template, channel, locale) VALUES (${messageId}::uuid, 'trial', ${trial.channel}::channel, ${trial.locale})`;
  const service = serviceOf(trial.locale);
  const text = trialText(trial.locale, service);
  const common = { to: trial.to, text, code: "", locale: trial.locale, validSeconds: 600 };
  const said =
    trial.channel === "SMS"
      ? { channel: "SMS" as const, ...common }
      : { channel: "VOICE" as const, ...common, greeting: trialGreeting(trial.locale, service) };
  const segments = trial.channel === "SMS" ? segmentsOf(text) : null;
  const deliveryOf = (attemptId: string) => ({ ...said, attemptId }) as Delivery;
  const outcome = await attempt(account, { messageId, channel: trial.channel, segments, deliveryOf }, 0);
  if (outcome === "skipped") return fail(`${trial.name} cannot be used: it was removed, or its secrets do not open with these APP_KEYS.`);
  if (outcome !== "done") await endMessage(messageId, outcome);
  const [made] = await sql<{ id: string }>`SELECT id FROM delivery_attempts WHERE message_id = ${messageId}::uuid`;
  const state = made && (await trialState(made.id));
  return state ? ok(state) : fail("The attempt was not recorded.");
}

/** What is known of a trial now. */
export async function trialState(attemptId: string): Promise<TrialState | null> {
  const [row] = await sql<
    Omit<TrialState, "attemptId">
  >`SELECT status, reason, provider_ref AS ref FROM delivery_attempts WHERE id = ${attemptId}::uuid`;
  return row ? { attemptId, ...row } : null;
}

/** Asks the provider of a trial, where it can be asked; its receipts come by themselves as well. */
export async function askAboutTrial({ attemptId, ref }: TrialState, channel: PhoneChannel): Promise<void> {
  const [row] = await sql<{ id: string; version: number }>`
    SELECT p.id, p.version FROM delivery_attempts a JOIN provider_accounts p ON p.id = a.account_id WHERE a.id = ${attemptId}::uuid`;
  const provider = row && (await connectionOf(row)).provider;
  const found = await provider?.check?.({ attemptId, ref, channel }, AbortSignal.timeout(PROVIDER_TIMEOUT)).catch(() => undefined);
  if (row && found && found.status !== "unknown" && found.status !== "absent")
    await recordReceipt(row.id, { attemptId, status: found.status, ...("reason" in found ? { reason: found.reason } : {}) });
}
