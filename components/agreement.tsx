import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";

type Props = { terms: string | null; privacy: string | null };

/** States what the submit button agrees to, if the operator has named documents. Each opens in a new tab, so that the form keeps what was typed. */
export async function Agreement({ terms, privacy }: Props) {
  if (!terms && !privacy) return null;
  const t = await getTranslations("signUp");
  const link = (href: string | null) => (chunks: ReactNode) => (
    <a href={href ?? ""} target="_blank" rel="noopener">
      {chunks}
    </a>
  );
  const sentence = terms && privacy ? "agreeBoth" : terms ? "agreeTerms" : "agreePrivacy";
  return <p className="hint mt-5">{t.rich(sentence, { submit: t("submit"), terms: link(terms), privacy: link(privacy) })}</p>;
}
