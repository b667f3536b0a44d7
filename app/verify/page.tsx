import { redirect } from "next/navigation";
import { getLocale, getMessages } from "next-intl/server";
import type { ReactNode } from "react";
import { Notice } from "#components/form/notice";
import { Journey } from "#components/journey";
import { LastWay } from "#components/lost-phone/last-way";
import { MailAgain } from "#components/lost-phone/mail-again";
import { Act } from "#components/verify/act";
import { EndedChallenge } from "#components/verify/ended";
import { Locked } from "#components/verify/locked";
import { NoWay } from "#components/verify/no-way";
import { ReleaseHint } from "#components/verify/release-hint";
import { Verify } from "#components/verify/verify";
import { WaitingHelp } from "#components/verify/waiting-help";
import { WhoseAccount } from "#components/whose";
import type { PurposePage } from "#lib/challenges/challenge";
import { type ChallengeView, waitsForNumber, waitsForPassword } from "#lib/challenges/challenge";
import { lockedUntil } from "#lib/challenges/lock";
import { formName } from "#lib/crypto/form-name";
import { isSent, type Method, type OwnMethod } from "#lib/methods";
import { mayBeTrusted } from "#lib/sessions/trusted-device";
import { challengeToken, currentChallenge } from "#lib/web/challenge";
import { drawnNotice } from "#lib/web/drawn-notice";
import { lastWayOf } from "#lib/web/lost-phone";
import { signUpOpen } from "#lib/web/sign-up-open";
import { bindsAnew } from "#lib/web/signing-up";
import { site } from "#lib/web/site";
import { formCopy } from "#lib/words/form-copy";
import { whoseWords } from "#lib/words/whose";
import { mailAgainAction, verifyAction } from "./actions";
import { Outage } from "./outage";

type Props = { searchParams: Promise<{ with?: string | string[]; drawn?: string | string[]; mailed?: string | string[] }> };

export default async function VerifyPage({ searchParams }: Props) {
  const challenge = await currentChallenge();
  if (!challenge || challenge.state === "consumed") redirect("/sign-in");
  const { view, state } = challenge;
  if (state === "open" && waitsForNumber(challenge)) redirect("/sign-up/phone");
  if (state === "open" && waitsForPassword(challenge)) redirect("/reset-password");
  const page = await pageOf(challenge.page);
  const { journey, drawn, account, confirming, lostPhone } = await getMessages();
  const asked = await searchParams;
  const notice = asked.mailed === undefined ? await drawnNotice(asked.drawn) : lostPhone.mailed;
  const form = formName(challenge.id);
  const last = page.journey === "sign-in" && state === "open" ? await lastWay(form, challenge.federatedBy !== null) : null;
  const recovering = page.proves === "number" && (await bindsAnew(challenge));
  const until = state === "replaced" ? null : await lockedUntil(await challengeToken());
  const own = state === "open" ? ownWay(view, asked.with) : null;
  const offers = (method: Method) => state === "open" && view.methods.some((offer) => offer.method === method);
  // A lock does not stop answers that cannot be guessed.
  const unlocked = asked.with !== undefined && (own === "recovery_code" || own === "passkey" || own === "recovery_mail");
  return (
    <div className="column">
      {page.journey === "sign-up" && !recovering ? <Journey step={page.proves === "address" ? "email" : "code"} words={journey} /> : null}
      <div className="card">
        <WhoseAccount label={drawn.account} account={whoseWords(challenge.whose, account)} />
        {state === "open" ? <Act action={view.action} words={confirming} /> : null}
        {state !== "open" || (until && !unlocked) ? (
          <>
            {notice ? <Notice text={notice} /> : null}
            <Over
              view={view}
              page={page}
              state={state}
              until={until}
              recovery={offers("recovery_code")}
              passkey={offers("passkey")}
              last={last}
            />
          </>
        ) : (
          <>
            <Outage view={view} own={own} />
            <Open
              view={view}
              page={page}
              form={form}
              notice={notice}
              own={own}
              last={last}
              recovering={recovering}
              trusting={
                page.journey === "sign-in" && own !== "recovery_code" && own !== "recovery_mail" && (await mayBeTrusted(challenge.id))
              }
            />
          </>
        )}
      </div>
    </div>
  );
}

