"use client";

import { useCallback, useEffect, useState } from "react";

/** Speaks lines slowly with the browser's voice. `line` is the index of the spoken line; null before and after, and without a voice. */
export function useSpeech(): { line: number | null; say: (lines: string[], locale: string) => void; hush: () => void } {
  const [line, setLine] = useState<number | null>(null);
  const hush = useCallback(() => {
    window.speechSynthesis?.cancel();
    setLine(null);
  }, []);
  const say = useCallback(
    (lines: string[], locale: string) => {
      hush();
      if (!window.speechSynthesis) return;
      lines.forEach((text, index) => {
        const speech = new SpeechSynthesisUtterance(text);
        speech.lang = locale === "en" ? "en-US" : "ja-JP";
        speech.rate = 0.85;
        speech.onstart = () => setLine(index);
        speech.onend = () => index === lines.length - 1 && setLine(null);
        speechSynthesis.speak(speech);
      });
    },
    [hush],
  );
  useEffect(() => hush, [hush]);
  return { line, say, hush };
}

/** Returns the language of a text: texts with kana are Japanese, all others English. */
export const localeOf = (text: string): string => (/[ぁ-んァ-ン]/.test(text) ? "ja" : "en");
