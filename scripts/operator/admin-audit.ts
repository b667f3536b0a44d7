import { parseArgs } from "node:util";
import { CommandRefusal } from "../machine/refusal.ts";
import { inWords, type Said } from "./language.ts";
import { optionProblem } from "./option-words.ts";

/** `npm run admin -- audit:verify`: verifies the audit log. */

const DOES: Said = {
  en: "whether the audit log is whole; with a head that was kept elsewhere also whether it still holds it",
  ja: "監査の記録が、書かれたままかどうかを確かめます。別の場所に保管した値があれば、それがまだ残っているかも確かめます",
};
const NO_HEAD: Said = {
  en: "--head is POSITION:HASH, as the log and the mails have it.",
  ja: "--head には、ログやメールにある POSITION:HASH の形の値を書いてください。",
};

const usage = (): string => `npm run admin -- audit:verify [--head POSITION:HASH]   ${inWords(DOES)}`;

function read(args: string[]): string | undefined {
  try {
    return parseArgs({ args, options: { head: { type: "string" } } }).values.head;
  } catch (error) {
    throw new CommandRefusal(`${optionProblem(error)}\n\n${usage()}`);
  }
}

const WHY = {
  altered: { en: "this event, or its seal, is not what was sealed", ja: "この記録か、その封が、書き換えられています。" },
  deleted: { en: "an event or a seal is missing here", ja: "ここにあった記録か封が、なくなっています。" },
  unsealed: {
    en: "this event was not recorded by the product: it is neither sealed nor waits for it",
    ja: "この記録は、製品が書いたものではありません。封がなく、封を待つ記録でもありません。",
  },
  cut_off: {
    en: "the log does not hold a head that was told: its end was cut off or written anew",
    ja: "外に知らせた時点の記録が残っていません。終わりが切り取られたか、書き直されています。",
  },
};

/**
 * Seals pending events, verifies the whole log and prints `whole` with its head, or `broken at row N` with the id of the first broken event; programs
 * read these first words, which are the same in both languages.
 * Returns exit code 0 or 1; throws `CommandRefusal` for invalid arguments; requires a prepared environment.
 */
export async function auditVerify(args: string[]): Promise<number> {
  const { linkOf, textOf } = await import("#lib/audit/chain");
  const { sealEvents } = await import("#lib/audit/seal");
  const { verifyChain } = await import("#lib/audit/verify");
  const typed = read(args);
  const given = typed === undefined ? null : linkOf(typed);
  if (typed !== undefined && !given) throw new CommandRefusal(`${inWords(NO_HEAD)}\n\n${usage()}`);
  while ((await sealEvents()) > 0);
  const { broken, head } = await verifyChain({ given });
  if (broken) {
    console.log(`broken at row ${broken.eventId}\n${inWords(WHY[broken.why])}`);
    return 1;
  }
  const found = inWords({
    en: `${head.position} events${given ? `, and at position ${given.position} what was kept` : ""}`,
    ja: `記録${head.position}件は、書かれたままです${given ? `。位置 ${given.position} の値も、保管したものと同じです` : ""}`,
  });
  console.log(`whole: ${found}\nhead ${textOf(head)}`);
  return 0;
}
