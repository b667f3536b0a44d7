"use client";

import { useEffect, useRef, useState } from "react";
import type { DemoMessage } from "#lib/demo/inbox";
import type { Words } from "#lib/words/ja";

type Props = { call: DemoMessage; from: string; words: Words["demo"]; onEnd: () => void };

function speak(text: string) {
  if (!("speechSynthesis" in window)) return;
  speechSynthesis.cancel();
  const speech = new SpeechSynthesisUtterance(text);
  speech.lang = /[ぁ-んァ-ン]/.test(text) ? "ja-JP" : "en-US";
  speech.rate = 0.85;
  speechSynthesis.speak(speech);
}

/** A call: it rings, greets when answered, and says the code only after the key press (PSTN-09). */
export function Call({ call, from, words, onEnd }: Props) {
  const [stage, setStage] = useState<"ringing" | "greeting" | "telling">("ringing");
  const answer = useRef<HTMLButtonElement>(null);
  useEffect(() => answer.current?.focus(), []);
  useEffect(() => () => window.speechSynthesis?.cancel(), []);
  const go = (next: "greeting" | "telling") => {
    setStage(next);
    speak(next === "greeting" ? (call.greeting ?? "") : call.text);
  };
  const said = stage === "telling" ? call.text : (call.greeting ?? "");
  return (
    <section className="call" data-stage={stage} aria-label={words.incoming}>
      <p className="caller">
        <span>{stage === "ringing" ? words.incoming : words.spoken}</span>
        <strong>{from}</strong>
      </p>
      {stage === "ringing" ? null : (
        <p className="said" role="status">
          {said}
        </p>
      )}
      <p className="keys">
        <button type="button" className="hang" onClick={onEnd}>
          {stage === "ringing" ? words.decline : words.hangUp}
        </button>
        {stage === "ringing" ? (
          <button type="button" className="take" ref={answer} onClick={() => go("greeting")}>
            {words.answer}
          </button>
        ) : (
          <button type="button" className="take" onClick={() => go("telling")}>
            {stage === "greeting" ? words.press : words.replay}
          </button>
        )}
      </p>
    </section>
  );
}
