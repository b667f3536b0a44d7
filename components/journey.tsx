import { StepLine } from "#components/ui/steps";
import type { Words } from "#lib/words/ja";

const steps = ["account", "email", "phone", "code", "recovery"] as const;
export type Step = (typeof steps)[number];

const stateAt = (index: number, at: number) => (index < at ? "done" : index === at ? "now" : "todo");

/** Shows the current one of a sign-up's five steps. */
export const Journey = ({ step, words }: { step: Step; words: Words["journey"] }) => {
  const at = steps.indexOf(step);
  return (
    <StepLine
      label={words.label}
      done={words.done}
      steps={steps.map((one, index) => ({ key: one, title: words[one], state: stateAt(index, at) }))}
    />
  );
};
