import type { Refused } from "#lib/errors";

/** The state of a form after a failed action; never contains a password. */
export type FormState = Partial<Refused> & {
  values?: Record<string, string>;
  /** Grows with each answer, so that a screen reader announces the same error again. */
  round?: number;
};

/** A refusal that a form shows; `values` replace the typed ones. */
export type FormRefusal = Refused & { values?: Record<string, string> };

/** Returns the next round. The browser sends the state back, so its content is not trusted. */
export const nextRound = (previous: FormState | undefined): number => (typeof previous?.round === "number" ? previous.round : 0) + 1;
