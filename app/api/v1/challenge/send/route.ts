import { sendCode } from "#lib/challenges/send";
import { call, json, problem } from "#lib/web/api";
import { bodies } from "#lib/web/bodies";
import { challengeToken } from "#lib/web/challenge";
import { requestOrigin } from "#lib/web/origin";

export const POST = call(bodies.send, async (input) => {
  const sent = await sendCode(await challengeToken(), input, await requestOrigin());
  return sent.ok ? json(sent.value, 202) : problem(sent.error);
});
