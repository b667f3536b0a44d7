"use client";

import { useEffect, useRef } from "react";

/** A notice above the form that is announced and focused, with or without JavaScript. */
export function Notice({ text }: { text: string }) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => ref.current?.focus(), []);
  return (
    // biome-ignore lint/a11y/noAutofocus: without JavaScript this is what brings the person to the notice
    <div className="note notice" ref={ref} tabIndex={-1} role="alert" autoFocus>
      {text}
    </div>
  );
}
