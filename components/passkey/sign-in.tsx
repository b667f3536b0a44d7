"use client";

import { useEffect, useRef, useState } from "react";
import type { Words } from "#lib/words/ja";
import type { Failure } from "./ceremony";
import { hasPasskeys } from "./supported";

type Props = {
  returnTo: string | null;
  words: Pick<Words["factors"], "signIn" | "or" | "passkeyBusy">;
  failures: Words["passkeyFailures"];
};

const ceremony = () => import("./ceremony");

/** The challenge of the suggestions is renewed after this time (ms), before the server's five minutes end. */
const RENEW = 240_000;

/**
 * Suggests the passkeys of this device in the field of the identifier, and offers the browser's dialog. Loaded when the page is at rest; a browser
 * without passkeys or without scripts sees nothing of it.
 */
export function PasskeySignIn({ returnTo, words, failures }: Props) {
  const [ready, setReady] = useState(false);
  const [turn, setTurn] = useState(0);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const pressed = useRef(false);
  useEffect(() => {
    setReady(hasPasskeys());
    if (!hasPasskeys()) return;
    let left = false;
    const suggest = async () => {
      if (left || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
      const { signInAlone, failureOf } = await ceremony();
      // The button has opened the dialog meanwhile, and a browser runs one request at a time.
      if (left || pressed.current) return;
      signInAlone(true, returnTo).then(
        (path) => location.assign(path),
        (error) => {
          const kind = failureOf(error);
          // Only a failure after the person chose a suggestion is shown.
          if (left || !["refused", "removed", "unavailable"].includes(kind)) return;
          setFailure(kind);
          setTurn(turn + 1);
        },
      );
    };
    const idle = "requestIdleCallback" in window ? requestIdleCallback(suggest) : setTimeout(suggest, 500);
    const renew = setTimeout(() => setTurn(turn + 1), RENEW);
    return () => {
      left = true;
      if ("cancelIdleCallback" in window) cancelIdleCallback(idle as number);
      else clearTimeout(idle);
      clearTimeout(renew);
    };
  }, [turn, returnTo]);
  const press = async () => {
    if (busy) return;
    pressed.current = true;
    setBusy(true);
    setFailure(null);
    const { signInAlone, failureOf } = await ceremony();
    try {
      location.assign(await signInAlone(false, returnTo));
    } catch (error) {
      setFailure(failureOf(error));
      setBusy(false);
      pressed.current = false;
      // The dialog has ended the suggestions.
      setTurn(turn + 1);
    }
  };
  if (!ready) return null;
  return (
    <div className="mt-4">
      <p className="hint text-center">{words.or}</p>
      <button type="button" className="button quiet mt-2" onClick={press} aria-disabled={busy || undefined}>
        {words.signIn}
      </button>
      <p aria-live="polite" className={failure ? "note" : "hint"}>
        {failure ? failures[failure] : busy ? words.passkeyBusy : ""}
      </p>
    </div>
  );
}
