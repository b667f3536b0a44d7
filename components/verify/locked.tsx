import type { ReactNode } from "react";
import { Button } from "#components/ui/button";
import { EndTitle } from "#components/verify/end-title";
import { Until } from "#components/verify/until";
import type { Words } from "#lib/words/ja";

type Props = {
  /** The end of the lock and the time of rendering on the server's clock, ISO 8601. */
  until: string;
  serverTime: string;
  /** True if the challenge can still be answered after the lock. */
  resumes: boolean;
  /** True if a recovery code can be used now; a lock does not apply to it. */
  recovery: boolean;
  /** True if a passkey can be used now, for the same reason. */
  passkey: boolean;
  locale: string;
  service: string;
  words: Words["ended"];
  verify: Words["verify"];
  /** For a person who cannot use the phone at all. */
  last: ReactNode;
};

/** A locked account: the remaining time, the alternatives, and the link for the time after the lock. */
export const Locked = ({ until, serverTime, resumes, recovery, passkey, locale, service, words, verify, last }: Props) => (
  <div>
    <EndTitle title={words.lockedTitle} service={service} />
    <p className="lead">{words.locked}</p>
    {passkey ? (
      <p className="mt-4">
        {verify.passkeyLocked}
        <a className="button mt-3" href="/verify?with=passkey">
          {verify.passkey}
        </a>
      </p>
    ) : null}
    {recovery ? (
      <p className="mt-4">
        {words.lockedRecovery}
        <Button href="/verify?with=recovery_code" className="mt-3">
          {words.useRecovery}
        </Button>
      </p>
    ) : null}
    <Until
      until={until}
      serverTime={serverTime}
      locale={locale}
      words={words}
      ready={resumes ? words.lockedReady : words.lockedReadyRestart}
      restart={
        <Button kind="secondary" href="/sign-in" className="mt-6">
          {words.restartSignIn}
        </Button>
      }
      goOn={
        <Button href={resumes ? "/verify" : "/sign-in"} className="mt-6">
          {resumes ? words.toCode : words.restartSignIn}
        </Button>
      }
    >
      <section aria-labelledby="meanwhile" className="mt-6">
        <h2 id="meanwhile" className="text-[1.0625rem]!">
          {words.lockedMeanwhile}
        </h2>
        <ul className="mt-1 list-disc pl-5">
          <li>{words.lockedCodes}</li>
          <li>{words.lockedElsewhere}</li>
          <li>{words.lockedStranger}</li>
        </ul>
      </section>
    </Until>
    {last ? (
      <details id="cannot-use" className="unfold">
        <summary>{verify.cannotUse}</summary>
        {last}
      </details>
    ) : null}
  </div>
);
