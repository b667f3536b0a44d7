import type { Metadata } from "next";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { z } from "zod";
import { SentTexts } from "#components/account/sent-texts";
import { Surface } from "#components/ui/card";
import { Empty } from "#components/ui/empty";
import { PageHead } from "#components/ui/page-head";
import { Pager } from "#components/ui/pager";
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
      <PageHead title={t("title")} lead={t("lead")} back={{ href: "/account", label: words.account.back }} />
      <Surface>
        {texts.length === 0 ? (
          <Empty title={t("none")}>{t("noneText")}</Empty>
        ) : (
          <SentTexts lines={texts} when={await whenWords()} words={words} />
        )}
        {from.success || next ? (
          <Pager
            label={t("title")}
            newer={from.success ? { href: "/account/texts", label: t("newest") } : undefined}
            older={next ? { href: `/account/texts?before=${next}`, label: t("older") } : undefined}
          />
        ) : null}
      </Surface>
      <p className="hint mt-4">
        {t("lookTitle")}: <a href="/texts">{t("look")}</a>
      </p>
    </div>
  );
}