/** The page of a purpose as it is now: while the sign-up is closed nothing starts anew there. */
async function pageOf(page: PurposePage): Promise<PurposePage> {
  return page.restart === "/sign-up" && !(await signUpOpen()) ? { ...page, restart: "/sign-in" } : page;
}

/** Returns the method without a send that the page shows: the requested one or, if nothing was sent, the first. */
function ownWay({ methods, delivery }: ChallengeView, asked: string | string[] | undefined): OwnMethod | null {
  const own = methods.flatMap(({ method }) => (isSent(method) ? [] : [method]));
  const first =
    methods[0] && !isSent(methods[0].method) && methods[0].method !== "recovery_code" && methods[0].method !== "recovery_mail"
      ? methods[0].method
      : null;
  return own.find((method) => method === asked) ?? (delivery === null ? first : null);
}

/** What is left to a person who cannot use the phone, at an open sign-in: the request after a password alone; null elsewhere. */
async function lastWay(form: string, federated: boolean): Promise<ReactNode> {
  const [found, words] = await Promise.all([lastWayOf(), getMessages()]);
  if (federated) return <p className="hint">{words.social.lostPhone}</p>;
  return found ? <LastWay {...found.said} form={form} mailAgain={mailAgainAction} words={words} /> : null;
}

type OpenProps = {
  view: ChallengeView;
  page: PurposePage;
  form: string;
  notice: string | null;
  own: OwnMethod | null;
  trusting: boolean;
  last: ReactNode;
  recovering: boolean;
};

async function Open({ view, page, form, notice, own, trusting, last, recovering }: OpenProps) {
  const words = await getMessages();
  const { name, host, contact } = site(words.common.brand);
  // The mailed code of a reset was proven, and a second factor is asked for.
  const atFactor = page.journey === "reset" && view.step === 2;
  if (view.methods.length === 0 && !view.stopped)
    return (
      <NoWay service={name} contact={contact} words={words} restart={words.ended.restartSignIn} last={last}>
        {atFactor ? <ReleaseHint words={words.release} doubted /> : null}
      </NoWay>
    );
  const { verify, ended, delivery, deliveryReasons, reasonsWithCall, reasonsOfCall, stops, drawn, reset, factors, passkeyFailures } = words;
  const copy = formCopy(words, await getLocale(), name);
  const wrong = {
    recovery_code: verify.recoveryWrong,
    totp: verify.totpWrong,
    passkey: passkeyFailures.refused,
    recovery_mail: verify.recoveryMailWrong,
  };
  return (
    <Verify
      key={`${form} ${own}`}
      action={verifyAction}
      challenge={view}
      page={page}
      form={form}
      notice={notice}
      own={own}
      words={{ verify, ended, delivery, deliveryReasons, reasonsWithCall, reasonsOfCall, stops, drawn, reset, factors, passkeyFailures }}
      copy={own ? { ...copy, errors: { ...copy.errors, code_wrong: wrong[own] } } : copy}
      host={host}
      trust={trusting ? words.trusted.trust : null}
      last={last}
      again={own === "recovery_mail" ? <MailAgain form={form} action={mailAgainAction} label={verify.recoveryMailAgain} /> : null}
    >
      <WaitingHelp
        page={page}
        discreet={page.journey === "reset" && view.step === 1}
        own={own !== null}
        words={recovering ? { ...verify, leaveBind: words.lostPhone.bindLeave } : verify}
        reset={reset}
      />
      {atFactor ? <ReleaseHint words={words.release} /> : null}
    </Verify>
  );
}

type OverProps = {
  view: ChallengeView;
  page: PurposePage;
  state: "open" | "expired" | "exhausted" | "replaced" | "consumed";
  until: string | null;
  recovery: boolean;
  passkey: boolean;
  last: ReactNode;
};

/** A challenge that cannot be answered now or any more. */
async function Over({ view, page, state, until, recovery, passkey, last }: OverProps) {
  const { ended, common, verify } = await getMessages();
  const { name } = site(common.brand);
  if (until === null)
    return (
      <EndedChallenge
        end={state === "open" || state === "consumed" ? "expired" : state}
        page={page}
        service={name}
        words={ended}
        closed={common.signUpClosed}
      />
    );
  return (
    <Locked
      until={until}
      serverTime={view.serverTime}
      resumes={state === "open" && view.expiresAt > until}
      recovery={recovery}
      passkey={passkey}
      locale={await getLocale()}
      service={name}
      words={ended}
      verify={verify}
      last={last}
    />
  );
}
