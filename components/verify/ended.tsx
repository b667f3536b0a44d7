"use client";

import { type ReactNode, useEffect, useRef } from "react";
import type { Words } from "#lib/words/ja";

export type End = "expired" | "replaced" | "exhausted";

type Props = { end: End; purpose: string; service: string; words: Words["ended"] };

const textOf = (end: End, binding: boolean, words: Words["ended"]): [string, string[]] => {
  if (end === "exhausted") return [words.exhaustedTitle, [words.exhausted]];
  if (end === "replaced") return [words.replacedTitle, [words.replaced, words.replacedStranger]];
  return [words.expiredTitle, [binding ? words.expiredBind : words.expired]];
};

/** The title of a page that took the place of a form; whoever stood in the form goes on here. */
export function EndTitle({ title, service }: { title: string; service: string }) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => ref.current?.focus(), []);
  return (
    <>
      <title>{`${title} – ${service}`}</title>
      {/* biome-ignore lint/a11y/noAutofocus: without JavaScript this is what brings the person to what happened */}
      <h1 ref={ref} tabIndex={-1} autoFocus>
        {title}
      </h1>
    </>
  );
}

/** A challenge that cannot go on: what happened, and where to go now. */
export function Ended({ end, purpose, service, words }: Props) {
  const signUp = purpose === "SIGN_UP";
  const [title, sentences] = textOf(end, purpose === "BIND_PHONE", words);
  return (
    <div>
      <EndTitle title={title} service={service} />
      {sentences.map((one) => (
        <Sentence key={one}>{one}</Sentence>
      ))}
      <a className="button mt-6" href={signUp ? "/sign-up" : "/sign-in"}>
        {signUp ? words.restartSignUp : words.restartSignIn}
      </a>
    </div>
  );
}

export const Sentence = ({ children }: { children: ReactNode }) => <p className="lead">{children}</p>;
