"use server";

import { cookies } from "next/headers";
import { z } from "zod";
import { setLocale } from "#lib/accounts/set-locale";
import { enter } from "#lib/web/action";
import { currentSession } from "#lib/web/session";

const schema = z.object({ locale: z.enum(["ja", "en"]) });

/** Keeps the language a person chose: in this browser, and for the account of whoever is signed in. */
export async function setLocaleAction(form: FormData): Promise<void> {
  const entered = enter(schema, form);
  if (!entered.ok) return;
  const { locale } = entered.input;
  (await cookies()).set("locale", locale, { path: "/", maxAge: 31_536_000, sameSite: "lax" });
  const session = await currentSession();
  if (session && session.user.locale !== locale) await setLocale(session.user.id, locale);
}
