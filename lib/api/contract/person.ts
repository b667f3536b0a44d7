import type { Refused } from "#lib/errors";
import type { ApiCall } from "#lib/http/called";
import { fail, ok, type Result } from "#lib/result";
import { readSession } from "#lib/sessions/read-session";

/** The signed-in person of a call. */
export type Person = { userId: string; sessionId: string; email: string; locale: "ja" | "en" };

/** The person of a call's session; refuses without one, and while the recovery codes are not saved. */
export async function signedInPerson({ requester }: ApiCall): Promise<Result<Person, Refused>> {
  const session = await readSession(requester.sessionToken ?? "");
  if (!session) return fail({ code: "unauthenticated" });
  if (session.nextStep) return fail({ code: "recovery_codes_unconfirmed" });
  const { id, email, locale } = session.user;
  return ok({ userId: id, sessionId: session.sessionId, email, locale: locale === "en" ? "en" : "ja" });
}

/** The refusals of every call that needs a session. */
export const personRefusals = ["unauthenticated", "recovery_codes_unconfirmed"] as const;
/** The refusals of every guarded act. */
export const guardedRefusals = [...personRefusals, "step_up_required", "account_restricted"] as const;
