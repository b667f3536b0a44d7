import type { ChallengeState, ChallengeView } from "#lib/challenges/challenge";
import { purposeOf } from "#lib/challenges/port";
import * as reading from "#lib/challenges/read";
import * as sending from "#lib/challenges/send";
import { tellEnded } from "#lib/challenges/unfinished";
import * as verifying from "#lib/challenges/verify";
import { viewOf } from "#lib/challenges/view";
import { type Sql, sql } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import type { Method } from "#lib/methods";
import type { Effect } from "#lib/purposes/effect";
import { house } from "#lib/purposes/house";
import type { CaseView } from "#lib/recovery/case";
import type { Requester } from "#lib/requester";
import { ok, type Result } from "#lib/result";
import type { KnownDevice } from "#lib/sessions/known-device";
import type { OwedStep } from "#lib/sessions/next-step";
import type { SessionView } from "#lib/sessions/session";

/** The engine of challenges, with the purposes and authenticators of this product. */

/** What a verified challenge leads to; tokens are for cookies alone. */
export type Verified =
  | { next: "bind_phone" | "verify" | "set_password"; challenge: ChallengeView; challengeToken: string; expiresAt: Date }
  | { next: "lost_phone"; request: CaseView }
  | { next: "stepped_up"; until: Date; session: SessionView; sessionToken: string; expiresAt: Date; device: null; returnTo: string | null }
  | {
      next: "confirmed";
      confirmation: string;
      session: SessionView;
      sessionToken: string;
      expiresAt: Date;
      device: null;
      returnTo: string | null;
    }
  | {
      next: OwedStep | "done";
      session: SessionView;
      sessionToken: string;
      expiresAt: Date;
      /** Null where the session went on. */
      device: KnownDevice | null;
      returnTo: string | null;
    };

/** The view and state of a token's challenge; null when there is none or it was consumed. */
export const readChallenge = (token: string): Promise<reading.ReadChallenge | null> => reading.read(house, token);

/** Sends the code of an open challenge again, or by another way. */
export const sendCode = (
  token: string,
  asked: { method: Method; phoneId?: string | undefined; drawnFor?: string | undefined },
  requester: Requester,
): Promise<Result<ChallengeView, Refused>> => sending.send(house, token, asked, requester);

/** Sends the code of an open challenge again by its id, in the transaction of a member of staff; `noteRefused` ends what a limit prevented. */
export const sendCodeAgain = (
  tx: Sql,
  challengeId: string,
  asked: { method: Method; phoneId?: string | undefined },
  requester: Requester,
) => sending.sendAgain(house, tx, challengeId, asked, requester);

/** Verifies an answer to the challenge of this browser; what it leads to, or why it was refused. */
export async function verifyChallenge(token: string, typed: verifying.Typed, requester: Requester): Promise<Result<Verified, Refused>> {
  const verified = await verifying.verify(house, token, typed, requester);
  return verified.ok ? ok(answerOf(verified.value)) : verified;
}

/** Reads a challenge by its id with what its requester may know, and locks nothing; null if there is none. */
export async function readChallengeById(
  id: string,
  tx: Sql = sql,
): Promise<{ row: reading.ChallengeRow; view: ChallengeView; state: ChallengeState } | null> {
  const row = await reading.loadChallengeById(house, id, tx);
  return row && { row, view: viewOf(purposeOf(house, row.purpose), row), state: reading.stateOfRow(row) };
}

/** What an effect leads to, for the browser of its challenge. */
export function answerOf(effect: Effect): Verified {
  if (effect.kind === "number_proven") throw new Error("a verification of another system has no browser");
  if (effect.kind === "lost_phone") return { next: "lost_phone", request: effect.request };
  const { token, expiresAt } = effect.opened;
  if (effect.kind === "challenge") return { next: effect.next, challenge: effect.opened.view, challengeToken: token, expiresAt };
  if (effect.kind === "same_session") {
    const { opened, until, returnTo } = effect;
    const kept = { session: opened.view, sessionToken: token, expiresAt, device: null, returnTo };
    return until ? { next: "stepped_up", until, ...kept } : { next: "done", ...kept };
  }
  if (effect.kind === "confirmed") {
    const { opened, confirmation, returnTo } = effect;
    return { next: "confirmed", confirmation, session: opened.view, sessionToken: token, expiresAt, device: null, returnTo };
  }
  const { opened, device, returnTo } = effect;
  return { next: opened.view.nextStep ?? "done", session: opened.view, sessionToken: token, expiresAt, device, returnTo };
}

/** Notifies accounts of sign-ins that ended after the right password; the number of challenges read. */
export const tellUnfinished = (): Promise<number> => tellEnded(house);
