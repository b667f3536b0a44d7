import { verifyChallenge } from "#lib/challenges/verify";
import { verified } from "#lib/web/answers";
import { call } from "#lib/web/api";
import { bodies } from "#lib/web/bodies";
import { challengeToken } from "#lib/web/challenge";
import { requestOrigin } from "#lib/web/origin";

export const POST = call(bodies.verify, async (input) =>
  verified(await verifyChallenge(await challengeToken(), input, await requestOrigin())),
);
