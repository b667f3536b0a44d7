import { confirmRecoveryCodes } from "#lib/recovery/recovery-codes";
import { sessionJson } from "#lib/web/answers";
import { call, json, problem } from "#lib/web/api";
import { bodies } from "#lib/web/bodies";
import { requestOrigin } from "#lib/web/origin";
import { currentSession } from "#lib/web/session";

export const POST = call(bodies.confirm, async ({ code }) => {
  const session = await currentSession();
  if (!session) return problem({ code: "unauthenticated" });
  const confirmed = await confirmRecoveryCodes(session.user.id, { code }, await requestOrigin());
  return confirmed.ok ? json({ next: "done", session: sessionJson(session) }) : problem(confirmed.error);
});
