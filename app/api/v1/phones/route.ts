import { z } from "zod";
import { bindPhone } from "#lib/phones/bind-phone";
import { call, json, problem } from "#lib/web/api";
import { challengeToken } from "#lib/web/challenge";
import { requestOrigin } from "#lib/web/origin";

const body = z.object({ number: z.string().max(128), channel: z.enum(["sms", "voice"]), acceptRisk: z.boolean() });

export const POST = call(body, async (input) => {
  const bound = await bindPhone(await challengeToken(), input, await requestOrigin());
  return bound.ok ? json({ next: "verify", challenge: bound.value }, 202) : problem(bound.error);
});
