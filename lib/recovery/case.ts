/** Pure: the states of a lost-phone case, what makes its wait longer, and what a person may see of it. */

export const caseReasons = ["lost", "stolen", "new_contract", "number_given_up", "other"] as const;
/** What happened to the phone. */
export type CaseReason = (typeof caseReasons)[number];

export const openStates = ["requested", "reviewed", "waiting", "frozen", "ready"] as const;
export const endStates = ["done", "rejected", "cancelled", "expired"] as const;
export const caseStates = [...openStates, ...endStates] as const;
/** Where a case is. */
export type CaseState = (typeof caseStates)[number];
export type EndState = (typeof endStates)[number];

/** Whether sessions and devices end with the request, because the phone may be in a stranger's hands (LP-03). */
export const endsSessions = (reason: CaseReason): boolean => reason === "lost" || reason === "stolen";

/** What a reviewer can have checked. */
export const reviewChecks = ["history", "notices", "called_back", "records"] as const;
export type ReviewCheck = (typeof reviewChecks)[number];

/** What makes a case wait longer. */
export const riskFlags = [
  "unknown_browser",
  "other_country",
  "recent_change",
  "young_account",
  "second_request",
  "one_administrator",
] as const;
export type RiskFlag = (typeof riskFlags)[number];

/** What the flags are judged by; `otherCountry` is null where the proxy names no country. */
export type RiskFacts = {
  knownBrowser: boolean;
  otherCountry: boolean | null;
  recentChange: boolean;
  youngAccount: boolean;
  secondRequest: boolean;
};

/** The flags of a request; that there is one administrator is known at the approval. */
export const flagsOf = (facts: RiskFacts): RiskFlag[] =>
  (
    [
      ["unknown_browser", !facts.knownBrowser],
      ["other_country", facts.otherCountry === true],
      ["recent_change", facts.recentChange],
      ["young_account", facts.youngAccount],
      ["second_request", facts.secondRequest],
    ] as const
  ).flatMap(([flag, raised]) => (raised ? [flag] : []));

/** How long an approved case waits, in seconds. */
export const waitOfCase = (flags: readonly string[], { hours, flaggedHours }: { hours: number; flaggedHours: number }): number =>
  (flags.length > 0 ? flaggedHours : hours) * 3600;

/** A case as its person sees it; times are ISO 8601. */
export type CaseView = { reference: string; state: CaseState; requestedAt: string; readyAt?: string };

/** What a view is made of. */
export type ViewedCase = { reference: string; state: CaseState; requestedAt: Date; readyAt: Date | null };

export const viewOfCase = ({ reference, state, requestedAt, readyAt }: ViewedCase): CaseView => ({
  reference,
  state,
  requestedAt: requestedAt.toISOString(),
  ...(readyAt && (state === "waiting" || state === "ready") ? { readyAt: readyAt.toISOString() } : {}),
});
