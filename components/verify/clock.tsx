"use client";

import { useEffect, useState } from "react";

/**
 * The server's time in milliseconds, counted on from the moment it was told; `live` once JavaScript counts.
 * The first render is the server's own, so that it needs no JavaScript and no clock of the device is believed.
 */
export function useServerTime(told: string): { now: number; live: boolean } {
  const [clock, setClock] = useState({ told, since: 0, live: false });
  useEffect(() => {
    const received = performance.now();
    const tick = () => setClock({ told, since: performance.now() - received, live: true });
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [told]);
  return { now: Date.parse(told) + (clock.told === told ? clock.since : 0), live: clock.live };
}

/** Whole seconds from now until a moment, never below 0. */
export const secondsUntil = (at: string | undefined, now: number): number =>
  at ? Math.max(0, Math.ceil((Date.parse(at) - now) / 1000)) : 0;

/** A moment as the clock on the wall in Japan shows it: `12:34`, with seconds where they matter. */
export const wallClock = (at: string, locale: string, seconds = false): string =>
  new Intl.DateTimeFormat(locale, {
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
    hourCycle: "h23",
    timeZone: "Asia/Tokyo",
  }).format(new Date(at));
