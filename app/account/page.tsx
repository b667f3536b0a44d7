import type { Metadata } from "next";
import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { RecentActivity } from "#components/account/activity";
import { AnnouncedFactor } from "#components/account/announced-factor";
import { CodesQuestion } from "#components/account/callouts";
import { Sessions } from "#components/account/sessions";
import { Notice } from "#components/form/notice";
import { LanguageSwitch } from "#components/frame";
import { Badge } from "#components/ui/badge";
import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { Card } from "#components/ui/card";
import { Empty } from "#components/ui/empty";
import { PageHead } from "#components/ui/page-head";
import { Row, Rows } from "#components/ui/rows";
import { readAddresses } from "#lib/accounts/addresses";
import { readCallouts } from "#lib/accounts/callouts";
import { readFactors } from "#lib/accounts/factors";
import { FEW_CODES, judgeFactors } from "#lib/accounts/judge-factors";
import { readLinkedLogins } from "#lib/accounts/linked-logins";
import { readPasskeyOffer } from "#lib/accounts/unasked-passkey";
import { recentActivity } from "#lib/audit/activity";
import { listSessions } from "#lib/sessions/list-sessions";
import { openProviders } from "#lib/social/providers";
import { callsOffered } from "#lib/web/calls";
import { drawnNotice } from "#lib/web/drawn-notice";
import { requireSession } from "#lib/web/session";
import { site } from "#lib/web/site";
import { sessionForm } from "#lib/web/tie";
import { dayWords, whenWords } from "#lib/web/when";
import { fill } from "#lib/words/fill";
import { setLocaleAction } from "../locale/actions";
import { endOthersAction, endSessionAction, keepsCodesAction, putOffPasskeyAction } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  const { account, common } = await getMessages();
  return { title: `${account.title} – ${site(common.brand).name}` };
}

/** Number of events in the overview; /account/activity shows more. */
const LATEST = 5;

type Props = { searchParams: Promise<{ drawn?: string | string[]; case?: string | string[] }> };

