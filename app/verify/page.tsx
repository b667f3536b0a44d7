import { redirect } from "next/navigation";
import { getLocale, getMessages } from "next-intl/server";
import { Notice } from "#components/form/notice";
import { Journey } from "#components/journey";
import { EndedChallenge } from "#components/verify/ended";
import { Locked } from "#components/verify/locked";
import { NoWay } from "#components/verify/no-way";
import { Verify } from "#components/verify/verify";
import { WaitingHelp } from "#components/verify/waiting-help";
import { WhoseAccount } from "#components/whose";
import type { PurposePage } from "#lib/challenges/challenge";
import { type ChallengeView, waitsForNumber, waitsForPassword } from "#lib/challenges/challenge";
import { lockedUntil } from "#lib/challenges/lock";
import { formName } from "#lib/crypto/form-name";
import { challengeToken, currentChallenge } from "#lib/web/challenge";
import { drawnNotice } from "#lib/web/drawn-notice";
import { site } from "#lib/web/site";
import { formCopy } from "#lib/words/form-copy";
import { whoseWords } from "#lib/words/whose";
import { verifyAction } from "./actions";

type Props = { searchParams: Promise<{ with?: string | string[]; drawn?: string | string[] }> };

export default async function VerifyPage({ searchParams }: Props) {
  const challenge = await currentChallenge();
  if (!challenge || challenge.state === "consumed") redirect("/sign-in");
  const { view, state, page } = challenge;
  if (state === "open" && waitsForNumber(challenge)) redirect("/sign-up/phone");
  if (state === "open" && waitsForPassword(challenge)) redirect("/reset-password");
  const { journey, drawn, account } = await getMessages();
  const asked = await searchParams;
  const notice = await drawnNotice(asked.drawn);
  const until = state === "replaced" ? null : await lockedUntil(await challengeToken());
  const typed = asked.with === "recovery_code";
  const recovery = state === "open" && view.methods.some((offer) => offer.method === "recovery_code");
  return (
    <div className="column">
      {page.journey === "sign-up" ? <Journey step={page.proves === "address" ? "email" : "code"} words={journey} /> : null}
      <div className="card">
        <WhoseAccount label={drawn.account} account={whoseWords(challenge.whose, account)} />
        {state !== "open" || (until && !(typed && recovery)) ? (
          <>
            {notice ? <Notice text={notice} /> : null}
            <Over view={view} page={page} state={state} until={until} recovery={recovery} />
          </>
        ) : (
          <Open view={view} page={page} form={formName(challenge.id)} notice={notice} recovery={typed} />
        )}
      </div>
    </div>
  );
}

type OpenProps = { view: ChallengeView; page: PurposePage; form: string; notice: string | null; recovery: boolean };

async function Open({ view, page, form, notice, recovery: asked }: OpenProps) {
  const words = await getMessages();
  const { name, host, contact } = site(words.common.brand);
  if (view.methods.length === 0 && !view.stopped)
    return <NoWay service={name} contact={contact} words={words} restart={words.ended.restartSignIn} />;
  const recovery = asked && view.methods.some((offer) => offer.method === "recovery_code");
  const { verify, ended, delivery, deliveryReasons, reasonsWithCall, reasonsOfCall, stops, drawn, reset } = words;
  const copy = formCopy(words, await getLocale(), name);
  return (
    <Verify
      key={`${form} ${recovery}`}
      action={verifyAction}
      challenge={view}
      page={page}
      form={form}
      notice={notice}
      recovery={recovery}
      words={{ verify, ended, delivery, deliveryReasons, reasonsWithCall, reasonsOfCall, stops, drawn, reset }}
      copy={recovery ? { ...copy, errors: { ...copy.errors, code_wrong: verify.recoveryWrong } } : copy}
      host={host}
    >
      <WaitingHelp page={page} discreet={page.journey === "reset" && view.step === 1} recovery={recovery} words={verify} reset={reset} />
    </Verify>
  );
}

type OverProps = {
  view: ChallengeView;
  page: PurposePage;
  state: "open" | "expired" | "exhausted" | "replaced" | "consumed";
  until: string | null;
  recovery: boolean;
};

/** A challenge that cannot be answered now or any more. */
async function Over({ view, page, state, until, recovery }: OverProps) {
  const { ended, common } = await getMessages();
  const { name } = site(common.brand);
  if (until === null)
    return <EndedChallenge end={state === "open" || state === "consumed" ? "expired" : state} page={page} service={name} words={ended} />;
  return (
    <Locked
      until={until}
      serverTime={view.serverTime}
      resumes={state === "open" && view.expiresAt > until}
      recovery={recovery}
      locale={await getLocale()}
      service={name}
      words={ended}
    />
  );
}
