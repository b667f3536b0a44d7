import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { ActPage } from "#components/account/act-page";
import { MakePasskey } from "#components/passkey/make";
import { Callout } from "#components/ui/callout";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { gateOf } from "#lib/web/step-up";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { beginStepUpAction } from "../../step-up/actions";

export async function generateMetadata(): Promise<Metadata> {
  const { factors, common } = await getMessages();
  return { title: `${factors.passkeyTitle} – ${site(common.brand).name}` };
}

export default async function NewPasskey() {
  const session = await requireSession({ enrolling: true, returnTo: "/account/factors/passkey" });
  const { factors, passkeyFailures } = await getMessages();
  const t = await getTranslations("factors");
  return (
    <ActPage
      title={t("passkeyTitle")}
      lead={t("passkeyLead")}
      back={{ href: "/account/factors", label: t("title") }}
      gate={await gateOf(session, "manage_factors")}
      action="manage_factors"
      returnTo="/account/factors/passkey"
      form={sessionForm(session)}
      when={await whenWords()}
      begin={beginStepUpAction}
      before={
        <>
          <p>{t("passkeyWhere")}</p>
          <p className="hint mt-2">{t("passkeyShared")}</p>
          <noscript>
            <Callout tone="warn" className="mt-4">
              {t("noScript")} <a href="/account/factors/app">{t("appAdd")}</a>
            </Callout>
          </noscript>
        </>
      }
    >
      <p className="mt-4">{t("passkeyHow")}</p>
      <MakePasskey done="/account/factors?added=passkey" words={factors} failures={passkeyFailures} />
    </ActPage>
  );
}
