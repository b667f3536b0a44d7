import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { RecentActivity } from "#components/account/activity";
import { Surface } from "#components/ui/card";
import { PageHead } from "#components/ui/page-head";
import { recentActivity } from "#lib/audit/activity";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { whenWords } from "#lib/web/when";

export async function generateMetadata(): Promise<Metadata> {
  const { account, common } = await getMessages();
  return { title: `${account.activity} – ${site(common.brand).name}` };
}

const SHOWN = 100;

export default async function ActivityPage() {
  const session = await requireSession({ returnTo: "/account/activity" });
  const words = await getMessages();
  const t = await getTranslations("account");
  return (
    <div className="column reading">
      <PageHead title={t("activity")} lead={t("activityLead", { count: SHOWN })} back={{ href: "/account", label: t("back") }} />
      <Surface>
        <RecentActivity list={await recentActivity(session.user.id, SHOWN)} when={await whenWords()} words={words} />
      </Surface>
      <p className="hint mt-4">
        {t("activityStranger")} <a href="/account/sessions">{t("sessions")}</a>
      </p>
    </div>
  );
}
