import type { OpenedChallenge } from "#lib/challenges/challenge";
import type { KnownDevice } from "#lib/sessions/known-device";
import type { OpenedSession } from "#lib/sessions/open-session";

/** What a consumed challenge opened: the next challenge, or a session. */
export type Effect =
  | { kind: "challenge"; next: "bind_phone"; opened: OpenedChallenge }
  | { kind: "session"; opened: OpenedSession; device: KnownDevice; returnTo: string | null };
