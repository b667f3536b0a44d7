import { sql } from "#lib/db/sql";
import { adapterOf, attempt, type Candidate, type Handed } from "#lib/delivery/attempt";
import { takeProbe } from "#lib/delivery/health";
import { PROVIDER_TIMEOUT } from "#lib/delivery/provider";
import { endMessage, recordOutcome, recordTried } from "#lib/delivery/record";
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

export type Outgoing = Handed & {
  candidates: Candidate[];
  tried: Tried[];
  /** Hand-overs that had begun when the message was read. */
  tries: number;
};

/** Hand-overs of one run, so that a job ends within 20 s, and copies of one code that may be on their way, whatever happens (PV-02). */
const HAND_OVERS = 3;
const COPIES = 2;

/** What became of an attempt whose worker died in the middle: the provider is asked where that can be done. */
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

/** Seconds after which a hand-over has ended, or its worker has: a second more than a provider may take. */
const UNDER_WAY = PROVIDER_TIMEOUT / 1000 + 1;

/**
 * Whether another run of this job may be in the middle of a hand-over; then this one comes back when it must have ended. Two happen where
 * a worker was only thought dead, or the database went and came back under a text that was waiting for its provider.
 */
async function leftToAnotherRun({ messageId, tried }: Outgoing): Promise<boolean> {
  // A run whose statement began before the other's, and saw it all the same, reads an age just below zero; far below, a demo clock was set back.
  const waits = tried.filter((one) => !one.ended && Math.abs(one.age) < UNDER_WAY).map((one) => UNDER_WAY - one.age);
  if (waits.length > 0) await sendLater(messageId, Math.ceil(Math.max(...waits)));
  return waits.length > 0;
}

/** Queues the sending of a message once more. */
const sendLater = (messageId: string, seconds: number) => sql`
  SELECT graphile_worker.add_job('send_message', json_build_object('messageId', ${messageId}::text), max_attempts => 5, priority => -10,
    run_at => now() + make_interval(secs => ${seconds}::int), job_key => ${`send/${messageId}`}, job_key_mode => 'replace')`;

/**
 * Hands a text or call to the first provider of its route, and to the next when that fails temporarily or does not answer: the same
 * code, at most two copies whatever happens, never after a permanent refusal, never to the same provider again unasked (PROVIDER).
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
    if (account.braked && !(await takeProbe(account, outgoing.channel))) continue;
    const outcome = await attempt(account, outgoing, tries);
    if (outcome === "done") return;
    if (outcome === "skipped") continue;
    if (outcome !== "sending_stopped") tries += 1;
    if (outcome === "unknown") copies += 1;
    reason = copies > 0 ? "unknown" : outcome;
  }
  await endMessage(outgoing.messageId, reason);
}
