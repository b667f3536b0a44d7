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
 * One that came before the phone was looked at still rings when nothing followed it within the time it rings.
 */
export function useCalls(messages: DemoMessage[], ready: boolean): Calls {
  const [over, setOver] = useState<ReadonlySet<string>>(new Set());
  const [talk, setTalk] = useState<Talk | null>(null);
  const newest = Date.parse(messages[0]?.at ?? "");
  const fresh = (call: DemoMessage) => newest - Date.parse(call.at) < RINGS * 1000;
  // A call that nobody could answer without JavaScript does not ring.
  const waiting = ready ? messages.find((one) => isCall(one) && !over.has(one.id) && fresh(one)) : undefined;
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
