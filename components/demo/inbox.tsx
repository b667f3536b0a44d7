"use client";

import { useEffect, useState } from "react";
import type { DemoMessage } from "#lib/demo/inbox";

type Inbox = { messages: DemoMessage[]; online: boolean };

async function ask(query: Record<string, string>, signal: AbortSignal): Promise<DemoMessage[]> {
  const answer = await fetch(`/api/demo/messages?${new URLSearchParams(query)}`, { signal, cache: "no-store" });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as DemoMessage[];
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Keeps the phone's messages current by long polling; the server renders the first ones. */
export function useInbox(first: DemoMessage[], to: string | null): Inbox {
  const [inbox, setInbox] = useState<Inbox>({ messages: first, online: true });
  useEffect(() => {
    const stop = new AbortController();
    const address = to ? { to } : undefined;
    (async () => {
      let known = first;
      while (!stop.signal.aborted) {
        try {
          // A status change wakes no long poll, so the poll is short while a message is on its way.
          const wait = known.some((message) => message.status === "sent") ? "2" : "20";
          await ask({ ...address, ...(known[0] ? { after: known[0].at } : {}), wait }, stop.signal);
          known = await ask({ ...address }, stop.signal);
          setInbox({ messages: known, online: true });
        } catch {
          if (stop.signal.aborted) return;
          setInbox((before) => ({ ...before, online: false }));
          await pause(2000);
        }
      }
    })();
    return () => stop.abort();
  }, [first, to]);
  return inbox;
}
