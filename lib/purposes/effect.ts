import type { OpenedChallenge } from "#lib/challenges/challenge";
import type { CaseView } from "#lib/recovery/case";
import type { KnownDevice } from "#lib/sessions/known-device";
import type { OpenedSession } from "#lib/sessions/open-session";

/** What a consumed challenge opened: the next challenge or step, a session, or more of the session that asked. */
export type Effect =
  | { kind: "challenge"; next: "bind_phone" | "verify" | "set_password"; opened: OpenedChallenge }
  | { kind: "session"; opened: OpenedSession; device: KnownDevice; returnTo: string | null }
  /** The session that asked, under a new token; `until` after a step-up. */
  | { kind: "same_session"; opened: OpenedSession; until: Date | null; returnTo: string | null }
  /** The same with one act confirmed, by the id of its confirmation. */
  | { kind: "confirmed"; opened: OpenedSession; confirmation: string; returnTo: string | null }
  /** A number is proven for another system; nothing is opened. */
  | { kind: "number_proven" }
  /** The request of a person who lost the phone stands; nothing is opened. */
  | { kind: "lost_phone"; request: CaseView };
