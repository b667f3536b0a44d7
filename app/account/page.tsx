import type { Metadata } from "next";
import { getFormatter, getLocale, getMessages, getTranslations } from "next-intl/server";
import { RecentActivity } from "#components/account/activity";
import { Sessions } from "#components/account/sessions";
import { SignOut } from "#components/account/sign-out";
import { LanguageSwitch } from "#components/frame";
import { recentActivity } from "#lib/audit/activity";
import { listPhones } from "#lib/phones/list-phones";
import { recoveryCodesLeft } from "#lib/recovery/recovery-codes";
import { listSessions } from "#lib/sessions/list-sessions";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { setLocaleAction } from "../locale/actions";
import { endOthersAction, endSessionAction, signOutAction } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  const { account, common } = await getMessages();
  return { title: `${account.title} – ${site(common.brand).name}` };
}

/** From how many codes left on the person is told. */
const LOW = 3;

type Props = { searchParams: Promise<{ ended?: string | string[] }> };

export default async function Account({ searchParams }: Props) {
  const session = await requireSession({ returnTo: "/account" });
  const ended = (await searchParams).ended !== undefined;
  const [phones, codesLeft, sessions, activity] = await Promise.all([
    listPhones(session.user.id),
    recoveryCodesLeft(session.user.id),
    listSessions(session.user.id),
    recentActivity(session.user.id),
  ]);
  const words = await getMessages();
  const t = await getTranslations("account");
  const format = await getFormatter();
  const when = (iso: string) =>
    format.dateTime(new Date(iso), { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return (
    <div className="column wide">
      <div className="flex flex-wrap items-end justify-between gap-4 pb-6">
        <div>
          <h1 className="text-[2rem]">{t("title")}</h1>
          <p>{t("signedInAs", { email: session.user.email })}</p>
          <p className="hint">{t("since", { time: when(session.authenticatedAt) })}</p>
        </div>
        <SignOut action={signOutAction} label={words.common.signOut} />
      </div>
      {ended ? (
        <p className="note good mt-0! mb-6" role="status">
          {t("ended")}
        </p>
      ) : null}
      <div className="facts grid gap-x-14 lg:grid-cols-2">
        <div>
          <section aria-labelledby="phones">
            <h2 id="phones">{t("phones")}</h2>
            {phones.length === 0 ? <p className="hint">{t("noPhones")}</p> : null}
            <ul className="rows mt-2">
              {phones.map((phone) => (
                <li key={phone.id}>
                  <strong>{t("phoneEnding", { digits: phone.lastDigits })}</strong>
                  <span className="hint">{phone.voiceOnly ? t("phoneVoice") : t("phoneSms")}</span>
                </li>
              ))}
            </ul>
          </section>
          <section aria-labelledby="codes">
            <h2 id="codes">{t("codes")}</h2>
            <p className="mt-2 text-2xl font-bold">{t("codesLeft", { count: codesLeft })}</p>
            {codesLeft <= LOW ? <p className="note">{t("codesLow")}</p> : null}
            <p className="hint">{t("codesHint")}</p>
          </section>
          <section aria-labelledby="sessions">
            <h2 id="sessions">{t("sessions")}</h2>
            <Sessions
              lines={sessions}
              currentId={session.sessionId}
              when={when}
              words={words.account}
              end={endSessionAction}
              endOthers={endOthersAction}
            />
          </section>
          <section aria-labelledby="language">
            <h2 id="language">{t("language")}</h2>
            <p className="hint">{t("languageHint")}</p>
            <LanguageSwitch words={words.common} locale={await getLocale()} setLocale={setLocaleAction} />
          </section>
        </div>
        <div>
          <section aria-labelledby="activity">
            <h2 id="activity">{t("activity")}</h2>
            <RecentActivity list={activity} when={when} words={words} />
          </section>
        </div>
      </div>
    </div>
  );
}
