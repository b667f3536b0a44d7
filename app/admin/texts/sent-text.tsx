import type { TextLine } from "#lib/console/texts";

/** A text as a phone shows it. */
export const SentText = ({ line: { text, locale } }: { line: Pick<TextLine, "text" | "locale"> }) => (
  <p
    lang={locale}
    className="mt-1 mb-2 max-w-[24rem] rounded-lg border border-line bg-sunk px-3 py-2 text-[0.9375rem] wrap-anywhere whitespace-pre-line"
  >
    {text}
  </p>
);
