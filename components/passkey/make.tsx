"use client";

import { useEffect, useState } from "react";
import { Callout } from "#components/ui/callout";
import type { Words } from "#lib/words/ja";
import type { Failure } from "./ceremony";
import { hasPasskeys } from "./supported";

type Props = { done: string; words: Words["factors"]; failures: Words["passkeyFailures"] };

/** The button that makes a passkey; every end of the browser's dialog has its own words. */
export function MakePasskey({ done, words, failures }: Props) {
  const [able, setAble] = useState<boolean | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => setAble(hasPasskeys()), []);
  const press = async () => {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    const { makePasskey, failureOf } = await import("./ceremony");
    try {
      await makePasskey();
      location.assign(done);
    } catch (error) {
      setFailure(failureOf(error));
      setBusy(false);
    }
  };
  if (able === false) return <Callout tone="warn">{words.noPasskeys}</Callout>;
  return (
    <>
      {able ? (
        <button type="button" className="button mt-4" onClick={press} aria-disabled={busy || undefined}>
          {words.passkeyStart}
        </button>
      ) : null}
      <div aria-live="polite" className="mt-3">
        {failure ? (
          <Callout tone={failure === "known" ? "info" : "warn"}>{failures[failure]}</Callout>
        ) : busy ? (
          <p className="hint">{words.passkeyBusy}</p>
        ) : null}
      </div>
    </>
  );
}
