"use client";

import { useEffect, useState } from "react";

/** Copies a code to the clipboard; without JavaScript there is no button. */
export function CopyCode({ code, words }: { code: string; words: { copy: string; copied: string } }) {
  const [ready, setReady] = useState(false);
  const [copied, setCopied] = useState(false);
  useEffect(() => setReady(true), []);
  if (!ready) return null;
  const copy = () => navigator.clipboard.writeText(code).then(() => setCopied(true));
  return (
    <button type="button" onClick={copy}>
      {copied ? words.copied : words.copy}
    </button>
  );
}
