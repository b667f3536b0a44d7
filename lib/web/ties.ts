import { redirect } from "next/navigation";
import type { ErrorCode, Refused } from "#lib/errors";
import { fail, ok, type Result } from "#lib/result";
import type { OwedStep } from "#lib/sessions/next-step";
import type { SessionView } from "#lib/sessions/session";
import { challengeToken } from "#lib/web/challenge";
import { keepsCookies } from "#lib/web/cookies";
import { pageOf } from "#lib/web/step";
import { challengeOf, leadBack, sessionOf, TIE } from "#lib/web/tie";

/**
 * The tie of a form: resolves to the context of its use case, or redirects a form of another challenge or session to the browser's current page.
 */
export type Tie<C> = {
  /** The field that the tie reads itself. */
  field?: string;
  resolve(form: FormData): Promise<Result<C, Refused>>;
  /** Refusals after which the form's challenge is no longer this browser's. */
  ended?: readonly ErrorCode[];
};

/** The tie of a form without a challenge or session. */
export const untied: Tie<object> = { resolve: async () => ok({}) };

/** A field of pages that set a probe cookie (lib/http). */
const ASKED = "cookies";

/**
 * The tie of a form that begins a challenge. A browser that got a cookie with this form but sends none blocks cookies and gets an explanation
 * before any check; requests without the site's form (programs) are exempt.
 */
export const begins: Tie<object> = {
  field: ASKED,
  async resolve(form) {
    const asked = form.getAll(ASKED);
    if (asked.length > 1 || (asked.length === 1 && asked[0] !== "asked")) return fail({ code: "invalid_input" });
    return asked.length === 0 || (await keepsCookies()) ? ok({}) : fail({ code: "cookies_blocked" });
  },
};

/** The tie of a form of this browser's challenge; the use case gets `drawnFor` and refuses any other challenge (WB-12). */
export const ofChallenge: Tie<{ token: string; drawnFor: string }> = {
  field: TIE,
  async resolve(form) {
    const drawnFor = await challengeOf(form);
    return drawnFor === null ? leadBack(form) : ok({ token: await challengeToken(), drawnFor });
  },
  ended: ["form_of_another", "challenge_missing"],
};

/** The tie of a form of this browser's session, even while it owes a step. */
export const ofUnsavedSession: Tie<{ session: SessionView }> = {
  field: TIE,
  async resolve(form) {
    const session = await sessionOf(form);
    return session ? ok({ session }) : leadBack(form);
  },
};

/** The tie of a form of this browser's session that owes no step but those of `steps`; for any other it redirects to the step. */
const owingAtMost = (...steps: OwedStep[]): Tie<{ session: SessionView }> => ({
  field: TIE,
  async resolve(form) {
    const tied = await ofUnsavedSession.resolve(form);
    const step = tied.ok ? tied.value.session.nextStep : null;
    if (step && !steps.includes(step)) redirect(pageOf(step));
    return tied;
  },
});

/** The tie of a form of this browser's session; until it owes no step it redirects to that step. */
export const ofSession = owingAtMost();

/** The tie of the forms that lead to a factor which a rule asks for: its step-up, and its enrolment. */
export const ofEnrollingSession = owingAtMost("enrol_factor");

/** The tie of a form that names a session, or none for a visitor. */
export const ofSessionOrVisitor: Tie<{ session: SessionView | null }> = {
  field: TIE,
  resolve: async (form) => (form.has(TIE) ? ofUnsavedSession.resolve(form) : ok({ session: null })),
};
