"use client";

import type { ReactNode } from "react";
import { secondsUntil, useServerTime, wallClock } from "#components/verify/clock";
import { clock, fill, spokenWait } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = {
  until: string;
  serverTime: string;
  locale: string;
  words: Pick<Words["ended"], "lockedLeft" | "lockedUntil">;
  /** Announced once when the wait is over. */
  ready: string;
  /** The links before and after the end of the wait. */
  restart: ReactNode;
  goOn: ReactNode;
  children: ReactNode;
};

/** A countdown to a time, visual only; its end is announced once and enables the link. */
export function Until({ until, serverTime, locale, words, ready, restart, goOn, children }: Props) {
  const { now, live } = useServerTime(serverTime);
  const left = secondsUntil(until, now);
  return (
    <>
      {left > 0 ? (
        <p className="countdown">
          <span>{words.lockedLeft}</span>
          <strong role="timer">{live ? clock(left) : spokenWait(left, locale)}</strong>
          <span>{fill(words.lockedUntil, { time: wallClock(until, locale) })}</span>
        </p>
      ) : null}
      <p aria-live="polite" className={left > 0 ? undefined : "note good"}>
        {left > 0 ? "" : ready}
      </p>
      {left > 0 ? children : null}
      {left > 0 ? restart : goOn}
    </>
  );
}
