import { json, problem, read } from "#lib/web/api";
import { currentChallenge } from "#lib/web/challenge";

/** An exhausted challenge still shows what is left (nothing); one that ended otherwise is gone. */
export const GET = read(async () => {
  const challenge = await currentChallenge();
  if (!challenge || challenge.state === "expired" || challenge.state === "replaced") return problem({ code: "challenge_missing" });
  return json(challenge.view);
});
