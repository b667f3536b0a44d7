"use server";

import { cookies } from "next/headers";
import { z } from "zod";
import { setLocale } from "#lib/accounts/set-locale";
import { locale } from "#lib/api/contract/bodies";
import { ok } from "#lib/result";
import { press } from "#lib/web/submit";
import { ofSessionOrVisitor } from "#lib/web/ties";

const schema = z.object({ locale });

/**
 * Stores the chosen language in this browser, and in the account whose session the form names. A visitor's form names no session; a form of another
 * session is redirected.
 */
export async function setLocaleAction(form: FormData): Promise<void> {
  return press({ schema, tie: ofSessionOrVisitor, form }, async ({ locale }, { session }) => {
    (await cookies()).set("locale", locale, { path: "/", maxAge: 31_536_000, sameSite: "lax" });
    if (session && session.user.locale !== locale) await setLocale(session.user.id, locale);
    return ok(null);
  });
}
