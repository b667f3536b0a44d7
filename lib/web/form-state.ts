import type { Refused } from "#lib/errors";

/** What a form shows after an action that did not lead on; never a password. */
export type FormState = Partial<Refused> & {
  /** What was typed, to be shown again. */
  values?: Record<string, string>;
  /** Grows with each answer, so that the same error is announced again. */
  round?: number;
};

/** A refusal that a form shows; `values` replace what was typed. */
export type Refusal = Refused & { values?: Record<string, string> };

/** The round after a state. The browser sends the state back, so it may be anything. */
export const nextRound = (previous: FormState | undefined): number => (typeof previous?.round === "number" ? previous.round : 0) + 1;
