import { useState } from "react";
import { secondsUntil } from "#components/verify/clock";
import type { ChallengeView, MethodOffer } from "#lib/challenges/challenge";
import { isSent } from "#lib/methods";
import { clock, fill, spokenWait } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

/** The data that every way needs of its challenge. */
export type WayContext = {
  challenge: ChallengeView;
  now: number;
  /** True once the countdown runs; without JavaScript no button is disabled. */
  live: boolean;
  send: (form: FormData) => void;
  /** The form name of the challenge that the page was rendered for. */
  form: string;
  locale: string;
  words: Words["verify"];
};

/** Returns a hint without its dots, for sentences with "ending in". */
export const bare = (hint: string | undefined): string => (hint ?? "").replaceAll("•", "");

function labelOf(offer: MethodOffer, { challenge, words }: WayContext): string {
  const { delivery, methods } = challenge;
  const several = new Set(methods.flatMap((one) => one.phoneId ?? [])).size > 1;
  const same = delivery?.method === offer.method && offer.phoneId === delivery.phoneId;
  const label = same ? (offer.method === "voice" ? words.againVoice : words.again) : words[offer.method];
  return several && offer.phoneId ? fill(words.toNumber, { way: label, hint: bare(offer.hint) }) : label;
}

/** The other ways of a challenge. */
export const Ways = ({ offers, context }: { offers: MethodOffer[]; context: WayContext }) =>
  offers.length === 0 ? null : (
    <section aria-labelledby="ways" className="mt-8">
      <h2 id="ways" className="sr-only">
        {context.words.ways}
      </h2>
      <ul className="ways">
        {offers.map((offer) => (
          <li key={`${offer.method}${offer.phoneId ?? ""}`}>
            <WayOption offer={offer} context={context} />
          </li>
        ))}
      </ul>
    </section>
  );

type WayProps = {
  offer: MethodOffer;
  context: WayContext;
  look?: "link" | "button" | "button quiet";
  /** True where the page has the way twice: the method then stands in a field of its own, and the button has no name. */
  twice?: boolean;
};

/** A way as a submit button that works without JavaScript, with its wait beside it. */
export function WayOption({ offer, context, look = "link", twice = false }: WayProps) {
  const { challenge, now, live, send, form, locale, words } = context;
  const at = isSent(offer.method) ? challenge.resendAt[offer.method] : undefined;
  const wait = secondsUntil(at, now);
  const held = live && wait > 0;
  const label = labelOf(offer, context);
  const soon = !isSent(offer.method) ? "" : offer.method === "voice" ? words.nowVoice : words.now;
  const aside = wait > 0 ? fill(words.in, { time: clock(wait) }) : look === "link" ? soon : "";
  return (
    <form action={send} className={look === "link" ? "way" : "way first"} onSubmit={(event) => held && event.preventDefault()}>
      <input type="hidden" name="form" value={form} />
      {offer.phoneId ? <input type="hidden" name="phoneId" value={offer.phoneId} /> : null}
      {twice ? <input type="hidden" name="method" value={offer.method} /> : null}
      <button type="submit" className={look} {...(twice ? {} : { name: "method", value: offer.method })} aria-disabled={held || undefined}>
        {label}
      </button>
      {aside ? <span role={wait > 0 ? "timer" : undefined}>{aside}</span> : null}
      {twice ? null : <WaitNews at={at} wait={live ? wait : 0} label={label} locale={locale} words={words} />}
    </form>
  );
}

type NewsProps = { at: string | undefined; wait: number; label: string; locale: string; words: Words["verify"] };

/** Announces the start and the end of a wait; the seconds between are visual only. */
function WaitNews({ at, wait, label, locale, words }: NewsProps) {
  const [began, setBegan] = useState({ at: "", wait: 0 });
  if (at && wait > 0 && began.at !== at) setBegan({ at, wait });
  const waited = at !== undefined && began.at === at;
  const news = !waited
    ? ""
    : wait > 0
      ? fill(words.waitStarts, { way: label, wait: spokenWait(began.wait, locale) })
      : fill(words.ready, { way: label });
  return (
    <span className="sr-only" aria-live="polite">
      {news}
    </span>
  );
}
