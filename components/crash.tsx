"use client";

import { crash as en } from "#lib/words/en/site";
import { crash as ja } from "#lib/words/ja/site";

type Props = { digest: string | undefined; retry: () => void };

/**
 * The error page: what happened, the id of the log line, and a way to continue. The language comes from the document, because an error page has no
 * access to the request.
 */
export function Crash({ digest, retry }: Props) {
  const words = typeof document !== "undefined" && document.documentElement.lang === "en" ? en : ja;
  return (
    <div className="column">
      <title>{words.title}</title>
      <div className="card" role="alert">
        <h1>{words.title}</h1>
        <p className="lead">{words.lead}</p>
        {digest ? (
          <p className="hint mt-4">
            {words.reference}: <code className="text-ink">{digest}</code>
          </p>
        ) : null}
        <button type="button" className="button mt-6" onClick={retry}>
          {words.retry}
        </button>
        <a className="mt-4 inline-block" href="/">
          {words.home}
        </a>
      </div>
    </div>
  );
}
