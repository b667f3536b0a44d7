import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { RecentActivity } from "#components/account/activity";
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
      <p>
        <a href="/account">{t("back")}</a>
      </p>
      <h1 className="mt-2">{t("activity")}</h1>
      <p className="lead">{t("activityLead", { count: SHOWN })}</p>
      <div className="panel mt-6">
        <RecentActivity list={await recentActivity(session.user.id, SHOWN)} when={await whenWords()} words={words} />
      </div>
      <p className="hint mt-4">
        {t("activityStranger")} <a href="/account/sessions">{t("sessions")}</a>
      </p>
    </div>
  );
}
