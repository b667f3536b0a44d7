"use client";

import { useEffect } from "react";

/** Time for the browser to make a passkey, and for the server to keep it, in milliseconds. */
const MAKING = 1000;
const KEEPING = 3000;

/** Lets the browser make a passkey by itself, then leaves the page; it also leaves after a failure or one second, without a message. */
export function UnaskedPasskey({ returnTo }: { returnTo: string }) {
  useEffect(() => {
    const leave = () => location.replace(returnTo);
    let end: () => void = () => undefined;
    let timer = setTimeout(() => {
      end();
      leave();
    }, MAKING);
    import("./ceremony")
      .then(({ makeUnasked, cancel }) => {
        end = cancel;
        return makeUnasked(() => {
          clearTimeout(timer);
          timer = setTimeout(leave, KEEPING);
        });
      })
      .catch(() => undefined)
      .finally(leave);
    return () => clearTimeout(timer);
  }, [returnTo]);
  return null;
}
