import { Badge, type Tone } from "#components/ui/badge";
import type { CaseState } from "#lib/recovery/case";
import type { Words } from "#lib/words/ja";

const tones: Record<CaseState, Tone> = {
  requested: "warn",
  reviewed: "warn",
  waiting: "neutral",
  frozen: "danger",
  ready: "neutral",
  done: "good",
  rejected: "neutral",
  cancelled: "neutral",
  expired: "neutral",
};

/** The state of a case in words; what waits for a person is marked, and a case that its person has not proven waits for no one here. */
export const stateBadge = ({ state, proven }: { state: CaseState; proven: boolean }, words: Words["consoleCaseStates"]) =>
  state === "requested" && !proven ? <Badge>{words.unproven}</Badge> : <Badge tone={tones[state]}>{words[state]}</Badge>;
