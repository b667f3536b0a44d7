import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { Button } from "#components/ui/button";
import { consentsOwed, documents } from "#lib/sessions/consent";
import { parseReturnTo } from "#lib/web/return-to";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { sessionForm } from "#lib/web/tie";
import { giveConsentAction } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  const { consent, common } = await getMessages();
  return { title: `${consent.title} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<{ returnTo?: string | string[] }> };

/** Asks a signed-in person to agree to the documents that have a new version. */
export default async function ConsentPage({ searchParams }: Props) {
  const session = await requireSession({ consenting: true, returnTo: "/account/consent" });
  const owed = await consentsOwed(session.user.id);
  const shown = owed.length > 0 ? owed : documents();
  const { account, data } = await getMessages();
  const t = await getTranslations("consent");
  const back = parseReturnTo((await searchParams).returnTo);
  return (
    <div className="column">
      <div className="card">
        <h1>{t("title")}</h1>
        <p className="lead">{owed.length > 0 ? t("lead") : shown.length > 0 ? t("settled") : t("nothing")}</p>
        {shown.length > 0 ? (
          <>
            <ul className="mt-4 list-disc pl-5">
              {shown.map(({ document, version, href }) => (
                <li key={document}>
                  <a href={href} target="_blank" rel="noopener">
                    {t(document, { version })}
                  </a>
                </li>
              ))}
            </ul>
            <p className="hint mt-2">{t("newTab")}</p>
          </>
        ) : null}
        {owed.length > 0 ? (
          <form action={giveConsentAction} name="consent">
            <input type="hidden" name="form" value={sessionForm(session)} />
            {owed.map(({ document, version }) => (
              <input key={document} type="hidden" name={document} value={version} />
            ))}
            {back ? <input type="hidden" name="returnTo" value={back} /> : null}
            <Button className="mt-6">{t("agree")}</Button>
            <p className="hint mt-4">
              {t("refuse")} <a href="/account/data">{data.title}</a>
            </p>
          </form>
        ) : (
          <p className="mt-6">
            <a href="/account">{account.back}</a>
          </p>
        )}
      </div>
    </div>
  );
}
