"use client";

import "./globals.css";

type Props = { error: Error & { digest?: string }; reset: () => void };

/** The error page for a failure of the frame itself: as little code as possible, in both languages. */
export default function GlobalError({ error, reset }: Props) {
  return (
    <html lang="ja">
      <body>
        <main className="column" role="alert">
          <title>うまく表示できませんでした / Something went wrong</title>
          <h1>うまく表示できませんでした</h1>
          <p className="lead">申し訳ありません。混み合っているか、こちらの不具合です。数秒待ってから、もう一度お試しください。</p>
          <p className="lead" lang="en">
            We are sorry: we are busy, or this is our fault. Wait a few seconds and try again.
          </p>
          <p className="hint">{error.digest}</p>
          <button type="button" className="button mt-6" onClick={reset}>
            もう一度試す / Try again
          </button>
        </main>
      </body>
    </html>
  );
}
