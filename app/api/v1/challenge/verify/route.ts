import { z } from "zod";
import { methods } from "#lib/challenges/challenge";
import { verifyChallenge } from "#lib/challenges/verify";
import { verified } from "#lib/web/answers";
import { call } from "#lib/web/api";
import { challengeToken } from "#lib/web/challenge";
import { requestOrigin } from "#lib/web/origin";

const body = z.object({ method: z.enum(methods).optional(), code: z.string().max(128) });

export const POST = call(body, async (input) => verified(await verifyChallenge(await challengeToken(), input, await requestOrigin())));
