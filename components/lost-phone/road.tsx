import { type Step, Steps } from "#components/ui/steps";
import type { CaseReason, CaseState } from "#lib/recovery/case";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

/** What the road of a request needs of it; times are in words. */
export type RoadCase = {
  state: CaseState;
  frozenFrom: CaseState | null;
  reason: CaseReason;
  browser: string;
  requested: string;
  proven: boolean;
  reviewed: string | null;
  approved: string | null;
  ended: string | null;
  hours: number | null;
  flagged: boolean;
};

const ORDER: readonly CaseState[] = ["requested", "reviewed", "waiting", "ready", "done"];

/** How many of the six steps are done. */
function passed({ state, frozenFrom, proven, reviewed, approved }: RoadCase): number {
  const at = ORDER.indexOf(state === "frozen" ? (frozenFrom ?? "requested") : state);
  if (at < 0) return approved ? 3 : reviewed ? 2 : proven ? 1 : 0;
  return proven ? ([1, 2, 3, 4, 6][at] ?? 1) : 0;
}

/** The way of a lost-phone request, with its times: request, check, approval, wait, mailed code, new factor. */
export function CaseRoad({ case: one, words }: { case: RoadCase; words: Words["lostPhone"] }) {
  const done = passed(one);
  const over = one.ended !== null && one.state !== "done";
  const stateOf = (index: number): Step["state"] => (index < done ? "done" : index === done && !over ? "now" : "todo");
  const lines: [key: string, before: string, after: string, text: string][] = [
    ["requested", words.stepProve, words.stepRequested, [one.requested, words[one.reason], one.browser].filter(Boolean).join(" · ")],
    ["reviewed", words.stepReview, words.stepReviewed, one.reviewed ?? ""],
    ["approved", words.stepApprove, words.stepApproved, one.approved ?? ""],
    ["wait", ...twice(one.hours ? fill(words.stepWaitHours, { hours: one.hours }) : words.stepWait), waitText(one, words)],
    ["code", ...twice(words.stepCode), words.stepCodeText],
    ["new", ...twice(words.stepNew), words.stepNewText],
  ];
  return (
    <Steps
      label={words.road}
      done={words.done}
      steps={lines.map(([key, before, after, text], index) => ({
        key,
        title: index < done ? after : before,
        text: text || undefined,
        state: stateOf(index),
      }))}
    />
  );
}

const twice = (title: string): [string, string] => [title, title];

function waitText({ approved, flagged }: RoadCase, words: Words["lostPhone"]): string {
  if (!approved) return words.stepWaitText;
  return `${flagged ? `${words.stepWaitFlagged} ` : ""}${words.stepWaitText}`;
}
