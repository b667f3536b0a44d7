import type { Locale } from "#lib/delivery/wording/texts";

/** Returns the language of the terminal. */
export const languageOfEnvironment = (variables: NodeJS.ProcessEnv): Locale =>
  (variables.LC_ALL || variables.LC_MESSAGES || variables.LANG || "").toLowerCase().startsWith("ja") ? "ja" : "en";

/** A sentence in both languages. */
export type Said = { en: string; ja: string };

/** Selects one of two sentences by the language of this terminal. */
export const inWords = ({ en, ja }: Said): string => (languageOfEnvironment(process.env) === "ja" ? ja : en);

/** Returns the width of a text in terminal columns; Japanese characters take two. */
const columns = (text: string) =>
  [...text].reduce((sum, char) => sum + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uff00-\uff60]/.test(char) ? 2 : 1), 0);

/** Pads a text with spaces to `width` columns. */
export const padded = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - columns(text)));
