"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import type { ChallengeView } from "#lib/challenges/challenge";

const newer = (a: ChallengeView, b: ChallengeView) => (Date.parse(a.serverTime) > Date.parse(b.serverTime) ? a : b);

/** The challenge as it is now; "gone" when it ended elsewhere, null when nobody could be asked. */
async function read(): Promise<ChallengeView | "gone" | null> {
  try {
    const answer = await fetch("/api/v1/challenge", { headers: { accept: "application/json" }, cache: "no-store" });
    if (answer.status === 404) return "gone";
    return answer.ok ? ((await answer.json()) as ChallengeView) : null;
  } catch {
    return null;
  }
}

/**
 * The challenge as the server last told it, asked for each second while the page is seen and nothing is being sent,
 * and the server's time since then. The first render is the server's own, so that it needs no JavaScript.
 */
export function useLiveChallenge(given: ChallengeView, paused: boolean): { challenge: ChallengeView; now: number; live: boolean } {
  const router = useRouter();
  const [polled, setPolled] = useState(given);
  const challenge = newer(polled, given);
  const [clock, setClock] = useState({ of: given.serverTime, since: 0, live: false });

  useEffect(() => {
    const received = performance.now();
    const tick = () => setClock({ of: challenge.serverTime, since: performance.now() - received, live: true });
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [challenge.serverTime]);

  useEffect(() => {
    if (paused) return;
    let ended = false;
    const timer = setInterval(async () => {
      if (document.hidden) return;
      const next = await read();
      if (!next || ended) return;
      // Expired or replaced in another tab: the page knows what to say and where to lead.
      if (next === "gone") router.refresh();
      else setPolled(next);
    }, 1000);
    return () => {
      ended = true;
      clearInterval(timer);
    };
  }, [paused, router]);

  const since = clock.of === challenge.serverTime ? clock.since : 0;
  return { challenge, now: Date.parse(challenge.serverTime) + since, live: clock.live };
}
