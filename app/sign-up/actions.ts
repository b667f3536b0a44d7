"use server";

import { redirect } from "next/navigation";
import { getLocale } from "next-intl/server";
import { z } from "zod";
import { signUp } from "#lib/accounts/sign-up";
import { fail } from "#lib/result";
import { enterStart, type FormState, outage, refusedState } from "#lib/web/action";
import { keepChallenge } from "#lib/web/challenge";
import { requestOrigin } from "#lib/web/origin";
import { parseReturnTo } from "#lib/web/return-to";

const schema = z.object({
  email: z.string().trim().min(1).max(512),
  password: z.string().min(1).max(4096),
  returnTo: z.string().max(512).optional(),
});

/** The same answer for a known and an unknown address: a code is on its way by mail. */
export async function signUpAction(previous: FormState, form: FormData): Promise<FormState> {
  const entered = await enterStart(schema, form, previous);
  if (!entered.ok) return entered.state;
  const { email, password, returnTo } = entered.input;
  const input = { email, password, locale: await getLocale(), returnTo: parseReturnTo(returnTo) };
  const opened = await signUp(input, await requestOrigin()).catch((error) => fail(outage(error)));
  if (!opened.ok) return refusedState(opened.error, entered.input, previous);
  await keepChallenge(opened.value);
  redirect("/verify");
}
