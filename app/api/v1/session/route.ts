import { endSession } from "#lib/sessions/end-session";
import { sessionJson } from "#lib/web/answers";
import { json, noContent, problem, read } from "#lib/web/api";
import { clearCookie, sessionCookie } from "#lib/web/cookies";
import { requestOrigin } from "#lib/web/origin";
import { currentSession } from "#lib/web/session";

export const GET = read(async () => {
  const session = await currentSession();
  return session ? json(sessionJson(session)) : problem({ code: "unauthenticated" });
});

export const DELETE = read(async () => {
  const origin = await requestOrigin();
  if (origin.sessionToken) await endSession(origin.sessionToken, origin);
  await clearCookie(sessionCookie());
  return noContent();
});
