import type { ChallengeView, MethodOffer } from "#lib/challenges/challenge";
import { clock, fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = {
  challenge: ChallengeView;
  now: number;
  /** Whether the countdown runs; without JavaScript no button is ever held back. */
  live: boolean;
  recovery: boolean;
  send: (form: FormData) => void;
  words: Words["verify"];
};

const secondsUntil = (at: string | undefined, now: number) => (at ? Math.max(0, Math.ceil((Date.parse(at) - now) / 1000)) : 0);

function labelOf(offer: MethodOffer, challenge: ChallengeView, several: boolean, words: Words["verify"]): string {
  const { delivery } = challenge;
  const same = delivery?.method === offer.method && (offer.hint ?? "") === delivery.hint;
  const label = same ? (offer.method === "voice" ? words.againVoice : words.again) : words[offer.method];
  return several && offer.phoneId ? `${label} (${fill(words.toNumber, { hint: bare(offer.hint) })})` : label;
}

/** A hint without its dots, for sentences that say "ending in". */
export const bare = (hint: string | undefined): string => (hint ?? "").replaceAll("•", "");

/** The other ways of one challenge, each a submit button that works without JavaScript. */
export function Ways({ challenge, now, live, recovery, send, words }: Props) {
  const several = new Set(challenge.methods.flatMap((offer) => offer.phoneId ?? [])).size > 1;
  const offers = challenge.methods.filter((offer) => !recovery && (offer.method === "recovery_code" || challenge.sendsLeft > 0));
  return (
    <section aria-labelledby="ways" className="mt-8">
      <h2 id="ways" className="sr-only">
        {words.ways}
      </h2>
      {challenge.sendsLeft === 0 && !recovery ? <p className="note plain mb-4">{words.noSends}</p> : null}
      <ul className="ways">
        {recovery ? (
          <li className="way">
            <a className="link content-center" href="/verify">
              {words.backToCode}
            </a>
          </li>
        ) : null}
        {offers.map((offer) => (
          <li key={`${offer.method}${offer.phoneId ?? ""}`}>
            <Way
              offer={offer}
              wait={offer.method === "recovery_code" ? 0 : secondsUntil(challenge.resendAt[offer.method], now)}
              live={live}
              send={send}
              label={labelOf(offer, challenge, several, words)}
              words={words}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

type WayProps = { offer: MethodOffer; label: string; wait: number; live: boolean; send: Props["send"]; words: Words["verify"] };

const Way = ({ offer, label, wait, live, send, words }: WayProps) => {
  const held = live && wait > 0;
  const soon = offer.method === "recovery_code" ? "" : offer.method === "voice" ? words.nowVoice : words.now;
  return (
    <form action={send} className="way" onSubmit={(event) => held && event.preventDefault()}>
      {offer.phoneId ? <input type="hidden" name="phoneId" value={offer.phoneId} /> : null}
      <button type="submit" className="link" name="method" value={offer.method} aria-disabled={held || undefined}>
        {label}
      </button>
      <span role={wait > 0 ? "timer" : undefined}>{wait > 0 ? fill(words.in, { time: clock(wait) }) : soon}</span>
    </form>
  );
};
