"use client";

import { useEffect, useRef, useState } from "react";
import { localeOf, useSpeech } from "#components/demo/speech";
import type { DemoMessage } from "#lib/demo/inbox";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";
import { written } from "#lib/words/number";

type Stage = "ringing" | "greeting" | "telling";
type Props = {
  call: DemoMessage;
  from: string;
  /** True for a call that was opened from the list; it does not ring. */
  asked: boolean;
  words: Words["demo"];
  onAnswer: () => void;
  onEnd: () => void;
};

/** A demo call: it rings, greets when answered, and says the code three times after the key press (PSTN-09). */
export function DemoCall({ call, from, asked, words, onAnswer, onEnd }: Props) {
  const [stage, setStage] = useState<Stage>(asked ? "greeting" : "ringing");
  const { line, say } = useSpeech();
  const first = useRef<HTMLButtonElement>(null);
  const greeting = call.greeting ?? "";
  const lines = (stage === "telling" ? call.text : greeting).split("\n");
  // Focus moves only to a call that was opened from the list; an incoming call must not interrupt typing.
  useEffect(() => {
    if (!asked) return;
    first.current?.focus();
    say([greeting], localeOf(greeting));
  }, [asked, greeting, say]);
  const go = (next: Stage) => {
    setStage(next);
    const text = next === "telling" ? call.text : greeting;
    say(text.split("\n"), localeOf(text));
    if (next === "greeting") onAnswer();
  };
  return (
    <section className="call" data-stage={stage} aria-label={stage === "ringing" ? words.incoming : words.onCall}>
      <p className="caller">
        <span role="status">{stage === "ringing" ? words.incoming : words.onCall}</span>
        <strong>{from}</strong>
      </p>
      <p className="callee">{fill(words.calledNumber, { to: written(call.to) })}</p>
      {stage === "ringing" ? null : (
        <div className="said" role="log" aria-label={words.spoken}>
          {lines.map((text, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one text never change, and the code is said three times
            <p key={index} data-now={line === index} lang={localeOf(text)}>
              {text}
            </p>
          ))}
        </div>
      )}
      <Keys stage={stage} first={first} words={words} onNext={() => go(stage === "ringing" ? "greeting" : "telling")} onEnd={onEnd} />
    </section>
  );
}

type KeysProps = {
  stage: Stage;
  first: React.RefObject<HTMLButtonElement | null>;
  words: Words["demo"];
  onNext: () => void;
  onEnd: () => void;
};

const Keys = ({ stage, first, words, onNext, onEnd }: KeysProps) => (
  <p className="keys">
    <button type="button" className="hang" onClick={onEnd}>
      {stage === "ringing" ? words.decline : words.hangUp}
    </button>
    <button type="button" className="take" ref={first} onClick={onNext}>
      {{ ringing: words.answer, greeting: words.press, telling: words.replay }[stage]}
    </button>
  </p>
);
