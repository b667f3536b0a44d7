"use client";

import { useEffect, useRef, useState } from "react";

/** One ring as Japanese exchanges make it: 400 Hz trembling at 16 Hz, a second long. */
function ringOnce(audio: AudioContext) {
  const [tone, tremble, depth, volume] = [audio.createOscillator(), audio.createOscillator(), audio.createGain(), audio.createGain()];
  tone.frequency.value = 400;
  tremble.frequency.value = 16;
  depth.gain.value = 0.05;
  volume.gain.value = 0.05;
  tremble.connect(depth).connect(volume.gain);
  tone.connect(volume).connect(audio.destination);
  for (const oscillator of [tone, tremble]) {
    oscillator.start();
    oscillator.stop(audio.currentTime + 1);
  }
}

/** Rings aloud while a call waits, for those who switched the sound on; off until then, because nobody asked for it. */
export function useRingtone(ringing: boolean): { sound: boolean; toggle: () => void } {
  const [sound, setSound] = useState(false);
  const audio = useRef<AudioContext | null>(null);
  useEffect(() => {
    const context = audio.current;
    if (!sound || !ringing || !context) return;
    ringOnce(context);
    const timer = setInterval(() => ringOnce(context), 3000);
    return () => clearInterval(timer);
  }, [sound, ringing]);
  useEffect(() => () => void audio.current?.close(), []);
  const toggle = () => {
    // Browsers let a page make sound only after a click on it, so the click makes the context.
    audio.current ??= new AudioContext();
    setSound(!sound);
  };
  return { sound, toggle };
}
