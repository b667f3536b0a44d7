import { issuedRecoveryCodes } from "#lib/recovery/recovery-codes";
import { call, json, problem } from "#lib/web/api";
import { bodies } from "#lib/web/bodies";
import { currentSession } from "#lib/web/session";

export const POST = call(bodies.nothing, async () => {
  const session = await currentSession();
  if (!session) return problem({ code: "unauthenticated" });
  const issued = await issuedRecoveryCodes(session.user.id);
  return issued.ok ? json({ codes: issued.value }) : problem(issued.error);
});
