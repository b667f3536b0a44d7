import type { Target } from "#lib/challenges/port";
import type { Sql } from "#lib/db/sql";
import { type DeliveryError, type Refused, tooManySends } from "#lib/errors";
import { ALL, blockOf, brakesOn } from "#lib/limits/brakes";
import { budgetTakes, shareTakes } from "#lib/limits/budgets";
import { isBudget, newNumberSendsPerIp, policies, rings } from "#lib/limits/policy";
import type { Naming } from "#lib/limits/subject";
import { type Refusal, ringOfBlocks, type Take, takeLimits } from "#lib/limits/take";

/** The requester of a text or call: the account, the address, and the known device of the account if there is one. */
export type Sender = { userId: string; ip: string; deviceId: string | null };

/** A text or call that limits hold back, with the reason and the seconds to wait. */
export type Held = { reason: Extract<DeliveryError, "throttled" | "budget_spent">; retryAfter: number; policy: string };

/** The subjects that a send counts against: address or known device, number, account, number block and budgets (docs/security.md, "Limits"). */
function takesOf(target: Target, { userId, ip, deviceId }: Sender, braked: boolean): Take[] {
  const { proven, to: e164, country } = target;
  const where: Take[] = deviceId ? [{ ring: rings.sendsPerDevice, subject: deviceId }] : ringOfBlocks(rings.sendsPerIp, ip);
  const toNewNumber: Take[] = [
    { policy: newNumberSendsPerIp(braked), subject: ip, owner: userId },
    { policy: policies.sendsPerPrefix, subject: blockOf(e164), owner: userId },
    ...shareTakes(country, { account: userId, ip, block: blockOf(e164) }),
  ];
  return [
    ...where,
    ...(proven ? [] : toNewNumber),
    // An attacker who enters a number in sign-ups must not lock out its owner (RL-06).
    { policy: policies.sendsPerPhone, subject: e164, owner: userId, ownOnly: proven },
    { policy: policies.sendsPerAccount, subject: userId, owner: userId },
    { ring: rings.sendsCeiling, subject: userId, claims: deviceId !== null },
    ...budgetTakes(country, proven),
  ];
}

/** A refusal of a limit as what holds a send back. */
export const held = ({ policy, retryAfter }: Refusal): Held => ({
  policy,
  retryAfter,
  reason: isBudget(policy) ? "budget_spent" : "throttled",
});

/** What the brakes on texts to new numbers hold back of this one, and whether few codes to its country are answered (FR-04). */
export async function brakesOfNewNumber(tx: Sql, { to, country }: Target): Promise<{ stopped: Held | null; conversion: boolean }> {
  const on = await brakesOn(tx, [
    ["number_block", blockOf(to)],
    ["month_budget", country ?? ""],
    ["month_budget", ALL],
    ["conversion", country ?? ""],
    ["conversion", ALL],
  ]);
  const conversion = on.conversion !== undefined;
  if (on.number_block) return { stopped: { policy: "number_block", retryAfter: on.number_block, reason: "throttled" }, conversion };
  if (on.month_budget) return { stopped: { policy: "yen_budget", retryAfter: on.month_budget, reason: "budget_spent" }, conversion };
  return { stopped: null, conversion };
}

/**
 * Takes the limits of one text or call together with others of the same request; a refusal takes none. For a proven number with the naming given,
 * the statement is sent at once and keeps its place in the pipeline.
 */
export async function takeSendLimits(
  tx: Sql,
  target: Target,
  sender: Sender,
  { others = [], name }: { others?: Take[]; name?: Naming } = {},
): Promise<Held | null> {
  const brakes = target.proven ? null : await brakesOfNewNumber(tx, target);
  if (brakes?.stopped) return brakes.stopped;
  const refusal = await takeLimits(tx, [...takesOf(target, sender, brakes?.conversion ?? false), ...others], name);
  return refusal && held(refusal);
}

/** A held send as the answer to a request for it. */
export const refusedSend = ({ policy, retryAfter, reason }: Held): Refused =>
  policy === policies.newNumbersPerAccount.name ? { code: "too_many_requests", retryAfter } : tooManySends(retryAfter, reason);
