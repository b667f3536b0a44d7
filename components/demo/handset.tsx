"use client";

import { useEffect, useState } from "react";
import { Call } from "#components/demo/call";
import { useInbox } from "#components/demo/inbox";
import { Message, type PhoneWords } from "#components/demo/message";
import type { DemoMessage } from "#lib/demo/inbox";
import { fill } from "#lib/words/fill";
import { written } from "#lib/words/number";

type Props = { first: DemoMessage[]; to: string | null; sender: string; locale: string; words: PhoneWords };

const isCall = (message: DemoMessage) => message.channel === "voice" && message.status === "delivered";

/** Calls that came before the page was opened have rung out, except one that nothing followed. */
const rungOut = (first: DemoMessage[]) =>
  new Set(
    first
      .slice(1)
      .filter(isCall)
      .map((message) => message.id),
  );

/** The telephone on the screen: what arrives appears by itself, a call rings. */
export function Handset({ first, to, sender, locale, words }: Props) {
  const { messages, online } = useInbox(first, to);
  const [taken, setTaken] = useState(() => rungOut(first));
  // A call that nobody could answer without JavaScript does not ring.
  const [ready, setReady] = useState(false);
  useEffect(() => setReady(true), []);
  const call = messages.find((message) => isCall(message) && !taken.has(message.id));
  const latest = messages[0];
  const fresh =
    latest && latest.id !== first[0]?.id
      ? fill(words.demo.arrived, { who: latest.channel === "email" ? words.demo.mailFrom : sender })
      : "";
  return (
    <div className="handset">
      <p className="status-bar">
        <span>{words.demo.carrier}</span>
        <span>{online ? "4G" : "–"}</span>
      </p>
      <p className="sr-only" role="status">
        {fresh}
      </p>
      {online ? null : (
        <p className="empty" role="status">
          {words.demo.offline}
        </p>
      )}
      {messages.length === 0 ? (
        <p className="empty">{to ? fill(words.demo.emptyFor, { to: written(to) }) : words.demo.empty}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard (WCAG 2.1.1)
        <section className="thread" tabIndex={0} aria-label={words.demo.messages}>
          <ol>
            {messages.map((message) => (
              <Message key={message.id} message={message} locale={locale} words={words} />
            ))}
          </ol>
        </section>
      )}
      {call && ready ? (
        <Call key={call.id} call={call} from={sender} words={words.demo} onEnd={() => setTaken(new Set(taken).add(call.id))} />
      ) : null}
    </div>
  );
}
