import { redirect } from "next/navigation";
import type { ErrorCode, Refused } from "#lib/errors";
import { fail, ok, type Result } from "#lib/result";
import type { SessionView } from "#lib/sessions/session";
import { challengeToken } from "#lib/web/challenge";
import { keepsCookies } from "#lib/web/cookies";
import { challengeOf, leadBack, sessionOf, TIE } from "#lib/web/tie";

/** What a form belongs to: resolves to what its use case needs; redirects a form of another challenge or session to where its browser stands. */
export type Tie<C> = {
  /** The field that the tie reads itself. */
  field?: string;
  resolve(form: FormData): Promise<Result<C, Refused>>;
  /** Refusals of a use case by which the form's challenge is not, or no longer, that of this browser. */
  ended?: readonly ErrorCode[];
};

/** A form that is tied to nothing. */
export const untied: Tie<object> = { resolve: async () => ok({}) };

/** A field of pages that gave the browser a cookie to store (lib/http). */
const ASKED = "cookies";

/**
 * A form that begins a challenge. A browser that got a cookie with this form but sends none blocks cookies, and is told so before a password is
 * checked or a code sent; requests without our form (programs) are exempt.
 */
export const begins: Tie<object> = {
  field: ASKED,
  async resolve(form) {
    const asked = form.getAll(ASKED);
    if (asked.length > 1 || (asked.length === 1 && asked[0] !== "asked")) return fail({ code: "invalid_input" });
    return asked.length === 0 || (await keepsCookies()) ? ok({}) : fail({ code: "cookies_blocked" });
  },
};

/** A form of this browser's challenge. The use case gets `drawnFor` and rejects the row of any other challenge (WB-12). */
export const ofChallenge: Tie<{ token: string; drawnFor: string }> = {
  field: TIE,
  async resolve(form) {
    const drawnFor = await challengeOf(form);
    return drawnFor === null ? leadBack(form) : ok({ token: await challengeToken(), drawnFor });
  },
  ended: ["form_of_another", "challenge_missing"],
};

/** A form of this browser's session, also while its recovery codes are not saved. */
export const ofUnsavedSession: Tie<{ session: SessionView }> = {
  field: TIE,
  async resolve(form) {
    const session = await sessionOf(form);
    return session ? ok({ session }) : leadBack(form);
  },
};

/** A form of this browser's session; until the recovery codes are saved it leads to them. */
export const ofSession: Tie<{ session: SessionView }> = {
  field: TIE,
  async resolve(form) {
    const tied = await ofUnsavedSession.resolve(form);
    if (tied.ok && tied.value.session.nextStep === "save_recovery_codes") redirect("/recovery-codes");
    return tied;
  },
};

/** A form of this browser's session where it names one, and of a visitor where it does not. */
export const ofSessionOrVisitor: Tie<{ session: SessionView | null }> = {
  field: TIE,
  resolve: async (form) => (form.has(TIE) ? ofUnsavedSession.resolve(form) : ok({ session: null })),
};
