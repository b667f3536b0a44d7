import { randomUUID } from "node:crypto";
import type { DeliveryStatus } from "#lib/db/generated/enums";
import { sql } from "#lib/db/sql";
import { attempt, type Candidate } from "#lib/delivery/messages/attempt";
import { endMessage, recordReceipt } from "#lib/delivery/messages/record";
import { type Delivery, type PhoneChannel, PROVIDER_TIMEOUT } from "#lib/delivery/provider";
import { connectionOf } from "#lib/delivery/provider-accounts/connections";
import { listProviderAccounts, secretsOf } from "#lib/delivery/provider-accounts/store";
import { listen, type Said } from "#lib/delivery/providers/said";
import { segmentsOf } from "#lib/delivery/wording/segments";
import { serviceOf } from "#lib/delivery/wording/service";
import { type Locale, trialText } from "#lib/delivery/wording/texts";
import { trialGreeting } from "#lib/delivery/wording/voice";
import type { DeliveryError } from "#lib/errors";
import { fail, ok, type Result } from "#lib/result";

/** A test of one named account by a real text or call, independent of its routing order. */
type Trial = { name: string; to: string; channel: PhoneChannel; locale: Locale };

/** `said`: the provider's answer to the hand-over or the last status query, without secrets; null if it gave none. */
export type TrialState = { attemptId: string; status: DeliveryStatus; reason: DeliveryError | null; ref: string | null; said: Said | null };

/** Why a trial did not begin: unknown account, channel not carried, secrets that do not open, or an account removed meanwhile. */
export type TrialProblem = "no_account" | "not_carried" | "unusable" | "not_recorded";

/** Hands a trial over and records it like any message; refused if the account does not carry the channel. `to` is E.164. */
export async function sendTrial(trial: Trial): Promise<Result<TrialState, TrialProblem>> {
  const [line] = await listProviderAccounts(trial.name);
  if (!line) return fail("no_account");
  if (!line.routes.some((route) => route.channel === trial.channel)) return fail("not_carried");
  const [row] = await sql<{ version: number }>`SELECT version FROM provider_accounts WHERE id = ${line.id}::uuid`;
  const account: Candidate = { ...line, version: row?.version ?? 1, failing: line.down.length > 0, halfOpen: false };
  const messageId = randomUUID();
  await sql`INSERT INTO messages (id, template, channel, locale) VALUES (${messageId}::uuid, 'trial', ${trial.channel}::channel, ${trial.locale})`;
  const service = serviceOf(trial.locale);
  const text = trialText(trial.locale, service);
  const common = { to: trial.to, text, code: "", locale: trial.locale, validSeconds: 600 };
  const spoken =
    trial.channel === "SMS"
      ? { channel: "SMS" as const, ...common }
      : { channel: "VOICE" as const, ...common, greeting: trialGreeting(trial.locale, service) };
  const segments = trial.channel === "SMS" ? segmentsOf(text) : null;
  const deliveryOf = (attemptId: string) => ({ ...spoken, attemptId }) as Delivery;
  const handed = { messageId, channel: trial.channel, segments, deliveryOf };
  const { value: outcome, said } = await listen([...(await secretsOf(line.id)), ...spellingsOf(trial.to)], () =>
    attempt(account, handed, 0),
  );
  if (outcome === "skipped") return fail("unusable");
  if (outcome !== "done") await endMessage(messageId, outcome);
  const [made] = await sql<{ id: string }>`SELECT id FROM delivery_attempts WHERE message_id = ${messageId}::uuid`;
  const state = made && (await trialState(made.id));
  return state ? ok({ ...state, said }) : fail("not_recorded");
}

/** Spellings of a number that a provider may repeat: international digits and national digits. */
const spellingsOf = (e164: string): string[] => [e164.slice(1), e164.slice(-8)];

export async function trialState(attemptId: string): Promise<TrialState | null> {
  const [row] = await sql<
    Omit<TrialState, "attemptId" | "said">
  >`SELECT status, reason, provider_ref AS ref FROM delivery_attempts WHERE id = ${attemptId}::uuid`;
  return row ? { attemptId, ...row, said: null } : null;
}

/** Queries the provider of a trial, if it supports queries, and returns its answer; receipts also arrive on their own. */
export async function askAboutTrial({ attemptId, ref }: TrialState, { channel, to }: Pick<Trial, "channel" | "to">): Promise<Said | null> {
  const [row] = await sql<{ id: string; version: number }>`
    SELECT p.id, p.version FROM delivery_attempts a JOIN provider_accounts p ON p.id = a.account_id WHERE a.id = ${attemptId}::uuid`;
  if (!row) return null;
  const { provider } = await connectionOf(row);
  const ask = async () => provider.check?.({ attemptId, ref, channel }, AbortSignal.timeout(PROVIDER_TIMEOUT)).catch(() => undefined);
  const { value: found, said } = await listen([...(await secretsOf(row.id)), ...spellingsOf(to)], ask);
  if (found && found.status !== "unknown" && found.status !== "absent")
    await recordReceipt(row.id, { attemptId, status: found.status, ...("reason" in found ? { reason: found.reason } : {}) });
  return said;
}
