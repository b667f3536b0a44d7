import { parseArgs } from "node:util";
import { CommandRefusal } from "../machine/refusal.ts";
import { optionProblem } from "./option-words.ts";

/** `npm run admin -- audit:verify`: verifies the audit log. */

const AUDIT_USAGE = `npm run admin -- audit:verify [--head POSITION:HASH]   whether the audit log is whole; with a head that was kept elsewhere also whether it still holds it`;

function read(args: string[]): string | undefined {
  try {
    return parseArgs({ args, options: { head: { type: "string" } } }).values.head;
  } catch (error) {
    throw new CommandRefusal(`${optionProblem(error)}\n\n${AUDIT_USAGE}`);
  }
}

const WHY = {
  altered: "this event, or its seal, is not what was sealed",
  deleted: "an event or a seal is missing here",
  unsealed: "this event was not recorded by the product: it is neither sealed nor waits for it",
  cut_off: "the log does not hold a head that was told: its end was cut off or written anew",
};

/**
 * Seals pending events, verifies the whole log and prints `whole` with its head, or `broken at row N` with the id of the first broken event.
 * Returns exit code 0 or 1; throws `CommandRefusal` for invalid arguments; requires a prepared environment.
 */
export async function auditVerify(args: string[]): Promise<number> {
  const { linkOf, textOf } = await import("#lib/audit/chain");
  const { sealEvents } = await import("#lib/audit/seal");
  const { verifyChain } = await import("#lib/audit/verify");
  const typed = read(args);
  const given = typed === undefined ? null : linkOf(typed);
  if (typed !== undefined && !given)
    throw new CommandRefusal(`--head is POSITION:HASH, as the log and the mails have it.\n\n${AUDIT_USAGE}`);
  while ((await sealEvents()) > 0);
  const { broken, head } = await verifyChain({ given });
  if (broken) {
    console.log(`broken at row ${broken.eventId}\n${WHY[broken.why]}`);
    return 1;
  }
  console.log(`whole: ${head.position} events${given ? `, and at position ${given.position} what was kept` : ""}\nhead ${textOf(head)}`);
  return 0;
}
