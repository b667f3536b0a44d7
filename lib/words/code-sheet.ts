import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

/** The facts printed beside the codes: service, account, date and site. */
export type SheetFacts = { service: string; account: string; date: string; site: string };

/** The recovery codes as plain text, for the clipboard and the file. */
export const codeSheet = (codes: readonly string[], facts: SheetFacts, words: Words["recovery"]): string =>
  [
    fill(words.fileHead, facts),
    fill(words.account, facts),
    fill(words.issued, facts),
    fill(words.site, facts),
    "",
    ...codes.map((code, index) => `${String(index + 1).padStart(2)}. ${code}`),
    "",
    `${words.sheetHow}:`,
    `1. ${words.sheetHow1}`,
    `2. ${words.sheetHow2}`,
    `3. ${words.sheetHow3}`,
    "",
    words.sheetKeep,
    "",
  ].join("\n");
