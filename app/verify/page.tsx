import { redirect } from "next/navigation";
import { getLocale, getMessages } from "next-intl/server";
import { Journey } from "#components/journey";
import { Ended } from "#components/verify/ended";
import { Verify } from "#components/verify/verify";
import { WaitingHelp } from "#components/verify/waiting-help";
import { currentChallenge } from "#lib/web/challenge";
import { site } from "#lib/web/site";
import { formCopy } from "#lib/words/form-copy";
import { verifyAction } from "./actions";

type Props = { searchParams: Promise<{ with?: string | string[] }> };

export default async function VerifyPage({ searchParams }: Props) {
  const challenge = await currentChallenge();
  if (!challenge || challenge.state === "consumed") redirect("/sign-in");
  const { view, state } = challenge;
  if (state === "open" && view.purpose === "BIND_PHONE" && view.methods.length === 0) redirect("/sign-up/phone");
  const recovery = (await searchParams).with === "recovery_code" && view.methods.some((offer) => offer.method === "recovery_code");
  const words = await getMessages();
  const { name, senderNumber } = site(words.common.brand);
  const { verify, delivery, deliveryReasons } = words;
  return (
    <div className="column">
      {view.purpose === "SIGN_UP" || view.purpose === "BIND_PHONE" ? (
        <Journey step={view.purpose === "SIGN_UP" ? "email" : "code"} words={words.journey} />
      ) : null}
      <div className="card">
        {state === "open" ? (
          <Verify
            key={String(recovery)}
            action={verifyAction}
            challenge={view}
            recovery={recovery}
            words={{ verify, delivery, deliveryReasons }}
            copy={formCopy(words, await getLocale(), name)}
          >
            <WaitingHelp purpose={view.purpose} recovery={recovery} sender={senderNumber} words={verify} />
          </Verify>
        ) : (
          <Ended end={state} signUp={view.purpose === "SIGN_UP"} wait="" service={name} words={verify} />
        )}
      </div>
    </div>
  );
}
