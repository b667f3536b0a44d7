import { isUnavailable } from "#lib/db/pool";
import { sql } from "#lib/db/sql";
import { beginDeliveryAttempt, recordOutcome, recordTried } from "#lib/delivery/messages/record";
import { type Delivery, type HandOver, type PhoneChannel, PROVIDER_TIMEOUT, type Provider } from "#lib/delivery/provider";
import { recordFailure, recordSuccess } from "#lib/delivery/provider-accounts/breaker";
import { connectionOf } from "#lib/delivery/provider-accounts/connections";
import { hear } from "#lib/delivery/providers/said";
import { putDemoMessage } from "#lib/demo/inbox";
import { env } from "#lib/env";
import type { DeliveryError } from "#lib/errors";
import { log } from "#lib/log";

/** One hand-over to one account: recorded before and after, and counted for the account's breaker. */

/** An account that may carry the message, in the order of the routing rules, without accounts whose breaker is open. */
export type Candidate = {
  id: string;
  name: string;
  kind: string;
  version: number;
  price: string | null;
  /** The breaker counts recent failures; the next success resets them. */
  failing: boolean;
  /** The breaker is half-open: the back-off is over, and one text may probe the account. */
  halfOpen: boolean;
};

/** The message to hand over; except for the attempt's id it is the same for every account. */
export type Handed = {
  messageId: string;
  channel: PhoneChannel;
  /** Number of segments of a text; null for a call. */
  segments: number | null;
  deliveryOf(attemptId: string): Delivery;
};

/** Failures of the number or the text, which do not count against the provider's breaker. */
const ABOUT_THE_NUMBER: ReadonlySet<DeliveryError> = new Set([
  "invalid_number",
  "not_reachable",
  "landline",
  "refused_by_subscriber",
  "no_sms_service",
  "opted_out",
  "country_blocked",
]);

/** Calls the provider with a limit of five seconds, even if the adapter ignores its signal; a bug of an adapter is an unknown outcome. */
async function ask(provider: Provider, delivery: Delivery, name: string): Promise<HandOver> {
  const late = new AbortController();
  const silence = new Promise<HandOver>((resolve) => {
    late.signal.addEventListener("abort", () => resolve({ status: "unknown" }));
    setTimeout(() => late.abort(), PROVIDER_TIMEOUT + 200).unref();
  });
  const send = async () => provider.send(delivery, AbortSignal.timeout(PROVIDER_TIMEOUT));
  const answer = send().catch((error: unknown): HandOver => {
    hear({ by: "us", why: "fault" });
    log.error({ event: "provider.bug", provider: name, error }, "an adapter failed");
    return { status: "unknown" };
  });
  return Promise.race([answer, silence]);
}

/**
 * Returns the adapter of an account, or null if it cannot be created (account removed, or secrets that do not open); other accounts then carry the
 * text.
 */
export async function adapterOf(account: Candidate, channel: PhoneChannel) {
  try {
    return await connectionOf(account);
  } catch (error) {
    if (isUnavailable(error)) throw error;
    log.error({ event: "provider.unusable", provider: account.name, channel, error }, "an account cannot be used");
    await recordFailure(account, channel, "unusable", { backOff: "now", probing: account.halfOpen });
    return null;
  }
}

/**
 * Performs and records one hand-over: `done` when the message is decided (also by another run or a receipt), `skipped` or `sending_stopped` when
 * nothing was handed over, else the reason of the failure.
 */
export async function attempt(account: Candidate, handed: Handed, tries: number): Promise<"done" | "skipped" | DeliveryError> {
  const { messageId, channel, segments } = handed;
  const live = await adapterOf(account, channel);
  if (!live) return "skipped";
  const attemptId = await beginDeliveryAttempt({ messageId, tries, segments }, account);
  if (attemptId === "gone") return "skipped";
  if (attemptId === "stopped") return "sending_stopped";
  if (attemptId === null) return "done";
  const delivery = handed.deliveryOf(attemptId);
  const outcome = await ask(live.provider, delivery, account.name);
  const failed = outcome.status === "failed" && !outcome.permanent;
  await (outcome.status === "unknown" || failed
    ? recordTried(attemptId, outcome.status === "unknown" ? "unknown" : outcome)
    : recordOutcome(attemptId, outcome));
  await noteOutcome(account, channel, outcome);
  // Queries the outcome if the provider did not answer, or if its receipts are hints, which prove nothing and may not arrive.
  const asked = outcome.status === "unknown" || (outcome.status === "sent" && live.kind.receipts === "hint");
  if (asked && live.provider.check) await askLater(attemptId, 5);
  if (failed) return outcome.reason;
  await copyToDemoPhone(account, delivery);
  return outcome.status === "unknown" ? "unknown" : "done";
}

/** Records for the breaker what an outcome shows about the provider. */
async function noteOutcome(account: Candidate, channel: PhoneChannel, outcome: HandOver): Promise<void> {
  const probing = account.halfOpen;
  if (outcome.status === "unknown") return recordFailure(account, channel, "unknown", { probing });
  if (outcome.status !== "failed" || outcome.permanent || ABOUT_THE_NUMBER.has(outcome.reason))
    return recordSuccess(account, channel, account);
  await recordFailure(account, channel, outcome.reason, {
    probing,
    ...(outcome.backOff === undefined ? {} : { backOff: outcome.backOff }),
  });
}

/** In demo mode the demo phone also shows texts that a real provider carries. */
async function copyToDemoPhone(account: Candidate, delivery: Delivery): Promise<void> {
  if (!env().demo || account.kind === "demo") return;
  const { attemptId: id, channel, to, text, code } = delivery;
  const greeting = channel === "VOICE" ? delivery.greeting : null;
  await putDemoMessage({
    id,
    channel,
    status: "queued",
    reason: null,
    receiptInSeconds: null,
    copied: true,
    content: { to, text, code, link: null, greeting, notice: delivery.channel === "SMS" ? delivery.notice : undefined },
  });
}

/** Queues a status query of an attempt in this many seconds; a query that is already queued can only move earlier. */
export const askLater = (attemptId: string, seconds: number) => sql`
  SELECT graphile_worker.add_job('check_attempt', json_build_object('attemptId', ${attemptId}::text), max_attempts => 3,
    run_at => least(now() + make_interval(secs => ${seconds}::int),
      (SELECT run_at FROM graphile_worker._private_jobs WHERE key = ${`check/${attemptId}`} AND locked_at IS NULL)),
    job_key => ${`check/${attemptId}`}, job_key_mode => 'replace')`;

/** Queues a status query for now. It has its own job key, so that the query that is running and queues the next one does not postpone it. */
export const askNow = (attemptId: string) => sql`
  SELECT graphile_worker.add_job('check_attempt', json_build_object('attemptId', ${attemptId}::text), max_attempts => 3,
    job_key => ${`hint/${attemptId}`})`;
