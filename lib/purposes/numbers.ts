import { claimedNumber } from "#lib/authenticators/numbers/authenticator";
import type { ChallengeState, ChallengeView } from "#lib/challenges/challenge";
import type { House } from "#lib/challenges/port";
import { type ChallengeRow, loadChallengeById, stateOfRow } from "#lib/challenges/read";
import { send } from "#lib/challenges/send";
import { verify } from "#lib/challenges/verify";
import { viewOf } from "#lib/challenges/view";
import { sql } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import type { Effect } from "#lib/purposes/effect";
import { verifyNumberPurpose } from "#lib/purposes/verify-number";
import type { Requester } from "#lib/requester";
import type { Result } from "#lib/result";

/** The engine of challenges for verifications of other systems alone: no token of theirs is judged for another purpose. */

const purposes = { VERIFY_NUMBER: verifyNumberPurpose };

const house: House<Effect> = { purposes, authenticators: [claimedNumber] };

/** A verification shows no ways, so nothing is read for them. */
const withoutWays: House<Effect> = { purposes, authenticators: [] };

/** Sends the code of a verification again, or by the other way. */
export const sendNumberCode = (token: string, method: "sms" | "voice", requester: Requester): Promise<Result<ChallengeView, Refused>> =>
  send(house, token, { method }, requester);

/** Verifies a code of a verification; null where its number is proven now. */
export async function proveNumber(token: string, code: string, requester: Requester): Promise<Refused | null> {
  const proven = await verify(house, token, { code }, requester);
  return proven.ok ? null : proven.error;
}

/** Reads the challenge of a verification, whose id it has; null if there is none. */
export async function readNumberChallenge(id: string): Promise<{ row: ChallengeRow; view: ChallengeView; state: ChallengeState } | null> {
  const row = await loadChallengeById(withoutWays, id, sql);
  return row && { row, view: viewOf(verifyNumberPurpose, row), state: stateOfRow(row) };
}
