"use client";

import { saidOf } from "#lib/web/crash-words";
import "./globals.css";

type Props = { error: Error & { digest?: string }; reset: () => void };

// Every page loads this file, so its words stand here and not among those of the site.
const words = {
  title: "うまく表示できませんでした / Something went wrong",
  lead: "申し訳ありません。こちらの不具合です。もう一度お試しください。 / We are sorry: something went wrong on our side. Please try again.",
  busyTitle: "ただいま混み合っています / We are busy right now",
  busyLead: "数秒待ってから、もう一度お試しください。 / Wait a few seconds and try again.",
};

/** The error page for a failure of the frame itself, whose language is not known here: as little code as possible, in both languages. */
export default function GlobalError({ error, reset }: Props) {
  const { title, lead, reference } = saidOf(error, words);
  return (
    <html lang="ja">
      <body>
        <main className="column" role="alert">
          <title>{title}</title>
          <h1>{title}</h1>
          <p className="lead">{lead}</p>
          <p className="hint">{reference}</p>
          <button type="button" className="button mt-6" onClick={reset}>
            もう一度試す / Try again
          </button>
        </main>
      </body>
    </html>
  );
}
