import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { ActPage } from "#components/account/act-page";
import { SetUpApp } from "#components/factors/set-up-app";
import { Button } from "#components/ui/button";
import { Card } from "#components/ui/card";
import { pendingTotp, readTotp } from "#lib/accounts/totp";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { actingOf, gateOf } from "#lib/web/step-up";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { beginStepUpAction } from "../../step-up/actions";
import { beginTotpAction, confirmTotpAction, removeTotpAction } from "../actions";

export async function generateMetadata(): Promise<Metadata> {
  const { factors, common } = await getMessages();
  return { title: `${factors.app} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<Record<"over" | "last", string | string[] | undefined>> };

export default async function App({ searchParams }: Props) {
  const session = await requireSession({ enrolling: true, returnTo: "/account/factors/app" });
  const { over, last } = await searchParams;
  const [app, pending] = await Promise.all([readTotp(session.user.id), pendingTotp(actingOf(session))]);
  const t = await getTranslations("factors");
  const form = sessionForm(session);
  return (
    <ActPage
      title={t("app")}
      lead={t(app ? "appWhat" : "appLead")}
      trouble={last === undefined ? (over === undefined ? null : t("appOver")) : t("lastOne")}
      back={{ href: "/account/factors", label: t("title") }}
      gate={await gateOf(session, "manage_factors")}
      action="manage_factors"
      returnTo="/account/factors/app"
      form={form}
      when={await whenWords()}
      begin={beginStepUpAction}
    >
      {pending ? <SetUpApp pending={pending} form={form} action={confirmTotpAction} title={t("app")} /> : null}
      <form action={beginTotpAction} className="mt-6">
        <input type="hidden" name="form" value={form} />
        {app && !pending ? <p className="mb-3">{t("appReplaceLead")}</p> : null}
        <Button kind={pending ? "quiet" : app ? "secondary" : "primary"} small={!!app}>
          {t(pending ? "appAgain" : app ? "appReplace" : "appBegin")}
        </Button>
      </form>
      {app ? (
        <Card id="remove" title={t("appRemove")} className="mt-8">
          <p>{t("appRemoveLead")}</p>
          <form action={removeTotpAction} className="mt-3">
            <input type="hidden" name="form" value={form} />
            <Button kind="danger" small>
              {t("appRemove")}
            </Button>
          </form>
        </Card>
      ) : null}
    </ActPage>
  );
}
