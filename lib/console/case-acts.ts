import type { Approver } from "#lib/console/approvers";
import type { CaseAct } from "#lib/console/cases";
import type { CaseState } from "#lib/recovery/case";

/** Pure: which acts on a case a page shows to one member of staff. The use case judges each again. */

export type Looker = { administrator: boolean; own: boolean; approval: Approver["why"] };

const OPEN: readonly CaseState[] = ["requested", "reviewed", "waiting", "frozen", "ready"];

/** The acts with a button, the one that moves the case on first. */
export function openActs({ state, proven }: { state: CaseState; proven: boolean }, { administrator, own, approval }: Looker): CaseAct[] {
  if (own || !OPEN.includes(state)) return [];
  const onward: CaseAct[] = [
    ...(state === "requested" && proven ? (["review"] as const) : []),
    ...(state === "reviewed" && approval === null ? (["approve"] as const) : []),
    ...(state === "frozen" && administrator ? (["resume"] as const) : []),
  ];
  return administrator ? [...onward, "reject", "cancel"] : onward;
}
