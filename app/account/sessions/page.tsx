import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { Sessions } from "#components/account/sessions";
import { Callout } from "#components/ui/callout";
import { Surface } from "#components/ui/card";
import { PageHead } from "#components/ui/page-head";
import { listSessions } from "#lib/sessions/list-sessions";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { endOthersAction, endSessionAction } from "../actions";

export async function generateMetadata(): Promise<Metadata> {
  const { account, common } = await getMessages();
  return { title: `${account.sessions} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<{ ended?: string | string[] }> };

export default async function SessionsPage({ searchParams }: Props) {
  const session = await requireSession({ returnTo: "/account/sessions" });
  const { ended } = await searchParams;
  const { account } = await getMessages();
  const t = await getTranslations("account");
  return (
    <div className="column reading">
      <PageHead title={t("sessions")} lead={t("sessionsLead")} back={{ href: "/account", label: t("back") }} />
      {ended === undefined ? null : (
        <Callout tone="good" role="status" className="mb-6">
          {ended === "others" ? t("endedOthers") : t("ended")}
        </Callout>
      )}
      <Surface>
        <Sessions
          lines={await listSessions(session.user.id)}
          currentId={session.sessionId}
          when={await whenWords()}
          form={sessionForm(session)}
          words={account}
          end={endSessionAction}
          endOthers={endOthersAction}
        />
      </Surface>
      <p className="hint mt-4">{t("sessionsStranger")}</p>
    </div>
  );
}
