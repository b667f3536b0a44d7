"use client";

import { useEffect, useState } from "react";
import type { DemoMessage } from "#lib/demo/inbox";

/** Seconds for which a call rings. */
const RINGS = 60;

export const isCall = (message: DemoMessage) => message.channel === "voice" && message.status === "delivered";

type Talk = { id: string; asked: boolean };
type Calls = {
  call: DemoMessage | undefined;
  ringing: boolean;
  /** The call was taken from the list and does not ring. */
  asked: boolean;
  answer: (id: string) => void;
  listen: (id: string) => void;
  end: (id: string) => void;
};

/**
 * The calls of the phone: a new one rings until it is taken or declined or has rung out; any may be listened to again.
 * Of those that came before the phone was looked at only one that nothing followed still rings.
 */
export function useCalls(messages: DemoMessage[], ready: boolean): Calls {
  const [over, setOver] = useState<ReadonlySet<string> | null>(null);
  if (over === null && messages.length > 0) setOver(new Set(messages.slice(1).map((one) => one.id)));
  const [talk, setTalk] = useState<Talk | null>(null);
  // A call that nobody could answer without JavaScript does not ring.
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
