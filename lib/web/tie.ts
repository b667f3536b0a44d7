import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { waitsForNumber, waitsForPassword } from "#lib/challenges/challenge";
import { challengeIdOf } from "#lib/challenges/read";
import { formName, idOfForm } from "#lib/crypto/form-name";
import type { SessionView } from "#lib/sessions/session";
import { challengeToken, currentChallenge } from "#lib/web/challenge";
import { currentSession } from "#lib/web/session";
import { pageOf } from "#lib/web/step";

/** The hidden field that names the challenge or session a form was drawn for. */
export const TIE = "form";

/** Returns the value of that field in a session's forms. */
export const sessionForm = ({ sessionId }: Pick<SessionView, "sessionId">): string => formName(sessionId);

/** Returns the id in a form's field; null when the field is absent, repeated or invalid. */
function idIn(form: FormData): string | null {
  const [name, ...more] = form.getAll(TIE);
  return more.length === 0 ? idOfForm(name) : null;
}

/** Returns the id of this browser's challenge if the form belongs to it. */
export async function challengeOf(form: FormData): Promise<string | null> {
  const id = idIn(form);
  return id !== null && id === (await challengeIdOf(await challengeToken())) ? id : null;
}

/** Returns this browser's session if the form belongs to it. */
export async function sessionOf(form: FormData): Promise<SessionView | null> {
  const id = idIn(form);
  const session = id === null ? null : await currentSession();
  return session?.sessionId === id ? session : null;
}

/**
 * Returns the browser's current page: the step of its open challenge, else of its session, else the result of its ended challenge, else sign-in.
 */
async function standing(): Promise<string> {
  const challenge = await currentChallenge();
  if (challenge?.state === "open")
    return waitsForNumber(challenge) ? "/sign-up/phone" : waitsForPassword(challenge) ? "/reset-password" : "/verify";
  const session = await currentSession();
  if (session) return pageOf(session.nextStep);
  return challenge ? "/verify" : "/sign-in";
}

/** Redirects to the browser's current page, with a notice that names the account of the form (`drawnNotice`). */
export async function leadBack(form: FormData): Promise<never> {
  const name = form.get(TIE);
  // Without this, JavaScript would keep the frame with the other account.
  revalidatePath("/", "layout");
  redirect(`${await standing()}?drawn=${idIn(form) === null ? "" : name}`);
}
