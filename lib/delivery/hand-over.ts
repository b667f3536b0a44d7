import { sql } from "#lib/db/sql";
import { connectionOf } from "#lib/delivery/connections";
import { noteFailing, noteWell, takeProbe } from "#lib/delivery/health";
import { type Delivery, type HandOver, type PhoneChannel, PROVIDER_TIMEOUT, type Provider } from "#lib/delivery/provider";
import { beginDeliveryAttempt, endMessage, recordOutcome, recordTried } from "#lib/delivery/record";
import { putDemoMessage } from "#lib/demo/inbox";
import { env } from "#lib/env";
import type { DeliveryError } from "#lib/errors";
import { log } from "#lib/log";

/** An account that may carry the message, in the order of the routing rules; those taken out by their breaker are left out already. */
export type Candidate = {
  id: string;
  name: string;
  kind: string;
  version: number;
  price: string | null;
  /** It failed lately; the next success clears that. */
  ailing: boolean;
  /** Its pause is over: one text may try it. */
  braked: boolean;
};

/** An attempt of an earlier run of the same job. */
export type Tried = { id: string; accountId: string | null; status: string; ref: string | null; ended: boolean };

export type Outgoing = {
  messageId: string;
  channel: PhoneChannel;
  /** What the text takes on the network; null for a call. */
  segments: number | null;
  candidates: Candidate[];
  tried: Tried[];
  deliveryOf(attemptId: string): Delivery;
};

/** Hand-overs of one run, so that a job ends within 20 s, and copies of one code that may be on their way, whatever happens (PV-02). */
const HAND_OVERS = 3;
const COPIES = 2;

/** Failures that say nothing about the provider: they do not take it out for everybody else. */
const ABOUT_THE_NUMBER: ReadonlySet<DeliveryError> = new Set([
  "invalid_number",
  "not_reachable",
  "landline",
  "refused_by_subscriber",
  "no_sms_service",
  "opted_out",
  "country_blocked",
]);

/** The answer of a provider, within five seconds even if the adapter forgets its signal; a bug of an adapter is an unknown outcome. */
async function ask(provider: Provider, delivery: Delivery, name: string): Promise<HandOver> {
  const late = new AbortController();
  const silence = new Promise<HandOver>((resolve) => {
    late.signal.addEventListener("abort", () => resolve({ status: "unknown" }));
    setTimeout(() => late.abort(), PROVIDER_TIMEOUT + 200).unref();
  });
  const answer = provider.send(delivery, AbortSignal.timeout(PROVIDER_TIMEOUT)).catch((error: unknown): HandOver => {
    log.error({ event: "provider.bug", provider: name, error }, "an adapter failed");
    return { status: "unknown" };
  });
  return Promise.race([answer, silence]);
}

/** What became of an attempt whose worker died in the middle: the provider is asked where that can be done. */
async function settle(tried: Tried, outgoing: Outgoing): Promise<"decided" | "absent" | "unknown"> {
  const account = outgoing.candidates.find((one) => one.id === tried.accountId);
  const provider = account && (await connectionOf(account)).provider;
  const signal = AbortSignal.timeout(PROVIDER_TIMEOUT);
  const found = (await provider?.check?.({ attemptId: tried.id, ref: tried.ref, channel: outgoing.channel }, signal).catch(() => null)) ?? {
    status: "unknown" as const,
  };
  if (found.status === "absent") {
    await recordTried(tried.id, { status: "failed", reason: "provider_down" });
    return "absent";
  }
  if (found.status === "unknown") {
    await recordTried(tried.id, "unknown");
    return "unknown";
  }
  await recordOutcome(tried.id, found);
  return "decided";
}

/** Which accounts are left: none that may have taken it already, unless its worker died and there is no other (a text is not lost, PV-02). */
async function remaining(outgoing: Outgoing): Promise<{ accounts: Candidate[]; copies: number } | null> {
  const asked = new Set(outgoing.tried.filter((one) => one.ended).map((one) => one.accountId));
  const died: string[] = [];
  let copies = outgoing.tried.filter((one) => one.ended && one.status !== "failed").length;
  for (const one of outgoing.tried.filter((each) => !each.ended)) {
    const found = await settle(one, outgoing);
    if (found === "decided") return null;
    if (found === "unknown") {
      copies += 1;
      if (one.accountId) died.push(one.accountId);
    }
  }
  const fresh = outgoing.candidates.filter((one) => !asked.has(one.id) && !died.includes(one.id));
  return { accounts: fresh.length > 0 ? fresh : outgoing.candidates.filter((one) => died.includes(one.id)), copies };
}

/**
 * Hands a text or call to the first provider of its route, and to the next when that fails temporarily or does not answer: the same
 * code, at most two copies whatever happens, never after a permanent refusal, never to the same provider again unasked (PROVIDER).
 */
export async function handOver(outgoing: Outgoing): Promise<void> {
  const left = await remaining(outgoing);
  if (!left) return;
  let copies = left.copies;
  let reason: DeliveryError = copies > 0 ? "unknown" : "provider_down";
  for (const account of left.accounts.slice(0, HAND_OVERS)) {
    if (copies >= COPIES) break;
    if (account.braked && !(await takeProbe(account, outgoing.channel))) continue;
    const outcome = await attempt(account, outgoing);
    if (outcome === "done") return;
    if (outcome === "unknown") copies += 1;
    reason = copies > 0 ? "unknown" : outcome;
  }
  await endMessage(outgoing.messageId, reason);
}

/** One hand-over, recorded: `done` when it decided the message, else why it did not. */
export async function attempt(account: Candidate, outgoing: Outgoing): Promise<"done" | DeliveryError> {
  const { provider, kind } = await connectionOf(account);
  const attemptId = await beginDeliveryAttempt(outgoing.messageId, account, outgoing.segments);
  const delivery = outgoing.deliveryOf(attemptId);
  const outcome = await ask(provider, delivery, account.name);
  if (outcome.status === "unknown") {
    await recordTried(attemptId, "unknown");
    if (provider.check) await askLater(attemptId, 5);
    await noteFailing(account, outgoing.channel, "unknown");
  } else if (outcome.status === "failed" && !outcome.permanent) {
    await recordTried(attemptId, outcome);
    if (!ABOUT_THE_NUMBER.has(outcome.reason)) await noteFailing(account, outgoing.channel, outcome.reason, outcome.brake);
    return outcome.reason;
  } else {
    await recordOutcome(attemptId, outcome);
    await noteWell(account, outgoing.channel, account.ailing);
    // A provider whose receipts are hints, or lost, is asked for itself.
    if (outcome.status === "sent" && kind.receipts === "hint" && provider.check) await askLater(attemptId, 5);
  }
  await copyToDemoPhone(account, delivery);
  return outcome.status === "unknown" ? "unknown" : "done";
}

/** In demo mode the demo phone shows everything, also what a real provider is tried with. */
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
    content: { to, text, code, link: null, greeting },
  });
}

/** Queues the question what became of an attempt. */
export const askLater = (attemptId: string, seconds: number) => sql`
  SELECT graphile_worker.add_job('check_attempt', json_build_object('attemptId', ${attemptId}::text), max_attempts => 3,
    run_at => now() + make_interval(secs => ${seconds}::int), job_key => ${`check/${attemptId}`}, job_key_mode => 'replace')`;
