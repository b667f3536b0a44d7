import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getMessages, getTranslations } from "next-intl/server";
import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { openWayIn, siteOfLink } from "#lib/sites/way-in";
import { requireSession } from "#lib/web/session";
import { site as operator } from "#lib/web/site";
import { sessionForm } from "#lib/web/tie";
import { beginStepUpAction } from "../account/step-up/actions";

export async function generateMetadata(): Promise<Metadata> {
  const { enterSite, common } = await getMessages();
  return { title: `${enterSite.title} – ${operator(common.brand).name}`, robots: { index: false } };
}

type Props = { searchParams: Promise<Record<"host" | "begun" | "to", string | string[] | undefined>> };

const text = (value: string | string[] | undefined): string => (typeof value === "string" ? value : "");

/**
 * Leads a signed-in person into the site that a proxy guards. It is a page and no redirect, because a browser does not follow a form's redirect to
 * another site (CSP form-action).
 */
export default async function EnterSite({ searchParams }: Props) {
  const asked = await searchParams;
  const link = { host: text(asked.host), begun: text(asked.begun), to: text(asked.to) };
  if (asked.host === undefined) return <Start />;
  const found = await siteOfLink(link);
  if (!found) notFound();
  const here = `/enter-site?${new URLSearchParams({ ...link, host: found.host })}`;
  const session = await requireSession({ returnTo: here });
  const { sessionId, user, amr } = session;
  const way = await openWayIn(found, link, { sessionId, userId: user.id, amr });
  const { host } = found;
  const t = await getTranslations("enterSite");
  return (
    <div className="column">
      <div className="card">
        {way?.is === "open" ? (
          <>
            <meta httpEquiv="refresh" content={`0;url=${way.href}`} />
            <h1>{t("title")}</h1>
            <p className="lead wrap-anywhere">{t("lead", { host })}</p>
            <Button href={way.href} className="mt-6">
              {t("go", { host })}
            </Button>
          </>
        ) : way?.is === "step_up" ? (
          <>
            <h1>{t("stepUpTitle")}</h1>
            <p className="lead wrap-anywhere">{t(way.action === "enter_site" ? "stepUpLead" : "passkeyLead", { host })}</p>
            <form action={beginStepUpAction} name="step-up" className="mt-6">
              <input type="hidden" name="form" value={sessionForm(session)} />
              <input type="hidden" name="action" value={way.action} />
              <input type="hidden" name="returnTo" value={here} />
              <Button>{t("submit")}</Button>
            </form>
          </>
        ) : way?.is === "passkey_missing" ? (
          <>
            <h1>{t("missingTitle")}</h1>
            <p className="lead wrap-anywhere">{t("missingLead", { host })}</p>
            <Button href="/account/factors/passkey" className="mt-6">
              {t("missingGo")}
            </Button>
            <p className="mt-4">
              <a href={here}>{t("missingAgain")}</a>
            </p>
          </>
        ) : (
          <>
            <h1>{t("busyTitle")}</h1>
            <Callout tone="warn" role="alert" className="mt-4">
              {t("busyLead", { host })}
            </Callout>
            <Button href={here} className="mt-6">
              {t("busyAgain")}
            </Button>
          </>
        )}
      </div>
    </div>
  );
}

/** Tells who opened the page by itself where its way begins. */
async function Start() {
  const t = await getTranslations("enterSite");
  return (
    <div className="column">
      <div className="card">
        <h1>{t("emptyTitle")}</h1>
        <p className="lead">{t("emptyLead")}</p>
        <Button href="/account" kind="secondary" className="mt-6">
          {t("emptyGo")}
        </Button>
      </div>
    </div>
  );
}
