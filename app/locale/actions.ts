"use server";

import { cookies } from "next/headers";
import { z } from "zod";
import { setLocale } from "#lib/accounts/set-locale";
import { enter } from "#lib/web/action";
import { leadBack, sessionOf, TIE } from "#lib/web/tie";

const schema = z.object({ locale: z.enum(["ja", "en"]), [TIE]: z.string().max(64).optional() });

/**
 * Keeps the language a person chose: in this browser, and for the account whose session the form was drawn for. A form drawn for a visitor
 * names no session and changes this browser alone; one drawn for another session is led back.
 */
export async function setLocaleAction(form: FormData): Promise<void> {
  const entered = enter(schema, form);
  if (!entered.ok) return;
  const { locale } = entered.input;
  const session = entered.input[TIE] === undefined ? null : await sessionOf(form);
  if (entered.input[TIE] !== undefined && !session) return leadBack(form);
  (await cookies()).set("locale", locale, { path: "/", maxAge: 31_536_000, sameSite: "lax" });
  if (session && session.user.locale !== locale) await setLocale(session.user.id, locale);
}
