import { Badge, type Tone } from "#components/ui/badge";
import { Row, Rows } from "#components/ui/rows";
import type { ToldPlace } from "#lib/recovery/told";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";
import { type ReasonWords, reasonOf } from "#lib/words/reason";

type Props = { places: readonly ToldPlace[]; words: Words["lostPhone"]; reasons: ReasonWords };

const tones: Record<ToldPlace["status"], Tone> = {
  queued: "neutral",
  sent: "neutral",
  delivered: "good",
  undelivered: "warn",
  failed: "warn",
};

const nameOf = ({ address, digits }: ToldPlace, words: Words["lostPhone"]): string =>
  address ?? (digits ? fill(words.toldSms, { digits }) : words.toldGone);

/** Where the notices of a request went, masked, and what became of them. */
export const Told = ({ places, words, reasons }: Props) => {
  const says = {
    queued: words.toldQueued,
    sent: words.toldSent,
    delivered: words.toldDelivered,
    undelivered: words.toldStopped,
    failed: words.toldStopped,
  };
  return (
    <section aria-labelledby="told" className="mt-6">
      <h2 id="told">{words.toldTitle}</h2>
      <Rows>
        {places.map((place) => (
          <Row
            key={place.key}
            title={<bdi>{nameOf(place, words)}</bdi>}
            badges={<Badge tone={tones[place.status]}>{says[place.status]}</Badge>}
            meta={place.reason ? reasonOf(place.reason, { voice: false, calls: false }, reasons) : undefined}
          />
        ))}
      </Rows>
    </section>
  );
};
