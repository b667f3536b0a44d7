import { CopyCode } from "#components/demo/copy-code";
import { DeliveryLine } from "#components/verify/delivery-line";
import type { DemoMessage } from "#lib/demo/inbox";
import type { Words } from "#lib/words/ja";
import { written } from "#lib/words/number";

export type PhoneWords = Pick<Words, "demo" | "delivery" | "deliveryReasons">;

type Props = { message: DemoMessage; locale: string; words: PhoneWords };

/** The text with its code set apart, and the line for the browser dimmed. */
function Body({ text, code }: Pick<DemoMessage, "text" | "code">) {
  return text.split("\n").map((line, index) => {
    const [before, ...after] = code && !line.startsWith("@") ? line.split(code) : [line];
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one text never change
      <span key={index} className={line.startsWith("@") ? "bound-line" : "line"}>
        {before}
        {after.length > 0 ? <b>{code}</b> : null}
        {after.join(code ?? "")}
      </span>
    );
  });
}

const kinds = { sms: "messages", voice: "calls", email: "mail" } as const;

/** One thing that reached the phone, or did not. */
export function Message({ message, locale, words }: Props) {
  const { demo, delivery, deliveryReasons } = words;
  const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Tokyo" }).format(
    new Date(message.at),
  );
  const arrived = message.status === "delivered";
  return (
    <li className="arrival" data-channel={message.channel} data-arrived={arrived}>
      <p className="meta">
        <span>
          {demo[kinds[message.channel]]} · {written(message.to)}
        </span>
        <time dateTime={message.at}>{time}</time>
      </p>
      {arrived && message.channel === "voice" ? (
        <details className="bubble">
          <summary>{demo.spoken}</summary>
          <Body text={message.text} code={null} />
        </details>
      ) : null}
      {arrived && message.channel !== "voice" ? (
        <div className="bubble">
          <Body text={message.text} code={message.code} />
        </div>
      ) : null}
      {arrived ? null : (
        <div className="bubble">
          <p className="font-bold">{message.channel === "voice" ? demo.missed : demo.notArrived}</p>
          <DeliveryLine
            delivery={{ method: message.channel, status: message.status, reason: message.reason ?? undefined }}
            words={delivery}
          />
          {message.reason ? <p className="mt-2">{deliveryReasons[message.reason]}</p> : null}
        </div>
      )}
      <p className="tools">
        {message.code && arrived && message.channel !== "voice" ? <CopyCode code={message.code} words={demo} /> : null}
        {message.link && arrived ? <a href={message.link}>{demo.open}</a> : null}
      </p>
    </li>
  );
}
