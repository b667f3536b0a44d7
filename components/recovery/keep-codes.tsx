"use client";

import { useEffect, useState } from "react";
import type { Words } from "#lib/words/ja";

type Props = {
  text: string;
  words: Pick<Words["recovery"], "copy" | "copied" | "copyFailed" | "download" | "print">;
};

/** Copy, save and print buttons. Saving is a link and works without JavaScript; the other two need it. */
export function KeepCodes({ text, words }: Props) {
  const [ready, setReady] = useState(false);
  const [said, setSaid] = useState("");
  useEffect(() => setReady(true), []);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid(words.copied);
    } catch {
      setSaid(words.copyFailed);
    }
  };
  return (
    <div className="mt-3 flex flex-wrap items-center gap-2">
      {ready ? (
        <button type="button" className="button quiet small" onClick={copy}>
          {words.copy}
        </button>
      ) : null}
      <a className="button quiet small" href="/recovery-codes/file" download>
        {words.download}
      </a>
      {ready ? (
        <button type="button" className="button quiet small" onClick={() => print()}>
          {words.print}
        </button>
      ) : null}
      <span role="status" className="text-matsu">
        {said}
      </span>
    </div>
  );
}
