"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { useServerTime } from "#components/verify/clock";
import type { ChallengeView } from "#lib/challenges/challenge";

type Live = { challenge: ChallengeView; moved: boolean; now: number; live: boolean };

const newer = (a: ChallengeView, b: ChallengeView) => (Date.parse(a.serverTime) > Date.parse(b.serverTime) ? a : b);

/**
 * Reads the current challenge of this page: "over" when it cannot be answered any more, "moved" when the browser has another challenge or none,
 * null when no answer came.
 */
async function read(form: string): Promise<ChallengeView | "over" | "moved" | null> {
  try {
    const headers = { accept: "application/json", "sekisho-form": form };
    const answer = await fetch("/api/v1/challenge", { headers, cache: "no-store" });
    if (answer.status === 409) return "moved";
    if (answer.status === 404) return "over";
    if (!answer.ok) return null;
    const view = (await answer.json()) as ChallengeView;
    return view.attemptsLeft === 0 ? "over" : view;
  } catch {
    return null;
  }
}

/**
 * Polls the challenge once a second while the page is visible and no form is being sent. The page reloads when the server reports "over", but not
 * after "moved": the form must not change to another account while a user fills it in.
 */
export function useLiveChallenge(given: ChallengeView, form: string, paused: boolean): Live {
  const router = useRouter();
  const [polled, setPolled] = useState(given);
  const [moved, setMoved] = useState(false);
  const challenge = newer(polled, given);
  const clock = useServerTime(challenge.serverTime);
  useEffect(() => {
    if (paused || moved) return;
    let ended = false;
    const timer = setInterval(async () => {
      if (document.hidden) return;
      const next = await read(form);
      if (!next || ended) return;
      if (next === "moved") setMoved(true);
      else if (next === "over") router.refresh();
      else setPolled(next);
    }, 1000);
    return () => {
      ended = true;
      clearInterval(timer);
    };
  }, [form, moved, paused, router]);
  return { challenge, moved, ...clock };
}
