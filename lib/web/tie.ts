import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { waitsForNumber } from "#lib/challenges/challenge";
import { challengeIdOf } from "#lib/challenges/read";
import { formName, idOfForm } from "#lib/crypto/form-name";
import type { ErrorCode } from "#lib/errors";
import type { SessionView } from "#lib/sessions/session";
import { challengeToken, currentChallenge } from "#lib/web/challenge";
import { currentSession } from "#lib/web/session";

/** The hidden field that names the challenge or session a form was drawn for. */
export const TIE = "form";

/** Refusals by which a use case says that the form's challenge is not, or no longer, the one of this browser. */
export const ENDED: readonly ErrorCode[] = ["form_of_another", "challenge_missing"];

/** The value of that field for what is drawn for a session. */
export const formOf = ({ sessionId }: Pick<SessionView, "sessionId">): string => formName(sessionId);

/** The id that a form names; null when the field is absent, repeated or none of ours. */
function idIn(form: FormData): string | null {
  const [name, ...more] = form.getAll(TIE);
  return more.length === 0 ? idOfForm(name) : null;
}

/** The id of this browser's challenge, if the form was drawn for it. */
export async function challengeOf(form: FormData): Promise<string | null> {
  const id = idIn(form);
  return id !== null && id === (await challengeIdOf(await challengeToken())) ? id : null;
}

/** The session of this browser, if the form was drawn for it. */
export async function sessionOf(form: FormData): Promise<SessionView | null> {
  const id = idIn(form);
  const session = id === null ? null : await currentSession();
  return session?.sessionId === id ? session : null;
}

/** The page where this browser stands: the step of its open challenge, else of its session, else how its challenge ended, else the beginning. */
async function standing(): Promise<string> {
  const challenge = await currentChallenge();
  if (challenge?.state === "open") return waitsForNumber(challenge.view) ? "/sign-up/phone" : "/verify";
  const session = await currentSession();
  if (session) return session.nextStep ? "/recovery-codes" : "/account";
  return challenge ? "/verify" : "/sign-in";
}

/** Leads to where this browser stands, with a notice that names what the form was drawn for (`drawnNotice`). */
export async function leadBack(form: FormData): Promise<never> {
  const name = form.get(TIE);
  // With scripts the frame would stay as it was drawn for the other account.
  revalidatePath("/", "layout");
  redirect(`${await standing()}?drawn=${idIn(form) === null ? "" : name}`);
}