export default async function Account({ searchParams }: Props) {
  const session = await requireSession({ returnTo: "/account" });
  const { id: userId, email } = session.user;
  const [factors, addresses, sessions, activity, calls, { askCodes }, { made, offered }, logins] = await Promise.all([
    readFactors(userId),
    readAddresses(userId),
    listSessions(userId),
    recentActivity(userId, LATEST),
    callsOffered(),
    readCallouts(userId),
    readPasskeyOffer(userId),
    readLinkedLogins(userId),
  ]);
  const words = await getMessages();
  const t = await getTranslations("account");
  const o = await getTranslations("own");
  const f = await getTranslations("factors");
  const s = await getTranslations("social");
  const when = await whenWords();
  const dayOf = await dayWords();
  const form = sessionForm(session);
  const asked = await searchParams;
  const notice = await drawnNotice(asked.drawn);
  const stopped = { cancelled: words.lostPhone.bannerCancelled, frozen: words.lostPhone.bannerStopped }[String(asked.case)];
  const { phones, recoveryCodes } = factors;
  const { strength, recovery, next } = judgeFactors({
    ...factors,
    recoveryAddress: addresses.recovery !== null,
    passkeyOffered: offered,
    restricted: session.restriction !== null,
  });
  return (
    <div className="column wide">
      {notice ? <Notice text={notice} /> : null}
      {stopped ? (
        <Callout tone="good" role="status" className="mb-5">
          {stopped}
        </Callout>
      ) : null}
      <PageHead title={t("title")} lead={t("signedInAs", { email })}>
        <p className="hint">{t("since", { time: when(session.authenticatedAt) })}</p>
      </PageHead>
      <div className="mb-5 grid gap-5 @[48rem]:grid-cols-2">
        <Card
          id="strength"
          title={o("strength")}
          aside={
            <Badge tone={strength === "strong" ? "good" : "neutral"}>{o(strength === "strong" ? "strengthStrong" : "strengthSms")}</Badge>
          }
        >
          <p className="text-[0.9375rem]">{o(strength === "strong" ? "strengthStrongText" : "strengthSmsText")}</p>
        </Card>
        <Card
          id="recovery"
          title={o("recovery")}
          aside={<Badge tone={recovery === "good" ? "good" : "warn"}>{o(recovery === "good" ? "recoveryGood" : "recoveryWeak")}</Badge>}
        >
          <p className="text-[0.9375rem]">{o(recovery === "good" ? "recoveryGoodText" : "recoveryWeakText")}</p>
        </Card>
      </div>
      {session.restriction?.until ? (
        <Callout tone="warn" className="mb-5">
          {fill(words.lostPhone.restricted, { time: when(session.restriction.until) })}
        </Callout>
      ) : null}
      {session.announced ? (
        <AnnouncedFactor announced={session.announced} words={words.policy} date={dayOf(session.announced.until)} />
      ) : null}
      {askCodes ? <CodesQuestion form={form} keeps={keepsCodesAction} words={words.callouts} /> : null}
      {made ? (
        <Callout id="passkey-made" title={words.passkeyOffer.madeTitle} className="mb-5">
          <p>{words.passkeyOffer.made}</p>
          <Button className="mt-3" kind="secondary" small href="/account/factors">
            {words.passkeyOffer.see}
          </Button>
        </Callout>
      ) : null}
      {next ? (
        <Callout id="next" title={`${o("next")}: ${o(next.title)}`} className="mb-5">
          <p>{o(next.text)}</p>
          <div className="mt-3 flex flex-wrap items-center gap-3">
            <Button small href={next.href}>
              {o("go")}
            </Button>
            {next.title === "nextPasskey" ? (
              <form action={putOffPasskeyAction} name="later">
                <input type="hidden" name="form" value={form} />
                <Button kind="secondary" small>
                  {words.passkeyOffer.later}
                </Button>
              </form>
            ) : null}
          </div>
        </Callout>
      ) : null}
      <div className="grid items-start gap-5 @[48rem]:grid-cols-[5fr_6fr]">
        <div className="grid min-w-0 gap-5">
          <Card id="phones" title={t("phones")} more={{ href: "/account/phones", label: o("manage") }}>
            {phones.length === 0 ? (
              <Empty title={t("noPhones")}>{t("noPhonesText")}</Empty>
            ) : (
              <Rows>
                {phones.map((phone) => (
                  <Row
                    key={phone.id}
                    title={<strong>{[phone.name, t("phoneEnding", { digits: phone.lastDigits })].filter(Boolean).join(" ")}</strong>}
                    badges={phone.default && phones.length > 1 ? <Badge tone="good">{o("phoneDefault")}</Badge> : undefined}
                    meta={t(phone.voiceOnly ? "phoneVoice" : calls ? "phoneSmsCall" : "phoneSms")}
                  />
                ))}
              </Rows>
            )}
          </Card>
          <Card id="factors" title={f("title")} more={{ href: "/account/factors", label: f("manage") }}>
            <Rows>
              <Row
                title={f("passkeys")}
                meta={factors.passkeys.length === 0 ? f("passkeyNone") : f("count", { count: factors.passkeys.length })}
              />
              <Row title={f("app")} meta={f(factors.totp ? (factors.totp.disabled ? "appDisabled" : "appOn") : "appNone")} />
            </Rows>
          </Card>
          <Card id="codes" title={t("codes")} more={{ href: "/account/recovery-codes", label: o("codesNew") }}>
            <p className="font-mincho text-[1.75rem] leading-[1.4] font-bold">{t("codesLeft", { count: recoveryCodes.left })}</p>
            {recoveryCodes.left < FEW_CODES ? (
              <Callout tone="warn" className="mt-2">
                {t(recoveryCodes.left === 0 ? "codesNone" : "codesLow")}
              </Callout>
            ) : null}
            <p className="hint mt-1">{t("codesHint")}</p>
          </Card>
          <Card id="identity" title={o("email")}>
            <Rows>
              <Row title={<bdi>{email}</bdi>} meta={o("emailUse")} actions={<a href="/account/email">{o("change")}</a>} />
              <Row
                title={addresses.recovery ? <bdi>{addresses.recovery.email}</bdi> : o("second")}
                meta={
                  addresses.recovery
                    ? addresses.recovery.counts
                      ? o("secondCounts")
                      : o("secondWaits", { time: when(addresses.recovery.countsFrom) })
                    : o("none")
                }
                actions={<a href="/account/email?second">{o(addresses.recovery ? "change" : "add")}</a>}
              />
              <Row
                title={o("password")}
                meta={addresses.passwordChangedAt ? o("passwordChanged", { time: when(addresses.passwordChangedAt) }) : o("passwordNever")}
                actions={<a href="/account/password">{o("change")}</a>}
              />
              {logins.length > 0 || openProviders().length > 0 ? (
                <Row
                  title={s("title")}
                  meta={
                    logins.length > 0
                      ? s("rowLinked", { providers: logins.map(({ provider }) => s(`${provider}Name`)).join(" / ") })
                      : s("rowNone")
                  }
                  actions={<a href="/account/logins">{o("change")}</a>}
                />
              ) : null}
            </Rows>
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
          <Card id="more" title={words.callouts.more}>
            <Rows>
              <Row title={<a href="/account/devices">{words.devices.title}</a>} />
              <Row title={<a href="/account/texts">{words.sentTexts.title}</a>} />
              <Row title={<a href="/account/data">{words.data.title}</a>} />
            </Rows>
          </Card>
        </div>
      </div>
    </div>
  );
}
