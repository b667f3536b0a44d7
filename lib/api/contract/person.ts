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

/** The person of a call that a sign-up may use as well; null without a session, because the browser's challenge identifies the account then. */
export async function personOrSignUp(call: ApiCall): Promise<Result<Person | null, Refused>> {
  const person = await signedInPerson(call, { enrolling: true });
  return !person.ok && person.error.code === "unauthenticated" ? ok(null) : person;
}

/** The refusal of such a call without a session and without a sign-up that waits for its factor. */
export const orUnauthenticated = <T>(result: Result<T, Refused>): Result<T, Refused> =>
  !result.ok && result.error.code === "challenge_missing" ? fail({ code: "unauthenticated" }) : result;

export const isId = (id: string | undefined): id is string => z.uuid().safeParse(id).success;

/** The refusals of every call that needs a session. */
export const personRefusals = ["unauthenticated", "recovery_codes_unconfirmed", "factor_required"] as const;
/** The refusals of every guarded act. */
export const guardedRefusals = [...personRefusals, "step_up_required", "account_restricted"] as const;

/** The refusals of a sign-up that enrols a factor. */
export const signUpRefusals = ["challenge_expired", "too_many_attempts", "method_not_available"] as const;
