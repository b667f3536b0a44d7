import { readDetails } from "#lib/accounts/details";
import { openFactor } from "#lib/accounts/open-factor";
import type { OpenedChallenge } from "#lib/challenges/challenge";
import { sql } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { naming } from "#lib/limits/subject";
import { stepUpPurpose as purpose } from "#lib/purposes/step-up";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { deviceOf } from "#lib/sessions/known-device";
import { type Acting, type StepUpAction, steppedUpUntil } from "#lib/sessions/step-up";

/** Step-up for a class of acts: already there until a moment, or a challenge for any second factor of the account. */
export type BegunStepUp = { until: Date } | { opened: OpenedChallenge };

/**
 * Begins step-up for a class of acts, unless this session proved a second factor for it within ten minutes; a fresh sign-in is none. An account
 * without a usable factor gets a challenge without a way: it is never let through (SU-05).
 */
export async function beginStepUp(
  acting: Acting,
  action: StepUpAction,
  returnTo: string | null,
  requester: Requester,
): Promise<Result<BegunStepUp, Refused>> {
  const [until, details, deviceId] = await Promise.all([
    steppedUpUntil(sql, acting, action),
    readDetails(acting.userId),
    deviceOf(acting.userId, requester.deviceToken),
  ]);
  if (!details) return fail({ code: "unauthenticated" });
  if (until) return ok({ until });
  const account = { ...details, id: acting.userId, deviceId };
  const asked = { sessionId: acting.sessionId, action };
  const opening = {
    account,
    purpose,
    returnTo,
    asked,
    typedEmail: details.email,
    unsent: action === "administer" || action === "enter_site_passkey",
    name: await naming(),
  };
  return ok({ opened: await openFactor(opening, requester) });
}
