import { z } from "zod";
import { issueRecoveryCodes } from "#lib/recovery/recovery-codes";
import { call, json, problem } from "#lib/web/api";
import { requestOrigin } from "#lib/web/origin";
import { currentSession } from "#lib/web/session";

export const POST = call(z.object({}), async () => {
  const session = await currentSession();
  if (!session) return problem({ code: "unauthenticated" });
  const issued = await issueRecoveryCodes(session.user.id, await requestOrigin());
  return issued.ok ? json({ codes: issued.value }) : problem(issued.error);
});
