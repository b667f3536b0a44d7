import type { Words } from "#lib/words/ja";

/** The words that a form needs in the browser to show a refusal. */
export type FormCopy = {
  locale: string;
  service: string;
  errorTitle: string;
  errorPrefix: string;
  errors: Words["errors"];
  numberReasons: Words["numberReasons"] | null;
  wrongReasons: Words["wrongReasons"];
};

/** Selects these words; the reasons for numbers only if the form has a number. */
export const formCopy = (words: Words, locale: string, service: string, number = false): FormCopy => ({
  locale,
  service,
  errorTitle: words.common.errorTitle,
  errorPrefix: words.common.errorPrefix,
  errors: words.errors,
  numberReasons: number ? words.numberReasons : null,
  wrongReasons: words.wrongReasons,
});
