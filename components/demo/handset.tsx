"use client";

import { useEffect, useState } from "react";
import { DemoCall } from "#components/demo/call";
import { isCall, useCalls } from "#components/demo/calls";
import { useInbox } from "#components/demo/inbox";
import { Message, type PhoneWords } from "#components/demo/message";
import { useRingtone } from "#components/demo/ringtone";
import type { DemoMessage } from "#lib/demo/inbox";
import { fill } from "#lib/words/fill";
import { written } from "#lib/words/number";

type Props = { first: DemoMessage[]; to: string | null; sender: string; locale: string; words: PhoneWords };

/** The demo phone: messages appear without a reload, and calls ring. */
export function Handset({ first, to, sender, locale, words }: Props) {
  const { messages, online } = useInbox(first, to);
  const [ready, setReady] = useState(false);
  useEffect(() => setReady(true), []);
  const { call, ringing, asked, answer, listen, end } = useCalls(messages, ready);
  const { sound, toggle } = useRingtone(ringing);
  const { demo } = words;
  const latest = messages[0];
  const news =
    latest && latest.id !== first[0]?.id
      ? fill(demo.arrived, { who: { email: demo.mailFrom, voice: demo.caller, sms: sender }[latest.channel] })
      : "";
  return (
    <div className="handset" data-ringing={ringing}>
      <p className="status-bar">
        <span>{demo.carrier}</span>
        {ready ? (
          <button type="button" aria-pressed={sound} onClick={toggle}>
            {sound ? demo.soundOn : demo.soundOff}
          </button>
        ) : null}
        <span>{online ? "4G" : "–"}</span>
      </p>
      <p className="sr-only" role="status">
        {news}
      </p>
      {online ? null : (
        <p className="empty" role="status">
          {demo.offline}
        </p>
      )}
      {/* Before the messages in the document, so that the Tab key reaches it first. */}
      {call && ready ? (
        <DemoCall
          key={call.id}
          call={call}
          from={demo.caller}
          asked={asked}
          words={demo}
          onAnswer={() => answer(call.id)}
          onEnd={() => end(call.id)}
        />
      ) : null}
      {messages.length === 0 ? (
        <p className="empty">{to ? fill(demo.emptyFor, { to: written(to) }) : demo.empty}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard (WCAG 2.1.1)
        <section className="thread" tabIndex={0} aria-label={demo.messages}>
          <ol>
            {messages.map((message) => (
              <Message
                key={message.id}
                message={message}
                sender={sender}
                locale={locale}
                words={words}
                onListen={ready && isCall(message) ? () => listen(message.id) : null}
              />
            ))}
          </ol>
        </section>
      )}
    </div>
  );
}
