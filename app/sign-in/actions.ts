"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { signIn } from "#lib/accounts/sign-in";
import { fail } from "#lib/result";
import { enterStart, type FormState, outage, refusedState } from "#lib/web/action";
import { keepChallenge } from "#lib/web/challenge";
import { requestOrigin } from "#lib/web/origin";
import { parseReturnTo } from "#lib/web/return-to";

const schema = z.object({
  identifier: z.string().trim().min(1).max(512),
  password: z.string().min(1).max(4096),
  returnTo: z.string().max(512).optional(),
});

/** Password right: the challenge is open, and /verify is the only place it leads to. */
export async function signInAction(previous: FormState, form: FormData): Promise<FormState> {
  const entered = await enterStart(schema, form, previous);
  if (!entered.ok) return entered.state;
  const { identifier, password, returnTo } = entered.input;
  const opened = await signIn({ identifier, password, returnTo: parseReturnTo(returnTo) }, await requestOrigin()).catch((error) =>
    fail(outage(error)),
  );
  if (!opened.ok) return refusedState(opened.error, entered.input, previous);
  await keepChallenge(opened.value);
  redirect("/verify");
}
