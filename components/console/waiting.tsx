"use client";

import { useEffect, useState } from "react";

/** How often an open page asks anew, in milliseconds. */
const INTERVAL_MS = 20_000;

type Props = { first: number; label: string };

/** The count of what waits in a room. With scripts it stays current while the page is seen; a session that has ended keeps the last count. */
export function Waiting({ first, label }: Props) {
  const [count, setCount] = useState(first);
  useEffect(() => setCount(first), [first]);
  useEffect(() => {
    const ask = async () => {
      if (document.visibilityState !== "visible") return;
      const answer = await fetch("/admin/waiting").catch(() => null);
      if (answer?.ok) setCount(((await answer.json()) as { cases: number }).cases);
    };
    const timer = setInterval(ask, INTERVAL_MS);
    document.addEventListener("visibilitychange", ask);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", ask);
    };
  }, []);
  return count > 0 ? (
    <b>
      {count}
      <span className="sr-only">{label}</span>
    </b>
  ) : null;
}
