import { bindPhone } from "#lib/phones/bind-phone";
import { call, json, problem } from "#lib/web/api";
import { bodies } from "#lib/web/bodies";
import { challengeToken } from "#lib/web/challenge";
import { requestOrigin } from "#lib/web/origin";

export const POST = call(bodies.phones, async (input) => {
  const bound = await bindPhone(await challengeToken(), input, await requestOrigin());
  return bound.ok ? json({ next: "verify", challenge: bound.value }, 202) : problem(bound.error);
});
