import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

/** Whom a challenge is for, in what its browser has given already: an address, or the last two digits of a number (PH-06). */
export type Whose = { email: string } | { digits: string };

/** Whom a challenge is for in words: the address, or what a number ends in. */
export const whoseWords = (whose: Whose, words: Pick<Words["account"], "phoneEnding">): string =>
  "email" in whose ? whose.email : fill(words.phoneEnding, { digits: whose.digits });
