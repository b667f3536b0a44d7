import { Button } from "#components/ui/button";
import type { CaseState } from "#lib/recovery/case";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = {
  state: CaseState;
  proven: boolean;
  /** The rest of the wait, and times, in words. */
  left: string;
  readyAt: string;
  expiresAt: string;
  words: Words["lostPhone"];
};

type Said = { head: string; texts: string[]; next?: { href: string; label: string } };

function said({ state, proven, left, readyAt, expiresAt, words }: Props): Said {
  const signIn = { href: "/sign-in", label: words.toSignIn };
  if (state === "requested" && !proven) return { head: words.unprovenHead, texts: [words.unprovenText], next: signIn };
  if (state === "requested") return { head: words.requestedHead, texts: [words.nothingToDo] };
  if (state === "reviewed") return { head: words.reviewedHead, texts: [words.nothingToDo] };
  if (state === "waiting") return { head: fill(words.waitingHead, { time: left }), texts: [fill(words.waitingText, { time: readyAt })] };
  if (state === "frozen") return { head: words.frozenHead, texts: [words.frozenText] };
  if (state === "ready") return { head: words.readyHead, texts: [words.readyNow, fill(words.readyBy, { time: expiresAt })], next: signIn };
  if (state === "done") return { head: words.doneHead, texts: [words.doneText], next: signIn };
  if (state === "rejected")
    return { head: words.rejectedHead, texts: [words.rejectedText], next: { href: "/forgot-password", label: words.toRelease } };
  if (state === "cancelled") return { head: words.cancelledHead, texts: [words.cancelledText], next: signIn };
  return { head: words.expiredHead, texts: [words.expiredText], next: signIn };
}

/** Where a request stands, and what its person can do now. */
export function CaseNow(props: Props) {
  const { head, texts, next } = said(props);
  return (
    <section aria-labelledby="now" className="mt-4">
      <h2 id="now" className="text-[1.375rem]!">
        {head}
      </h2>
      {texts.map((text) => (
        <p key={text} className="mt-1">
          {text}
        </p>
      ))}
      {next ? (
        <Button href={next.href} className="mt-4">
          {next.label}
        </Button>
      ) : null}
    </section>
  );
}
