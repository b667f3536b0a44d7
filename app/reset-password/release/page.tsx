import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { ActionForm } from "#components/form/action-form";
import { Callout } from "#components/ui/callout";
import { WhoseAccount } from "#components/whose";
import { releaseOf } from "#lib/accounts/release-address";
import { formName } from "#lib/crypto/form-name";
import { challengeToken, currentChallenge } from "#lib/web/challenge";
import { site } from "#lib/web/site";
import { whenWords } from "#lib/web/when";
import { formCopy } from "#lib/words/form-copy";
import { whoseWords } from "#lib/words/whose";
import { requestReleaseAction } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  const { release, common } = await getMessages();
  return { title: `${release.title} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<{ asked?: string | string[] }> };

/** The way on for a person who reads the mailbox and has lost every factor: frees the address after 30 days. Open once a reset's mailed code is proven. */
export default async function ReleasePage({ searchParams }: Props) {
  const [challenge, found] = await Promise.all([currentChallenge(), challengeToken().then(releaseOf)]);
  if (!challenge || !found) redirect("/sign-in");
  const words = await getMessages();
  const t = await getTranslations("release");
  const { name } = site(words.common.brand);
  const when = await whenWords();
  const asked = (await searchParams).asked !== undefined;
  return (
    <div className="column">
      <div className="card">
        <WhoseAccount label={words.drawn.account} account={whoseWords(challenge.whose, words.account)} />
        <h1>{t("title")}</h1>
        {found.dueAt ? (
          <>
            {asked ? (
              <Callout tone="good" role="status" className="mt-4">
                {t("asked")}
              </Callout>
            ) : null}
            <p className="mt-4">{t("due", { time: when(found.dueAt.toISOString()) })}</p>
            <p className="mt-4">{t("meanwhile")}</p>
          </>
        ) : (
          <>
            <p className="lead">{t("lead")}</p>
            <p className="mt-4">{t("wait")}</p>
            <Callout tone="warn" className="mt-4">
              {t("lost")}
            </Callout>
            <ActionForm
              action={requestReleaseAction}
              title={t("title")}
              copy={formCopy(words, await getLocale(), name)}
              labels={{}}
              submit={t("ask")}
              form={formName(challenge.id)}
            >
              {null}
            </ActionForm>
          </>
        )}
        <p className="mt-6">
          <a href="/verify">{words.verify.backToCode}</a>
        </p>
      </div>
    </div>
  );
}
