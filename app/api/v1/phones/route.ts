import { bindPhone } from "#lib/phones/bind-phone";
import { call, json, problem } from "#lib/web/api";
import { bodies } from "#lib/web/bodies";
import { challengeToken } from "#lib/web/challenge";
import { requestOrigin } from "#lib/web/origin";
import { currentSession } from "#lib/web/session";

export const POST = call(bodies.phones, async (input) => {
  const bound = await bindPhone(await challengeToken(), input, await requestOrigin());
  // Signed in and without a challenge, a number is added after step-up alone.
  if (!bound.ok && bound.error.code === "challenge_missing" && (await currentSession())) return problem({ code: "step_up_required" });
  return bound.ok ? json({ next: "verify", challenge: bound.value }, 202) : problem(bound.error);
});
