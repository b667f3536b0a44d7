"use client";

import { useEffect, useRef, useState } from "react";

/** Plays one ring of a Japanese exchange: 400 Hz, modulated at 16 Hz, for one second. */
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

/** Rings audibly while a call waits if the user has switched the sound on; it is off by default. */
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
    // Browsers allow sound only after a click, so the click creates the context.
    audio.current ??= new AudioContext();
    setSound(!sound);
  };
  return { sound, toggle };
}
