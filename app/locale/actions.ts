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
 * Keeps the language a person chose: in this browser, and for the account whose session the form was drawn for. A form drawn for a visitor
 * names no session and changes this browser alone; one drawn for another session is led back.
 */
export async function setLocaleAction(form: FormData): Promise<void> {
  return press({ schema, tie: ofSessionOrVisitor, form }, async ({ locale }, { session }) => {
    (await cookies()).set("locale", locale, { path: "/", maxAge: 31_536_000, sameSite: "lax" });
    if (session && session.user.locale !== locale) await setLocale(session.user.id, locale);
    return ok(null);
  });
}
