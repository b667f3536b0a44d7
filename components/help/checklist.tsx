import { Steps } from "#components/ui/steps";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = { sender: string | null; words: Words["help"] };

const checks = ["Number", "Signal", "Sender", "Unknown", "Full"] as const;

/** Lists what to check on the phone, the most frequent cause first. */
export const Checklist = ({ sender, words }: Props) => (
  <section aria-labelledby="first">
    <h2 id="first" className="text-lg">
      {words.firstTitle}
    </h2>
    <Steps
      steps={checks.map((one) => ({
        key: one,
        title: words[`first${one}`],
        text: one === "Sender" && !sender ? words.firstSenderAny : fill(words[`first${one}Text`], { sender: sender ?? "" }),
      }))}
    />
  </section>
);

/** Lists what prevents a call from ringing. */
export const CallChecks = ({ words }: Pick<Props, "words">) => (
  <section aria-labelledby="call">
    <h2 id="call" className="text-lg">
      {words.callTitle}
    </h2>
    <ul className="mt-2 list-disc pl-5">
      <li>{words.callSilence}</li>
      <li>{words.callBlocked}</li>
      <li>{words.callAnswer}</li>
    </ul>
  </section>
);
