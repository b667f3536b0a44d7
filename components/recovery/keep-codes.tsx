"use client";

import { useEffect, useState } from "react";
import type { Words } from "#lib/words/ja";

type Props = { codes: string[]; head: string; words: Pick<Words["recovery"], "copy" | "copied" | "download" | "print" | "fileName"> };

function download(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}

/** Copy, save, print: extras where JavaScript runs; the list above can be written down without any of them. */
export function KeepCodes({ codes, head, words }: Props) {
  const [ready, setReady] = useState(false);
  const [copied, setCopied] = useState(false);
  useEffect(() => setReady(true), []);
  if (!ready) return null;
  const text = `${head}\n\n${codes.join("\n")}\n`;
  const copy = () => navigator.clipboard.writeText(text).then(() => setCopied(true));
  return (
    <div className="no-print mt-3 flex flex-wrap gap-2">
      <button type="button" className="button quiet small" onClick={copy}>
        {words.copy}
      </button>
      <button type="button" className="button quiet small" onClick={() => download(words.fileName, text)}>
        {words.download}
      </button>
      <button type="button" className="button quiet small" onClick={() => print()}>
        {words.print}
      </button>
      <span role="status" className="content-center text-matsu">
        {copied ? words.copied : ""}
      </span>
    </div>
  );
}
