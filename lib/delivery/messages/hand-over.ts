import { sql } from "#lib/db/sql";
import { adapterOf, attempt, type Candidate, type Handed } from "#lib/delivery/messages/attempt";
import { endMessage, recordOutcome, recordTried } from "#lib/delivery/messages/record";
import { PROVIDER_TIMEOUT } from "#lib/delivery/provider";
import { takeProbe } from "#lib/delivery/provider-accounts/breaker";
import type { DeliveryError } from "#lib/errors";

/** An attempt of an earlier run of the same job. */
export type Tried = {
  id: string;
  accountId: string | null;
  status: string;
  ref: string | null;
  ended: boolean;
  /** Seconds since it began. */
  age: number;
};

type Outgoing = Handed & {
  candidates: Candidate[];
  tried: Tried[];
  /** Hand-overs that had begun when the message was loaded. */
  tries: number;
};

/** Maximum hand-overs of one run, so that a job ends within 20 s, and maximum copies of a code (PV-02). */
const HAND_OVERS = 3;
const COPIES = 2;

/** Settles an attempt whose worker died during the hand-over, by a status query where the provider supports one. */
async function settle(tried: Tried, outgoing: Outgoing): Promise<"decided" | "absent" | "unknown"> {
  const account = outgoing.candidates.find((one) => one.id === tried.accountId);
  const provider = account && (await adapterOf(account, outgoing.channel))?.provider;
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

/**
 * Returns the remaining accounts: those that may already have the text are excluded, unless its worker died and no other account exists, because a
 * text must not be lost (PV-02).
 */
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

/** Seconds after which a hand-over, or its worker, has ended: one more than the provider's limit. */
const UNDER_WAY = PROVIDER_TIMEOUT / 1000 + 1;

/**
 * Returns true if another run of this job may be in a hand-over; this run then reschedules itself. Two runs exist when a living worker was taken
 * for dead, or when the database returned after an outage during the hand-over.
 */
async function leftToAnotherRun({ messageId, tried }: Outgoing): Promise<boolean> {
  // The age is slightly negative if this statement's snapshot began earlier; strongly negative if the demo clock was set back.
  const waits = tried.filter((one) => !one.ended && Math.abs(one.age) < UNDER_WAY).map((one) => UNDER_WAY - one.age);
  if (waits.length > 0) await sendLater(messageId, Math.ceil(Math.max(...waits)));
  return waits.length > 0;
}

/** Queues another run for a message. */
const sendLater = (messageId: string, seconds: number) => sql`
  SELECT graphile_worker.add_job('send_message', json_build_object('messageId', ${messageId}::text), max_attempts => 5, priority => -10,
    run_at => now() + make_interval(secs => ${seconds}::int), job_key => ${`send/${messageId}`}, job_key_mode => 'replace')`;

/**
 * Hands a message to the first provider of its route, and to the next after a temporary failure or a missing answer. All get the same
 * code, with at most two copies; a permanent refusal ends the message, and a provider is retried only after a status query.
 */
export async function handOver(outgoing: Outgoing): Promise<void> {
  if (await leftToAnotherRun(outgoing)) return;
  const left = await remaining(outgoing);
  if (!left) return;
  let { copies } = left;
  let tries = outgoing.tries;
  let reason: DeliveryError = copies > 0 ? "unknown" : "provider_down";
  for (const account of left.accounts) {
    if (copies >= COPIES || tries - outgoing.tries >= HAND_OVERS) break;
    if (account.halfOpen && !(await takeProbe(account, outgoing.channel))) continue;
    const outcome = await attempt(account, outgoing, tries);
    if (outcome === "done") return;
    if (outcome === "skipped") continue;
    if (outcome !== "sending_stopped") tries += 1;
    if (outcome === "unknown") copies += 1;
    reason = copies > 0 ? "unknown" : outcome;
  }
  await endMessage(outgoing.messageId, reason);
}
