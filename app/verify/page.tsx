import { redirect } from "next/navigation";
import { getLocale, getMessages } from "next-intl/server";
import { Journey } from "#components/journey";
import { Ended } from "#components/verify/ended";
import { Locked } from "#components/verify/locked";
import { NoWay } from "#components/verify/no-way";
import { Verify } from "#components/verify/verify";
import { WaitingHelp } from "#components/verify/waiting-help";
import type { ChallengeView } from "#lib/challenges/challenge";
import { lockedUntil } from "#lib/challenges/lock";
import { challengeToken, currentChallenge } from "#lib/web/challenge";
import { site } from "#lib/web/site";
import { formCopy } from "#lib/words/form-copy";
import { verifyAction } from "./actions";

type Props = { searchParams: Promise<{ with?: string | string[] }> };

export default async function VerifyPage({ searchParams }: Props) {
  const challenge = await currentChallenge();
  if (!challenge || challenge.state === "consumed") redirect("/sign-in");
  const { view, state } = challenge;
  if (state === "open" && view.purpose === "BIND_PHONE" && view.methods.length === 0 && !view.stopped) redirect("/sign-up/phone");
  const { journey } = await getMessages();
  const until = state === "replaced" ? null : await lockedUntil(await challengeToken());
  const asked = (await searchParams).with === "recovery_code";
  const recovery = state === "open" && view.methods.some((offer) => offer.method === "recovery_code");
  return (
    <div className="column">
      {view.purpose === "SIGN_UP" || view.purpose === "BIND_PHONE" ? (
        <Journey step={view.purpose === "SIGN_UP" ? "email" : "code"} words={journey} />
      ) : null}
      <div className="card">
        {state !== "open" || (until && !(asked && recovery)) ? (
          <Over view={view} state={state} until={until} recovery={recovery} />
        ) : (
          <Open view={view} recovery={asked} />
        )}
      </div>
    </div>
  );
}

/** A challenge that can be answered. */
async function Open({ view, recovery: asked }: { view: ChallengeView; recovery: boolean }) {
  const words = await getMessages();
  const { name } = site(words.common.brand);
  if (view.methods.length === 0 && !view.stopped) return <NoWay service={name} words={words.verify} restart={words.ended.restartSignIn} />;
  const recovery = asked && view.methods.some((offer) => offer.method === "recovery_code");
  const { verify, ended, delivery, deliveryReasons, stops } = words;
  return (
    <Verify
      key={String(recovery)}
      action={verifyAction}
      challenge={view}
      recovery={recovery}
      words={{ verify, ended, delivery, deliveryReasons, stops }}
      copy={formCopy(words, await getLocale(), name)}
    >
      <WaitingHelp purpose={view.purpose} recovery={recovery} words={verify} />
    </Verify>
  );
}

type OverProps = {
  view: ChallengeView;
  state: "open" | "expired" | "exhausted" | "replaced" | "consumed";
  until: string | null;
  recovery: boolean;
};

/** A challenge that cannot be answered now, or not any more. */
async function Over({ view, state, until, recovery }: OverProps) {
  const { ended, common } = await getMessages();
  const { name } = site(common.brand);
  if (until === null)
    return <Ended end={state === "open" || state === "consumed" ? "expired" : state} purpose={view.purpose} service={name} words={ended} />;
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
