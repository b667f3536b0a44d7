import { Facts } from "#components/ui/facts";
import type { ChallengeView } from "#lib/challenges/challenge";
import type { Words } from "#lib/words/ja";

/** The payee and the amount that a code confirms; nothing where a class of acts is asked for. */
export const Act = ({ action, words }: { action: ChallengeView["action"]; words: Words["confirming"] }) =>
  action && "amount" in action ? (
    <section aria-labelledby="act" className="mb-6">
      <p id="act" className="font-bold">
        {words.title}
      </p>
      <Facts
        className="mt-2"
        facts={[
          { label: words.payee, value: <bdi className="font-bold">{action.payee}</bdi> },
          { label: words.amount, value: <strong>{`${action.amount} ${action.unit}`}</strong> },
        ]}
      />
      <p className="hint mt-2">{words.check}</p>
    </section>
  ) : null;
