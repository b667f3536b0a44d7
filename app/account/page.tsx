import type { Metadata } from "next";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { RecentActivity } from "#components/account/activity";
import { Sessions } from "#components/account/sessions";
import { Notice } from "#components/form/notice";
import { LanguageSwitch } from "#components/frame";
import { Callout } from "#components/ui/callout";
import { Card } from "#components/ui/card";
import { Empty } from "#components/ui/empty";
import { PageHead } from "#components/ui/page-head";
import { Row, Rows } from "#components/ui/rows";
import { recentActivity } from "#lib/audit/activity";
import { listPhones } from "#lib/authenticators/phones/list-phones";
import { recoveryCodesLeft } from "#lib/authenticators/recovery-codes/recovery-codes";
import { listSessions } from "#lib/sessions/list-sessions";
import { callsOffered } from "#lib/web/calls";
import { drawnNotice } from "#lib/web/drawn-notice";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { formOf } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { setLocaleAction } from "../locale/actions";
import { endOthersAction, endSessionAction } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  const { account, common } = await getMessages();
  return { title: `${account.title} – ${site(common.brand).name}` };
}

/** Number of remaining codes from which the page warns. */
const LOW = 3;
/** Number of events in the overview; /account/activity shows more. */
const LATEST = 5;

type Props = { searchParams: Promise<{ drawn?: string | string[] }> };

export default async function Account({ searchParams }: Props) {
  const session = await requireSession({ returnTo: "/account" });
  const [phones, codes, sessions, activity, calls] = await Promise.all([
    listPhones(session.user.id),
    recoveryCodesLeft(session.user.id),
    listSessions(session.user.id),
    recentActivity(session.user.id, LATEST),
    callsOffered(),
  ]);
  const words = await getMessages();
  const t = await getTranslations("account");
  const when = await whenWords();
  const form = formOf(session);
  const notice = await drawnNotice((await searchParams).drawn);
  return (
    <div className="column wide">
      {notice ? <Notice text={notice} /> : null}
      <PageHead title={t("title")} lead={t("signedInAs", { email: session.user.email })}>
        <p className="hint">{t("since", { time: when(session.authenticatedAt) })}</p>
      </PageHead>
      <div className="grid items-start gap-5 @[48rem]:grid-cols-[5fr_6fr]">
        <div className="grid min-w-0 gap-5">
          <Card id="phones" title={t("phones")}>
            {phones.length === 0 ? (
              <Empty title={t("noPhones")}>{t("noPhonesText")}</Empty>
            ) : (
              <Rows>
                {phones.map((phone) => (
                  <Row
                    key={phone.id}
                    title={<strong>{t("phoneEnding", { digits: phone.lastDigits })}</strong>}
                    meta={t(phone.voiceOnly ? "phoneVoice" : calls ? "phoneSmsCall" : "phoneSms")}
                  />
                ))}
              </Rows>
            )}
          </Card>
          <Card id="codes" title={t("codes")}>
            <p className="font-mincho text-[1.75rem] leading-[1.4] font-bold">{t("codesLeft", { count: codes })}</p>
            {codes <= LOW ? (
              <Callout tone="warn" className="mt-2">
                {t(codes === 0 ? "codesNone" : "codesLow")}
              </Callout>
            ) : null}
            <p className="hint mt-1">{t("codesHint")}</p>
          </Card>
          <Card id="language" title={t("language")}>
            <p className="hint">{t("languageHint")}</p>
            <div className="-ml-3">
              <LanguageSwitch words={words.common} locale={await getLocale()} setLocale={setLocaleAction} form={form} />
            </div>
          </Card>
        </div>
        <div className="grid min-w-0 gap-5">
          <Card id="sessions" title={t("sessions")} more={{ href: "/account/sessions", label: t("sessionsAll") }}>
            <Sessions
              lines={sessions}
              currentId={session.sessionId}
              when={when}
              form={form}
              words={words.account}
              end={endSessionAction}
              endOthers={endOthersAction}
            />
          </Card>
          <Card id="activity" title={t("activity")} more={{ href: "/account/activity", label: t("activityAll") }}>
            <RecentActivity list={activity} when={when} words={words} />
          </Card>
        </div>
      </div>
    </div>
  );
}
