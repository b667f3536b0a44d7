import { readDetails } from "#lib/accounts/details";
import { openFactor } from "#lib/accounts/open-factor";
import type { OpenedChallenge } from "#lib/challenges/challenge";
import type { Refused } from "#lib/errors";
import { naming } from "#lib/limits/subject";
import { stepUpPurpose as purpose } from "#lib/purposes/step-up";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { deviceOf } from "#lib/sessions/known-device";
import type { Level } from "#lib/sessions/levels";
import type { Acting } from "#lib/sessions/step-up";

/** The class of acts of a step-up that a service asked for; it opens nothing here. */
const ACTION = "service";

/** Opens a challenge for a second factor in this session, for a service that asks for a level above the session's. */
export async function beginLevel(
  acting: Acting,
  level: Level,
  returnTo: string,
  requester: Requester,
): Promise<Result<OpenedChallenge, Refused>> {
  const [details, deviceId, name] = await Promise.all([
    readDetails(acting.userId),
    deviceOf(acting.userId, requester.deviceToken),
    naming(),
  ]);
  if (!details) return fail({ code: "unauthenticated" });
  const account = { ...details, id: acting.userId, deviceId };
  const asked = { sessionId: acting.sessionId, action: ACTION };
  return ok(
    await openFactor(
      { account, purpose, returnTo, asked, typedEmail: details.email, unsent: level !== "urn:sekisho:acr:sms", name },
      requester,
    ),
  );
}
