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

const outcomeOf = ({ status, reason }: Outcome, { sentTexts, sentReasons }: Props["words"]): string =>
  reason === null ? sentTexts[status] : fill(sentTexts.because, { outcome: sentTexts[status], reason: sentReasons[reason] });

const addressee = ({ address, digits }: Line, words: Words["sentTexts"]): string =>
  address !== null ? fill(words.toAddress, { address }) : digits !== null ? fill(words.toDigits, { digits }) : words.toGone;

/** Lists the messages that an account was sent, and what became of each. */
export const SentTexts = ({ lines, when, words }: Props) => (
  <ol className="rows log">
    {lines.map((line) => (
      <li key={line.id}>
        <span className="flex flex-wrap items-center gap-x-2">
          {line.code ? fill(words.sentTexts.code, { purpose: line.code }) : (line.notice ?? words.sentTexts.unknown)}
          <span className="method">{words.sentTexts[line.channel]}</span>
        </span>
        <span className="block">{outcomeOf(line, words)}</span>
        <span className="hint">
          <time dateTime={line.at}>{when(line.at)}</time> · <bdi>{addressee(line, words.sentTexts)}</bdi>
          {line.sender ? (
            <>
              {" · "}
              <bdi>{fill(words.sentTexts.from, { sender: line.sender })}</bdi>
            </>
          ) : null}
        </span>
        {line.attempts.length > 1 ? (
          <details>
            <summary>{words.sentTexts.tries}</summary>
            <ol className="hint list-decimal pl-5">
              {line.attempts.map((one) => (
                <li key={one.at}>
                  <time dateTime={one.at}>{when(one.at)}</time> {outcomeOf(one, words)}
                </li>
              ))}
            </ol>
          </details>
        ) : null}
      </li>
    ))}
  </ol>
);
