import { alert } from "#lib/alert";
import { type Sql, sql } from "#lib/db/sql";
import { blockOf, putBrakeOn } from "#lib/limits/brakes";
import { BRAKE, policies } from "#lib/limits/policy";
import { takeLimits, wasHitSince } from "#lib/limits/take";
import { readSettings } from "#lib/policy/read";

const { windows } = policies.numbersPerBlock;

/**
 * Counts a number that an account names for the first time against its block of a thousand; false when that is the fifth different one
 * within ten minutes, the signature of pumped traffic (FR-04), unless the guard only monitors. A number that was texted within that time is counted already.
 */
export async function countNewNumber(tx: Sql, userId: string, e164: string): Promise<boolean> {
  if (await wasHitSince(tx, { policy: policies.sendsPerPhone, subject: e164 }, windows[0].seconds)) return true;
  if ((await takeLimits(tx, [{ policy: policies.numbersPerBlock, subject: blockOf(e164), owner: userId }])) === null) return true;
  if ((await readSettings(tx)).pumpingGuard.mode === "deny") return false;
  if (await putBrakeOn(tx, "number_block_watched", blockOf(e164), BRAKE.numberBlock))
    alert("pumping.noticed", {}, "many new numbers of one block: the guard only monitors");
  return true;
}

/** Refuses texts to unproven numbers of a block, for an hour, and alerts once; proven numbers and other blocks go on. */
export async function brakeBlock(e164: string, country: string): Promise<void> {
  const put = await putBrakeOn(sql, "number_block", blockOf(e164), BRAKE.numberBlock);
  if (put) alert("number_block.braked", { country }, "many new numbers of one block: its unproven numbers get no texts for a while");
}
