import type { Metadata } from "next";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { z } from "zod";
import { SentTexts } from "#components/account/sent-texts";
import { sentTexts } from "#lib/accounts/sent-texts";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { whenWords } from "#lib/web/when";

export async function generateMetadata(): Promise<Metadata> {
  const { sentTexts: words, common } = await getMessages();
  return { title: `${words.title} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<{ before?: string | string[] }> };

export default async function SentTextsPage({ searchParams }: Props) {
  const session = await requireSession({ returnTo: "/account/texts" });
  const { before } = await searchParams;
  const from = z.uuid().safeParse(before);
  const words = await getMessages();
  const t = await getTranslations("sentTexts");
  const locale = (await getLocale()) === "en" ? "en" : "ja";
  const { texts, next } = await sentTexts(session.user.id, from.success ? from.data : null, locale);
  return (
    <div className="column reading">
      <p>
        <a href="/account">{words.account.back}</a>
      </p>
      <h1 className="mt-2">{t("title")}</h1>
      <p className="lead">{t("lead")}</p>
      <div className="panel mt-6">
        {texts.length === 0 ? <p className="hint">{t("none")}</p> : <SentTexts lines={texts} when={await whenWords()} words={words} />}
        <p className="mt-3 flex flex-wrap gap-x-5">
          {from.success ? <a href="/account/texts">{t("newest")}</a> : null}
          {next ? <a href={`/account/texts?before=${next}`}>{t("older")}</a> : null}
        </p>
      </div>
      <p className="hint mt-4">
        {t("lookTitle")}: <a href="/texts">{t("look")}</a>
      </p>
    </div>
  );
}
