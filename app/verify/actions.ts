"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { mailRecoveryAgain } from "#lib/accounts/recovery-mail-again";
import { bodies } from "#lib/api/contract/bodies";
import { isSent } from "#lib/methods";
import { sendCode, verifyChallenge } from "#lib/purposes/challenges";
import { trustVerified } from "#lib/purposes/trust";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { pageAfter, pageWithPasskey } from "#lib/web/after-verified";
import { keepTrusted, keepVerified } from "#lib/web/challenge";
import type { FormRefusal, FormState } from "#lib/web/form-state";
import { press, submit } from "#lib/web/submit";
import { takenPage } from "#lib/web/taken";
import { ofChallenge } from "#lib/web/ties";

/** The page's script sends a passkey's answer as JSON in a text field. */
const schema = bodies.verify.extend({
  phoneId: bodies.send.shape.phoneId,
  assertion: z.string().max(16_384).optional(),
  canMake: z.literal("on").optional(),
  trustDevice: z.literal("on").optional(),
});
const mailAgain = z.object({ method: z.literal("recovery_mail") });
type Input = z.output<typeof schema>;
type Asked = { token: string; drawnFor: string; requester: Requester };
type Outcome = Promise<Result<string | null, FormRefusal>>;

/** Mails the code of a ready lost-phone request once more; the page says the same whether one was sent. */
export async function mailAgainAction(form: FormData): Promise<void> {
  return press({ schema: mailAgain, tie: ofChallenge, form }, async (_, { token, drawnFor }) => {
    const mailed = await mailRecoveryAgain(token, { drawnFor });
    return mailed.ok ? ok("/verify?with=recovery_mail&mailed") : mailed;
  });
}

/** The main action of /verify: verifies a code, or without a code sends a new one by the chosen method. */
export async function verifyAction(previous: FormState, form: FormData): Promise<FormState> {
  return submit({ schema, tie: ofChallenge, previous, form }, (input, { token, drawnFor, requester }) =>
    input.code === undefined && input.assertion === undefined && input.method
      ? choose(input.method, input.phoneId, { token, drawnFor, requester })
      : answer(input, { token, drawnFor, requester }),
  );
}

async function choose(method: NonNullable<Input["method"]>, phoneId: Input["phoneId"], { token, drawnFor, requester }: Asked): Outcome {
  if (!isSent(method)) return ok(`/verify?with=${method}`);
  const sent = await sendCode(token, { method, phoneId, drawnFor }, requester);
  return sent.ok ? ok(null) : sent;
}

async function answer({ assertion, canMake, trustDevice, ...typed }: Input, { token, drawnFor, requester }: Asked): Outcome {
  const { code = "", method } = assertion === undefined ? typed : { code: assertion, method: "passkey" as const };
  if (code.trim() === "") return fail({ code: "invalid_input", fields: { code: "required" } });
  const verified = await verifyChallenge(token, { code, method, drawnFor }, requester);
  if (verified.ok) {
    await keepVerified(verified.value);
    if (trustDevice) await keepTrusted(await trustVerified(verified.value, requester));
    return ok(canMake ? pageWithPasskey(verified.value) : pageAfter(verified.value));
  }
  // The proven number belongs to another account, so the challenge waits for another number.
  if (verified.error.code === "number_taken") return ok(await takenPage(verified.error.until));
  if (verified.error.code === "email_taken") return ok("/account/email?taken");
  // The page shows the state of the challenge: attempts left, ended or locked.
  refresh();
  return verified;
}
