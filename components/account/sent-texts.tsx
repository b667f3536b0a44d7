import { Badge, type Tone } from "#components/ui/badge";
import { Row, Rows } from "#components/ui/rows";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Outcome = { status: "queued" | "sent" | "delivered" | "undelivered" | "failed"; reason: keyof Words["sentReasons"] | null };
type Line = Outcome & {
  id: string;
  at: string;
  channel: "sms" | "voice" | "email";
  code: string | null;
  notice: string | null;
  address: string | null;
  digits: string | null;
  sender: string | null;
  attempts: (Outcome & { at: string })[];
};
type Props = { lines: Line[]; when: (iso: string) => string; words: Pick<Words, "sentTexts" | "sentReasons"> };

const tones: Record<Outcome["status"], Tone> = {
  queued: "neutral",
  sent: "neutral",
  delivered: "good",
  undelivered: "warn",
  failed: "warn",
};

const outcomeOf = ({ status, reason }: Outcome, { sentTexts, sentReasons }: Props["words"]): string =>
  reason === null ? sentTexts[status] : fill(sentTexts.because, { outcome: sentTexts[status], reason: sentReasons[reason] });

const addressee = ({ address, digits }: Line, words: Words["sentTexts"]): string =>
  address !== null ? fill(words.toAddress, { address }) : digits !== null ? fill(words.toDigits, { digits }) : words.toGone;

/** Lists the messages to an account with the outcome of each. */
export const SentTexts = ({ lines, when, words }: Props) => (
  <Rows ordered label={words.sentTexts.title}>
    {lines.map((line) => (
      <Row
        key={line.id}
        title={line.code ? fill(words.sentTexts.code, { purpose: line.code }) : (line.notice ?? words.sentTexts.unknown)}
        badges={
          <>
            <Badge>{words.sentTexts[line.channel]}</Badge>
            <Badge tone={tones[line.status]}>{outcomeOf(line, words)}</Badge>
          </>
        }
        meta={[
          <time key="at" dateTime={line.at}>
            {when(line.at)}
          </time>,
          <bdi key="to">{addressee(line, words.sentTexts)}</bdi>,
          line.sender ? <bdi key="from">{fill(words.sentTexts.from, { sender: line.sender })}</bdi> : null,
        ]}
      >
        {line.attempts.length > 1 ? (
          <details>
            <summary>{words.sentTexts.tries}</summary>
            <ol className="hint list-decimal pl-5">
              {line.attempts.map((one, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the list is rendered once and hand-overs have no id of their own here
                <li key={index}>
                  <time dateTime={one.at}>{when(one.at)}</time> {outcomeOf(one, words)}
                </li>
              ))}
            </ol>
          </details>
        ) : null}
      </Row>
    ))}
  </Rows>
);
