import { z } from "zod";
import { sendCode } from "#lib/challenges/send";
import { call, json, problem } from "#lib/web/api";
import { challengeToken } from "#lib/web/challenge";
import { requestOrigin } from "#lib/web/origin";

const body = z.object({ method: z.enum(["sms", "voice", "email"]), phoneId: z.uuid().optional() });

export const POST = call(body, async (input) => {
  const sent = await sendCode(await challengeToken(), input, await requestOrigin());
  return sent.ok ? json(sent.value, 202) : problem(sent.error);
});
