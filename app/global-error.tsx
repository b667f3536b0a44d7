"use client";

import { Crash } from "#components/crash";
import "./globals.css";

type Props = { error: Error & { digest?: string }; reset: () => void };

/** The last resort, when the frame itself cannot be drawn. */
export default function GlobalError({ error, reset }: Props) {
  return (
    <html lang="ja">
      <body>
        <main>
          <Crash digest={error.digest} retry={reset} />
        </main>
      </body>
    </html>
  );
}
