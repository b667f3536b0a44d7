import type { Words } from "#lib/words/ja";

const steps = ["account", "email", "phone", "code", "recovery"] as const;
export type Step = (typeof steps)[number];

const stateAt = (index: number, at: number) => (index < at ? "done" : index === at ? "now" : "todo");

/** Shows the current one of a sign-up's five steps. */
export const Journey = ({ step, words }: { step: Step; words: Words["journey"] }) => {
  const at = steps.indexOf(step);
  return (
    <nav className="journey" aria-label={words.label}>
      <ol>
        {steps.map((one, index) => (
          <li key={one} data-state={stateAt(index, at)} aria-current={index === at ? "step" : undefined}>
            {words[one]}
            {index < at ? <span className="sr-only">{words.done}</span> : null}
          </li>
        ))}
      </ol>
    </nav>
  );
};
