import { EndTitle } from "#components/verify/end-title";
import { Until } from "#components/verify/until";
import type { Words } from "#lib/words/ja";

type Props = {
  /** When the lock lifts and when the page was drawn, on the server's clock, ISO 8601. */
  until: string;
  serverTime: string;
  /** Whether the challenge of this page can still be answered then. */
  resumes: boolean;
  /** Whether a recovery code, which is never locked, can be used now. */
  recovery: boolean;
  locale: string;
  service: string;
  words: Words["ended"];
};

/** A locked account: how long still, what else is possible meanwhile, and the way on once it is over. */
export const Locked = ({ until, serverTime, resumes, recovery, locale, service, words }: Props) => (
  <div>
    <EndTitle title={words.lockedTitle} service={service} />
    <p className="lead">{words.locked}</p>
    {recovery ? (
      <p className="mt-4">
        {words.lockedRecovery}
        <a className="button mt-3" href="/verify?with=recovery_code">
          {words.useRecovery}
        </a>
      </p>
    ) : null}
    <Until
      until={until}
      serverTime={serverTime}
      locale={locale}
      words={words}
      ready={resumes ? words.lockedReady : words.lockedReadyRestart}
      restart={
        <a className="button quiet mt-6" href="/sign-in">
          {words.restartSignIn}
        </a>
      }
      goOn={
        <a className="button mt-6" href={resumes ? "/verify" : "/sign-in"}>
          {resumes ? words.toCode : words.restartSignIn}
        </a>
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
  </div>
);
