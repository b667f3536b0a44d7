"use client";

import { saidOf } from "#lib/web/crash-words";
import { crash as en } from "#lib/words/en/site";
import { crash as ja } from "#lib/words/ja/site";
import "./globals.css";

type Props = { error: Error & { digest?: string }; reset: () => void };

/** The error page for a failure of the frame itself, whose language is not known here: in both languages. */
export default function GlobalError({ error, reset }: Props) {
  const [said, inEnglish] = [saidOf(error, ja), saidOf(error, en)];
  return (
    <html lang="ja">
      <body>
        <main className="column" role="alert">
          <title>{`${said.title} / ${inEnglish.title}`}</title>
          <h1>{said.title}</h1>
          <p className="lead">{said.lead}</p>
          {inEnglish.lead === said.lead ? null : (
            <p className="lead" lang="en">
              {inEnglish.title}. {inEnglish.lead}
            </p>
          )}
          <p className="hint">{said.reference}</p>
          <button type="button" className="button mt-6" onClick={reset}>
            {ja.retry} / {en.retry}
          </button>
        </main>
      </body>
    </html>
  );
}
