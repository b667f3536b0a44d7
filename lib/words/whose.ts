import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

/** Identifies the user of a challenge by data that the browser has already given: an address, or the last two digits of a number (PH-06). */
export type Whose = { email: string } | { digits: string };

/** Formats it in words: the address, or the ending of the number. */
export const whoseWords = (whose: Whose, words: Pick<Words["account"], "phoneEnding">): string =>
  "email" in whose ? whose.email : fill(words.phoneEnding, { digits: whose.digits });
