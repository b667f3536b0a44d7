"use client";

import { useEffect, useState } from "react";

type Props = { text: string; label: string; done: string };

/** Copies a text; absent where the browser cannot, or without scripts. */
export function CopyKey({ text, label, done }: Props) {
  const [able, setAble] = useState(false);
  const [copied, setCopied] = useState(false);
  useEffect(() => setAble(typeof navigator.clipboard?.writeText === "function"), []);
  if (!able) return null;
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setAble(false),
    );
  return (
    <p className="mt-2">
      <button type="button" className="link" onClick={copy}>
        {label}
      </button>
      <span role="status" className="hint ml-3">
        {copied ? done : ""}
      </span>
    </p>
  );
}
