import type { Words } from "#lib/words/ja";

/** The words every form needs in the browser to show a refusal. */
export type FormCopy = {
  locale: string;
  service: string;
  errorTitle: string;
  errorPrefix: string;
  errors: Words["errors"];
  numberReasons: Words["numberReasons"] | null;
};

/** Picks them; the reasons of a number only where one is asked for. */
export const formCopy = (words: Words, locale: string, service: string, number = false): FormCopy => ({
  locale,
  service,
  errorTitle: words.common.errorTitle,
  errorPrefix: words.common.errorPrefix,
  errors: words.errors,
  numberReasons: number ? words.numberReasons : null,
});
