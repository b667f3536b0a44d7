import { alert } from "#lib/alert";
import { type Sql, sql } from "#lib/db/sql";
import { blockOf, putBrakeOn } from "#lib/limits/brakes";
import { BRAKE, policies } from "#lib/limits/policy";
import { type Take, takeLimits, wasHitSince } from "#lib/limits/take";
import { readSettings } from "#lib/policy/read";

const { windows } = policies.numbersPerBlock;

/**
 * The takes of a number that is named for the first time: its block of a thousand has room for four within ten minutes, and a fifth is the
 * signature of pumped traffic (FR-04). A number that was texted within that time is counted already.
 */
export async function takesOfNewNumber(tx: Sql, owner: string, e164: string): Promise<Take[]> {
  const counted = await wasHitSince(tx, { policy: policies.sendsPerPhone, subject: e164 }, windows[0].seconds);
  return counted ? [] : [{ policy: policies.numbersPerBlock, subject: blockOf(e164), owner }];
}

/** Whether the guard denies a number whose block has no room; one that only monitors alerts once an hour. */
export async function isPumped(tx: Sql, e164: string): Promise<boolean> {
  if ((await readSettings(tx)).pumpingGuard.mode === "deny") return true;
  if (await putBrakeOn(tx, "number_block_watched", blockOf(e164), BRAKE.numberBlock))
    alert("pumping.noticed", {}, "many new numbers of one block: the guard only monitors");
  return false;
}

/** Counts a number that an account names for the first time against its block; false when the guard denies it. */
export async function countNewNumber(tx: Sql, userId: string, e164: string): Promise<boolean> {
  const takes = await takesOfNewNumber(tx, userId, e164);
  return takes.length === 0 || (await takeLimits(tx, takes)) === null || !(await isPumped(tx, e164));
}

/** Refuses texts to unproven numbers of a block, for an hour, and alerts once; proven numbers and other blocks go on. */
export async function brakeBlock(e164: string, country: string): Promise<void> {
  const put = await putBrakeOn(sql, "number_block", blockOf(e164), BRAKE.numberBlock);
  if (put) alert("number_block.braked", { country }, "many new numbers of one block: its unproven numbers get no texts for a while");
}
