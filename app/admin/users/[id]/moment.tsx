import type { ReactNode } from "react";
import { deviceName } from "#components/account/device";
import { Went } from "#components/console/went";
import { Badge } from "#components/ui/badge";
import type { Moment } from "#lib/console/timeline";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type TimelineWords = Pick<Words, "consoleTimeline" | "events" | "eventMethods" | "sentTexts" | "sentReasons" | "delivery" | "account">;
type Props = {
  moment: Moment;
  time: string;
  /** Formats the time of a hand-over to the second, and a price. */
  clock: (at: string) => string;
  yen: (value: number) => string;
  words: TimelineWords;
};
type EventMoment = Extract<Moment, { kind: "event" }>;
type MessageMoment = Extract<Moment, { kind: "message" }>;

/** Events that staff should look at. */
const WARNS = /wrong$|refused$|locked$|exhausted$|copied$|counter_back$|factor\.disabled$|suspended$|frozen$|stopped$/;

const marks = {
  plain: "border-[1.5px] border-edge bg-surface",
  case: "border-[1.5px] border-ink bg-ink text-paper",
  warn: "border-[3px] border-double border-kohaku bg-surface text-kohaku",
};

const nameOf = (event: string, names: Words["events"]): string => {
  const key = event.replaceAll(".", "_");
  return key in names ? names[key as keyof typeof names] : names.other;
};

/** The factor of a method; of several words the last one that names one. */
function methodOf(method: string | null, names: Words["eventMethods"]): string | null {
  const word = method?.split(" ").findLast((one) => one in names);
  return word ? names[word as keyof typeof names] : null;
}

/** Who of the staff did it, and why. */
function authorOf({ author }: EventMoment, words: Words["consoleTimeline"]): string | null {
  if (!author) return null;
  const who = author.command
    ? fill(words.byCommand, { name: author.name ?? "" })
    : author.name
      ? fill(words.by, { name: author.name })
      : words.bySomebody;
  return author.reason ? `${who} ${fill(words.why, { reason: author.reason })}` : who;
}

function EventText({ event, words }: { event: EventMoment; words: TimelineWords }) {
  const method = methodOf(event.method, words.eventMethods);
  const author = authorOf(event, words.consoleTimeline);
  const about = event.about ?? (/^[NR]-[0-9A-Z]{8}$/.test(event.method ?? "") ? event.method : null);
  return (
    <>
      <p className="flex flex-wrap items-baseline gap-x-2 leading-[1.9rem]">
        {nameOf(event.event, words.events)}
        {method ? <Badge>{method}</Badge> : null}
        {event.times > 1 ? <Badge>{fill(words.consoleTimeline.times, { count: event.times })}</Badge> : null}
        {about?.startsWith("R-") ? <a href={`/admin/cases/${about}`}>{about}</a> : about ? <span>{about}</span> : null}
      </p>
      {author ? <p className="hint">{author}</p> : null}
      {event.userAgent ? <p className="hint">{deviceName(event.userAgent, words.account)}</p> : null}
    </>
  );
}

function MessageText({ message, words, clock, yen }: Pick<Props, "words" | "clock" | "yen"> & { message: MessageMoment }) {
  const { sentTexts, sentReasons, consoleTimeline } = words;
  const to = message.address ?? (message.digits ? fill(consoleTimeline.digits, { digits: message.digits }) : consoleTimeline.gone);
  const reason = message.reason ? sentReasons[message.reason] : null;
  const cost = message.attempts.reduce((sum, one) => sum + (one.yen ?? 0), 0);
  return (
    <>
      <p className="flex flex-wrap items-baseline gap-x-3 leading-[1.9rem]">
        <span>{message.code ? fill(sentTexts.code, { purpose: message.code }) : (message.notice ?? sentTexts.unknown)}</span>
        <span className="text-sm text-ink-2">
          <bdi>{fill(consoleTimeline.to, { channel: sentTexts[message.channel], to })}</bdi>
        </span>
      </p>
      <p className="flex flex-wrap items-baseline gap-x-3 text-sm">
        <Went message={message} said={sentTexts[message.status]} words={words.delivery} />
        {reason ? <span className="text-ink-2">{reason}</span> : null}
        {cost > 0 ? <span className="text-ink-2">{fill(consoleTimeline.yen, { yen: yen(cost) })}</span> : null}
      </p>
      {message.attempts.length > 0 && message.channel !== "email" ? (
        <details className="text-sm">
          <summary className="min-h-11 cursor-pointer py-2 text-ai">{consoleTimeline.tries}</summary>
          <ol className="list-decimal pl-5 text-ink-2">
            {message.attempts.map((one, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the list is rendered once and hand-overs have no id of their own here
              <li key={index}>
                <time dateTime={one.at}>{clock(one.at)}</time> {one.provider}: {sentTexts[one.status]}
                {one.reason ? `（${sentReasons[one.reason]}）` : ""}
              </li>
            ))}
          </ol>
        </details>
      ) : null}
    </>
  );
}

/** One line of the timeline: when, a mark of its kind, and what happened. The words say what the mark says. */
export function MomentLine({ moment, time, clock, yen, words }: Props) {
  const { consoleTimeline } = words;
  const family = moment.kind === "message" ? "sending" : moment.family;
  const warn = moment.kind === "event" && WARNS.test(moment.event);
  const mark = warn ? consoleTimeline.mark_warn : consoleTimeline[`mark_${family}`];
  const look = warn ? marks.warn : family === "cases" ? marks.case : marks.plain;
  const text: ReactNode =
    moment.kind === "event" ? (
      <EventText event={moment} words={words} />
    ) : (
      <MessageText message={moment} words={words} clock={clock} yen={yen} />
    );
  return (
    <li className="group relative grid grid-cols-[3.25rem_2rem_minmax(0,1fr)] gap-x-3 pb-3.5">
      <time dateTime={moment.at} className="text-end text-sm leading-[1.9rem] text-ink-2 tabular-nums">
        {time}
      </time>
      <span aria-hidden="true" className="absolute top-8 bottom-0 left-[4.9375rem] border-l border-line group-last:hidden" />
      <span
        aria-hidden="true"
        className={`relative grid size-7.5 place-items-center rounded-[0.3125rem] font-mincho text-sm leading-none font-bold lang-en:font-sans lang-en:text-xs ${look}`}
      >
        {mark}
      </span>
      <div className="min-w-0">
        <span className="sr-only">{warn ? consoleTimeline.warn : consoleTimeline[family]}: </span>
        {text}
      </div>
    </li>
  );
}
