"use client";

import { useEffect, useState } from "react";

/**
 * Returns the server's time in milliseconds, advanced from the moment it was received; `live` once JavaScript runs. It never reads the device's
 * clock, and the first render equals the server's.
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

/** Returns the whole seconds from now until a time, at least 0. */
export const secondsUntil = (at: string | undefined, now: number): number =>
  at ? Math.max(0, Math.ceil((Date.parse(at) - now) / 1000)) : 0;

/** Formats a time in Japan's time zone as `12:34`, with seconds on request. */
export const wallClock = (at: string, locale: string, seconds = false): string =>
  new Intl.DateTimeFormat(locale, {
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
    hourCycle: "h23",
    timeZone: "Asia/Tokyo",
  }).format(new Date(at));
