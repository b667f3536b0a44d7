import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = { sender: string | null; words: Words["help"] };

const checks = ["Number", "Signal", "Sender", "Unknown", "Full"] as const;

/** Lists what to check on the phone, the most frequent cause first. */
export const Checklist = ({ sender, words }: Props) => (
  <section aria-labelledby="first">
    <h2 id="first">{words.firstTitle}</h2>
    <ol className="checks">
      {checks.map((one) => (
        <li key={one}>
          <h3>{words[`first${one}`]}</h3>
          <p>{one === "Sender" && !sender ? words.firstSenderAny : fill(words[`first${one}Text`], { sender: sender ?? "" })}</p>
        </li>
      ))}
    </ol>
  </section>
);

/** Lists what prevents a call from ringing. */
export const CallChecks = ({ words }: Pick<Props, "words">) => (
  <section aria-labelledby="call">
    <h2 id="call">{words.callTitle}</h2>
    <ul className="mt-2 list-disc pl-5">
      <li>{words.callSilence}</li>
      <li>{words.callBlocked}</li>
      <li>{words.callAnswer}</li>
    </ul>
  </section>
);
