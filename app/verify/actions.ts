"use server";

import { refresh } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { sendCode, type Verified, verifyChallenge } from "#lib/purposes/challenges";
import { fail } from "#lib/result";
import { enterChallenge, type FormState, nextRound, outage, refusedState } from "#lib/web/action";
import { challengeToken, keepVerified } from "#lib/web/challenge";
import { requestOrigin } from "#lib/web/origin";
import { ENDED, leadBack } from "#lib/web/tie";

const schema = z.object({
  code: z.string().max(1000).optional(),
  method: z.enum(["sms", "voice", "email", "recovery_code"]).optional(),
  phoneId: z.uuid().optional(),
});
type Input = z.infer<typeof schema> & { drawnFor: string };

/** The one action of /verify: a code is judged; a method without a code asks for another way. */
export async function verifyAction(previous: FormState, form: FormData): Promise<FormState> {
  const entered = await enterChallenge(schema, form, previous);
  if (!entered.ok) return entered.state;
  const input = { ...entered.input, drawnFor: entered.drawnFor };
  const state = await (input.code === undefined && input.method ? choose(input, input.method, previous) : answer(input, previous));
  // Another tab or a second click finished the challenge while this one waited for its row.
  return state.code !== undefined && ENDED.includes(state.code) ? leadBack(form) : state;
}

async function choose(input: Input, method: NonNullable<Input["method"]>, previous: FormState): Promise<FormState> {
  if (method === "recovery_code") redirect("/verify?with=recovery_code");
  const sent = await sendCode(
    await challengeToken(),
    { method, phoneId: input.phoneId, drawnFor: input.drawnFor },
    await requestOrigin(),
  ).catch((error) => fail(outage(error)));
  if (!sent.ok) return refusedState(sent.error, input, previous);
  refresh();
  return { round: nextRound(previous) };
}

async function answer({ code = "", method, drawnFor }: Input, previous: FormState): Promise<FormState> {
  if (code.trim() === "") return { code: "invalid_input", fields: { code: "required" }, round: nextRound(previous) };
  const verified = await verifyChallenge(await challengeToken(), { code, method, drawnFor }, await requestOrigin()).catch((error) =>
    fail(outage(error)),
  );
  if (verified.ok) {
    await keepVerified(verified.value);
    redirect(after(verified.value));
  }
  // The number was proven but belongs to somebody else: the challenge waits for another number again.
  if (verified.error.code === "number_taken") redirect("/sign-up/phone?taken");
  // What is left of the challenge, and whether it is over or the account locked, is the page's to say.
  refresh();
  return refusedState(verified.error, { method }, previous);
}

function after(verified: Verified): string {
  if (verified.next === "bind_phone") return "/sign-up/phone";
  if (verified.next === "done") return verified.returnTo ?? "/account";
  return verified.returnTo ? `/recovery-codes?returnTo=${encodeURIComponent(verified.returnTo)}` : "/recovery-codes";
}
