import type { Metadata } from "next";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { RecentActivity } from "#components/account/activity";
import { Sessions } from "#components/account/sessions";
import { Notice } from "#components/form/notice";
import { LanguageSwitch } from "#components/frame";
import { recentActivity } from "#lib/audit/activity";
import { listPhones } from "#lib/authenticators/phones/list-phones";
import { recoveryCodesLeft } from "#lib/authenticators/recovery-codes/recovery-codes";
import { listSessions } from "#lib/sessions/list-sessions";
import { callsOffered } from "#lib/web/calls";
import { drawnNotice } from "#lib/web/drawn-notice";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { sessionForm } from "#lib/web/tie";
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
  const form = sessionForm(session);
  const notice = await drawnNotice((await searchParams).drawn);
  return (
    <div className="column wide">
      {notice ? <Notice text={notice} /> : null}
      <div className="pb-6">
        <h1 className="text-[2rem]">{t("title")}</h1>
        <p>{t("signedInAs", { email: session.user.email })}</p>
        <p className="hint">{t("since", { time: when(session.authenticatedAt) })}</p>
      </div>
      <div className="panels">
        <div>
          <Panel id="phones" title={t("phones")}>
            {phones.length === 0 ? <p className="hint">{t("noPhones")}</p> : null}
            <ul className="rows">
              {phones.map((phone) => (
                <li key={phone.id}>
                  <strong>{t("phoneEnding", { digits: phone.lastDigits })}</strong>
                  <span className="hint">{t(phone.voiceOnly ? "phoneVoice" : calls ? "phoneSmsCall" : "phoneSms")}</span>
                </li>
              ))}
            </ul>
          </Panel>
          <Panel id="codes" title={t("codes")}>
            <p className="figure">{t("codesLeft", { count: codes })}</p>
            {codes <= LOW ? <p className="note">{t(codes === 0 ? "codesNone" : "codesLow")}</p> : null}
            <p className="hint mt-1">{t("codesHint")}</p>
          </Panel>
          <Panel id="language" title={t("language")}>
            <p className="hint">{t("languageHint")}</p>
            <LanguageSwitch words={words.common} locale={await getLocale()} setLocale={setLocaleAction} form={form} />
          </Panel>
        </div>
        <div>
          <Panel id="sessions" title={t("sessions")} more={["/account/sessions", t("sessionsAll")]}>
            <Sessions
              lines={sessions}
              currentId={session.sessionId}
              when={when}
              form={form}
              words={words.account}
              end={endSessionAction}
              endOthers={endOthersAction}
            />
          </Panel>
          <Panel id="activity" title={t("activity")} more={["/account/activity", t("activityAll")]}>
            <RecentActivity list={activity} when={when} words={words} />
          </Panel>
        </div>
      </div>
    </div>
  );
}

type PanelProps = { id: string; title: string; more?: [href: string, label: string]; children: ReactNode };

const Panel = ({ id, title, more, children }: PanelProps) => (
  <section className="panel" aria-labelledby={id}>
    <h2 id={id}>{title}</h2>
    {children}
    {more ? (
      <p className="mt-3">
        <a href={more[0]}>{more[1]}</a>
      </p>
    ) : null}
  </section>
);
