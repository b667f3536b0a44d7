import type { ChallengeView } from "#lib/challenges/challenge";
import { purposeOf } from "#lib/challenges/port";
import { lockChallenge, refusalOf } from "#lib/challenges/send";
import { viewOf } from "#lib/challenges/view";
import { transactionOn } from "#lib/db/in-line";
import { isMailStopped } from "#lib/delivery/stops";
import { type Refused, SENDING_STOPPED } from "#lib/errors";
import { policies } from "#lib/limits/policy";
import { takeLimits } from "#lib/limits/take";
import { house } from "#lib/purposes/house";
import { signInPurpose } from "#lib/purposes/sign-in";
import { mailRecoveryCode } from "#lib/recovery/progress";
import { lockCase } from "#lib/recovery/rows";
import { fail, ok, type Result } from "#lib/result";

/**
 * Mails the code of a case that is ready once more, to the account of an open sign-in whose password was right. Without such a case, or beyond the limit
 * (RECOVERY_MAILS), nothing is sent and the answer is the same. The mailed codes before stay valid for their day.
 */
export async function mailRecoveryAgain(
  token: string,
  { drawnFor }: { drawnFor?: string | undefined } = {},
): Promise<Result<ChallengeView, Refused>> {
  if (await isMailStopped()) return fail(SENDING_STOPPED);
  return transactionOn(token, async (tx): Promise<Result<ChallengeView, Refused>> => {
    const row = await lockChallenge(house, token, tx);
    const refusal = refusalOf(row, drawnFor);
    if (!row || refusal) return fail(refusal ?? { code: "challenge_missing" });
    if (row.purpose !== signInPurpose.name) return fail({ code: "method_not_available" });
    const ready = row.userId ? await lockCase(tx, { userId: row.userId }) : null;
    if (ready?.state === "ready" && (await takeLimits(tx, [{ policy: policies.recoveryMails, subject: ready.userId }])) === null)
      await mailRecoveryCode(tx, ready);
    return ok(viewOf(purposeOf(house, row.purpose), row));
  });
}
