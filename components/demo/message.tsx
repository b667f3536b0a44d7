import { CopyCode } from "#components/demo/copy-code";
import { localeOf } from "#components/demo/speech";
import { Disclosure } from "#components/ui/disclosure";
import { wallClock } from "#components/verify/clock";
import { DeliveryStations } from "#components/verify/delivery-line";
import type { DemoMessage } from "#lib/demo/inbox";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";
import { written } from "#lib/words/number";
import { type ReasonWords, reasonOf } from "#lib/words/reason";

export type PhoneWords = Pick<Words, "demo" | "delivery"> & ReasonWords;

type Props = {
  message: DemoMessage;
  sender: string;
  locale: string;
  words: PhoneWords;
  /** Answers the call; null if it cannot be answered. */
  onListen: (() => void) | null;
};

/** Shows a text in its own language, which may differ from the page's; its code stands out and the line for the browser is dimmed. */
function Body({ text, code }: Pick<DemoMessage, "text" | "code">) {
  return text.split("\n").map((line, index) => {
    const [before, ...after] = code && !line.startsWith("@") ? line.split(code) : [line];
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one text never change
      <span key={index} className={line.startsWith("@") ? "bound-line" : "line"} lang={localeOf(text)}>
        {before}
        {after.length > 0 ? <b>{code}</b> : null}
        {after.join(code ?? "")}
      </span>
    );
  });
}

/** Shows one message of the phone, delivered or not. */
export function Message({ message, sender, locale, words, onListen }: Props) {
  const { demo } = words;
  const arrived = message.status === "delivered";
  const voice = message.channel === "voice";
  const kind = { sms: sender, voice: demo.calls, email: demo.mail }[message.channel];
  return (
    <li className="arrival" data-channel={message.channel} data-arrived={arrived}>
      <p className="meta">
        <strong>{kind}</strong>
        <time dateTime={message.at}>{wallClock(message.at, locale)}</time>
      </p>
      <p className="meta">
        <span>{fill(demo.toWhom, { to: written(message.to) })}</span>
      </p>
      <div className="bubble">
        {arrived ? <Arrived message={message} demo={demo} onListen={onListen} /> : <OnTheWay message={message} words={words} />}
      </div>
      {arrived && !voice ? (
        <p className="tools">
          {message.code ? <CopyCode code={message.code} words={demo} /> : null}
          {message.link ? <a href={message.link}>{demo.open}</a> : null}
        </p>
      ) : null}
    </li>
  );
}

type ArrivedProps = Pick<Props, "message" | "onListen"> & { demo: Words["demo"] };

/** Shows a text or mail, or a call: with a replay button, or as text without JavaScript. */
const Arrived = ({ message, demo, onListen }: ArrivedProps) =>
  message.channel !== "voice" ? (
    <Body text={message.text} code={message.code} />
  ) : onListen ? (
    <button type="button" className="link" onClick={onListen}>
      {demo.listen}
    </button>
  ) : (
    <Disclosure summary={demo.spoken}>
      <Body text={message.text} code={null} />
    </Disclosure>
  );

/** Shows the status of a message that has not arrived, and the reason for a failure. */
function OnTheWay({ message, words }: Pick<Props, "message" | "words">) {
  const { demo, delivery } = words;
  const voice = message.channel === "voice";
  const stopped = message.status === "undelivered" || message.status === "failed";
  const missed = voice ? demo.missed : demo.notArrived;
  return (
    <>
      <p className="font-bold">{stopped ? missed : demo.onItsWay}</p>
      <DeliveryStations
        delivery={{ method: message.channel, status: message.status, reason: message.reason ?? undefined }}
        words={delivery}
      />
      {message.reason ? <p className="mt-2">{reasonOf(message.reason, { voice, calls: false }, words)}</p> : null}
    </>
  );
}
