import { z } from "zod";
import type { Refused } from "#lib/errors";
import type { ApiCall } from "#lib/http/called";
import { fail, ok, type Result } from "#lib/result";
import { readSession } from "#lib/sessions/read-session";

/** The signed-in person of a call. */
export type Person = { userId: string; sessionId: string; email: string; locale: "ja" | "en" };

/**
 * The person of a call's session; refuses without one, and while it owes a step: the recovery codes, or a factor that a rule asks for. The calls that
 * lead to such a factor are `enrolling`.
 */
export async function signedInPerson({ requester }: ApiCall, { enrolling = false } = {}): Promise<Result<Person, Refused>> {
  const session = await readSession(requester.sessionToken ?? "");
  if (!session) return fail({ code: "unauthenticated" });
  if (session.nextStep === "save_recovery_codes") return fail({ code: "recovery_codes_unconfirmed" });
  if (session.nextStep && !enrolling) return fail({ code: "factor_required" });
  const { id, email, locale } = session.user;
  return ok({ userId: id, sessionId: session.sessionId, email, locale: locale === "en" ? "en" : "ja" });
}

export const isId = (id: string | undefined): id is string => z.uuid().safeParse(id).success;

/** The refusals of every call that needs a session. */
export const personRefusals = ["unauthenticated", "recovery_codes_unconfirmed", "factor_required"] as const;
/** The refusals of every guarded act. */
export const guardedRefusals = [...personRefusals, "step_up_required", "account_restricted"] as const;
