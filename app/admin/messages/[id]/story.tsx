import { getMessages } from "next-intl/server";
import { type Moment, Timeline } from "#components/ui/timeline";
import type { MessageRoom } from "#lib/console/message";
import type { LogAttempt } from "#lib/console/messages";
import { secondWords } from "#lib/web/when";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";
import { reasonOf } from "#lib/words/reason";
import { carrierName } from "../why";

/** What happened to a message: the queue, each hand-over, and what its provider said with its own code. */
export async function Story({ message }: { message: MessageRoom }) {
  const words = await getMessages();
  const { id, at, statusAt, status, attempts } = message;
  const moments: Moment[] = [
    { key: id, at, title: words.consoleMessage.queued },
    ...attempts.flatMap((attempt) => momentsOf(attempt, message, words)),
    // No provider ended it: a limit, a stop, or the last provider that could be asked.
    ...(status === "failed" ? [{ key: "end", at: statusAt, title: words.consoleMessage.ended, tone: "warn" as const }] : []),
  ];
  return <Timeline moments={moments} when={await secondWords()} label={words.consoleMessage.story} />;
}

const titles = { sent: "taken", delivered: "arrived", undelivered: "notArrived", failed: "refused", queued: "noAnswer" } as const;
const tones = { sent: "neutral", delivered: "good", undelivered: "warn", failed: "warn", queued: "warn" } as const;

function momentsOf(
  { id, provider, status, startedAt, statusAt, ended, ...attempt }: LogAttempt,
  { channel }: MessageRoom,
  words: Words,
): Moment[] {
  const own = words.consoleMessage;
  const handed: Moment = { key: `${id}-handed`, at: startedAt, title: fill(own.handed, { provider }) };
  if (!ended) return [handed];
  const title = channel === "voice" && status === "delivered" ? own.answered : own[titles[status]];
  const stopped = status === "undelivered" || status === "failed";
  const why = stopped ? reasonOf(attempt.reason ?? "unknown", { voice: channel === "voice", calls: false }, words) : null;
  return [
    handed,
    {
      key: id,
      at: statusAt,
      title: fill(title, { provider }),
      tone: tones[status],
      text: <Said attempt={attempt} why={why} words={words} />,
    },
  ];
}

type SaidProps = { attempt: Pick<LogAttempt, "code" | "ref" | "carrier">; why: string | null; words: Words };

/** What a provider said besides, in its own codes. The attempt is one property, because React keeps the name `ref` for itself. */
const Said = ({ attempt: { code, ref, carrier }, why, words }: SaidProps) => (
  <>
    {why ? <p>{why}</p> : null}
    <ul className="text-sm text-ink-2">
      {carrier ? <li>{fill(words.consoleMessage.carrierIs, { carrier: carrierName(carrier, words.consoleCarriers) })}</li> : null}
      {code ? (
        <li>
          {words.consoleMessage.code}: <code>{code}</code>
        </li>
      ) : null}
      {ref ? (
        <li>
          {words.consoleMessage.ref}: <code className="break-all">{ref}</code>
        </li>
      ) : null}
    </ul>
  </>
);
