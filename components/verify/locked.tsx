"use client";

import { secondsUntil, useServerTime, wallClock } from "#components/verify/clock";
import { EndTitle, Sentence } from "#components/verify/ended";
import { clock, fill, spokenWait } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = {
  /** When the lock lifts and when the page was drawn, on the server's clock, ISO 8601. */
  until: string;
  serverTime: string;
  /** Whether the challenge of this page can still be answered then. */
  resumes: boolean;
  locale: string;
  service: string;
  words: Words["ended"];
};

/** A locked account: how long still, what else is possible meanwhile, and the way on once it is over. */
export function Locked({ until, serverTime, resumes, locale, service, words }: Props) {
  const { now, live } = useServerTime(serverTime);
  const left = secondsUntil(until, now);
  return (
    <div>
      <EndTitle title={words.lockedTitle} service={service} />
      <Sentence>{words.locked}</Sentence>
      {left > 0 ? (
        <p className="countdown">
          <span>{words.lockedLeft}</span>
          <strong role="timer">{live ? clock(left) : spokenWait(left, locale)}</strong>
          <span>{fill(words.lockedUntil, { time: wallClock(until, locale) })}</span>
        </p>
      ) : null}
      <p aria-live="polite" className={left > 0 ? undefined : "note good"}>
        {left > 0 ? "" : resumes ? words.lockedReady : words.lockedReadyRestart}
      </p>
      {left > 0 ? <Meanwhile words={words} /> : null}
      <a className={left > 0 ? "button quiet mt-6" : "button mt-6"} href={resumes && left === 0 ? "/verify" : "/sign-in"}>
        {resumes && left === 0 ? words.toCode : words.restartSignIn}
      </a>
    </div>
  );
}

const Meanwhile = ({ words }: { words: Words["ended"] }) => (
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
);
