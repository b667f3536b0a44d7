import { redirect } from "next/navigation";
import { getLocale, getMessages } from "next-intl/server";
import { Journey } from "#components/journey";
import { Ended } from "#components/verify/ended";
import { Locked } from "#components/verify/locked";
import { NoWay } from "#components/verify/no-way";
import { Verify } from "#components/verify/verify";
import { WaitingHelp } from "#components/verify/waiting-help";
import { lockedUntil } from "#lib/accounts/locked-until";
import type { ChallengeView } from "#lib/challenges/challenge";
import { challengeToken, currentChallenge } from "#lib/web/challenge";
import { site } from "#lib/web/site";
import { formCopy } from "#lib/words/form-copy";
import { verifyAction } from "./actions";

type Props = { searchParams: Promise<{ with?: string | string[] }> };

export default async function VerifyPage({ searchParams }: Props) {
  const challenge = await currentChallenge();
  if (!challenge || challenge.state === "consumed") redirect("/sign-in");
  const { view, state } = challenge;
  if (state === "open" && view.purpose === "BIND_PHONE" && view.methods.length === 0) redirect("/sign-up/phone");
  const { journey } = await getMessages();
  const until = state === "replaced" ? null : await lockedUntil(await challengeToken());
  return (
    <div className="column">
      {view.purpose === "SIGN_UP" || view.purpose === "BIND_PHONE" ? (
        <Journey step={view.purpose === "SIGN_UP" ? "email" : "code"} words={journey} />
      ) : null}
      <div className="card">
        {until || state !== "open" ? (
          <Over view={view} state={state} until={until} />
        ) : (
          <Open view={view} recovery={(await searchParams).with === "recovery_code"} />
        )}
      </div>
    </div>
  );
}

/** A challenge that can be answered. */
async function Open({ view, recovery: asked }: { view: ChallengeView; recovery: boolean }) {
  const words = await getMessages();
  const { name, host, contact } = site(words.common.brand);
  if (view.methods.length === 0) return <NoWay service={name} contact={contact} words={words} restart={words.ended.restartSignIn} />;
  const recovery = asked && view.methods.some((offer) => offer.method === "recovery_code");
  const { verify, ended, delivery, deliveryReasons, reasonsWithCall, reasonsOfCall } = words;
  const copy = formCopy(words, await getLocale(), name);
  return (
    <Verify
      key={String(recovery)}
      action={verifyAction}
      challenge={view}
      recovery={recovery}
      words={{ verify, ended, delivery, deliveryReasons, reasonsWithCall, reasonsOfCall }}
      copy={recovery ? { ...copy, errors: { ...copy.errors, code_wrong: verify.recoveryWrong } } : copy}
      host={host}
    >
      <WaitingHelp purpose={view.purpose} recovery={recovery} words={verify} />
    </Verify>
  );
}

type OverProps = { view: ChallengeView; state: "open" | "expired" | "exhausted" | "replaced" | "consumed"; until: string | null };

/** A challenge that cannot be answered now, or not any more. */
async function Over({ view, state, until }: OverProps) {
  const { ended, common } = await getMessages();
  const { name } = site(common.brand);
  if (until === null)
    return <Ended end={state === "open" || state === "consumed" ? "expired" : state} purpose={view.purpose} service={name} words={ended} />;
  return (
    <Locked
      until={until}
      serverTime={view.serverTime}
      resumes={state === "open" && view.expiresAt > until}
      locale={await getLocale()}
      service={name}
      words={ended}
    />
  );
}
