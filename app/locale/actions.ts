"use server";

import { cookies } from "next/headers";
import { z } from "zod";
import { enter } from "#lib/web/action";

const schema = z.object({ locale: z.enum(["ja", "en"]) });

/** Keeps the language a person chose in this browser. */
export async function setLocaleAction(form: FormData): Promise<void> {
  const entered = enter(schema, form);
  if (!entered.ok) return;
  (await cookies()).set("locale", entered.input.locale, { path: "/", maxAge: 31_536_000, sameSite: "lax" });
}
