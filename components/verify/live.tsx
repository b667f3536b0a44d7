"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { useServerTime } from "#components/verify/clock";
import type { ChallengeView } from "#lib/challenges/challenge";

const newer = (a: ChallengeView, b: ChallengeView) => (Date.parse(a.serverTime) > Date.parse(b.serverTime) ? a : b);

/** The challenge as it is now; "over" when it cannot be answered any more, null when nobody could be asked. */
async function read(): Promise<ChallengeView | "over" | null> {
  try {
    const answer = await fetch("/api/v1/challenge", { headers: { accept: "application/json" }, cache: "no-store" });
    if (answer.status === 404) return "over";
    if (!answer.ok) return null;
    const view = (await answer.json()) as ChallengeView;
    return view.attemptsLeft === 0 ? "over" : view;
  } catch {
    return null;
  }
}

/**
 * The challenge as the server last told it, asked for each second while the page is seen and nothing is being sent.
 * Whether it is over is the server's to say: the page is then drawn again and knows where to lead.
 */
export function useLiveChallenge(given: ChallengeView, paused: boolean): { challenge: ChallengeView; now: number; live: boolean } {
  const router = useRouter();
  const [polled, setPolled] = useState(given);
  const challenge = newer(polled, given);
  const clock = useServerTime(challenge.serverTime);
  useEffect(() => {
    if (paused) return;
    let ended = false;
    const timer = setInterval(async () => {
      if (document.hidden) return;
      const next = await read();
      if (!next || ended) return;
      if (next === "over") router.refresh();
      else setPolled(next);
    }, 1000);
    return () => {
      ended = true;
      clearInterval(timer);
    };
  }, [paused, router]);
  return { challenge, ...clock };
}
