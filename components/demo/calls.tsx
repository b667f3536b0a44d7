"use client";

import { useEffect, useState } from "react";
import type { DemoMessage } from "#lib/demo/inbox";

/** Seconds until an unanswered call stops ringing. */
const RINGS = 60;

export const isCall = (message: DemoMessage) => message.channel === "voice" && message.status === "delivered";

type Talk = { id: string; asked: boolean };
type Calls = {
  call: DemoMessage | undefined;
  ringing: boolean;
  /** True for a call that was opened from the list; it does not ring. */
  asked: boolean;
  answer: (id: string) => void;
  listen: (id: string) => void;
  end: (id: string) => void;
};

/**
 * The calls of the phone: a new one rings until it is answered, declined or timed out, and each can be replayed. Of the messages present at the
 * first load only the newest rings, if it is a call.
 */
export function useCalls(messages: DemoMessage[], ready: boolean): Calls {
  const [over, setOver] = useState<ReadonlySet<string> | null>(null);
  if (over === null && messages.length > 0) setOver(new Set(messages.slice(1).map((one) => one.id)));
  const [talk, setTalk] = useState<Talk | null>(null);
  // Without JavaScript a call cannot be answered, so it does not ring.
  const waiting = ready && over ? messages.find((one) => isCall(one) && !over.has(one.id)) : undefined;
  const ringingId = talk ? undefined : waiting?.id;
  useEffect(() => {
    if (!ringingId) return;
    const timer = setTimeout(() => setOver((before) => new Set(before).add(ringingId)), RINGS * 1000);
    return () => clearTimeout(timer);
  }, [ringingId]);
  return {
    call: talk ? messages.find((one) => one.id === talk.id) : waiting,
    ringing: ringingId !== undefined,
    asked: talk?.asked ?? false,
    answer: (id) => setTalk({ id, asked: false }),
    listen: (id) => setTalk({ id, asked: true }),
    end: (id) => {
      setTalk(null);
      setOver((before) => new Set(before).add(id));
    },
  };
}
