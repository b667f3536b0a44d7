import { randomUUID } from "node:crypto";
import type { AccountDetails } from "#lib/accounts/details";
import { openFactor, type WithOpening } from "#lib/accounts/open-factor";
import { firstMail, takeMail } from "#lib/authenticators/addresses/mail-share";
import { targetOf } from "#lib/authenticators/addresses/target";
import type { OpenedChallenge } from "#lib/challenges/challenge";
import { OPEN_RACE, openChallenge } from "#lib/challenges/open";
import type { Federated } from "#lib/challenges/port";
import { transactionOn } from "#lib/db/in-line";
import { retryOn } from "#lib/db/sql";
import type { Naming } from "#lib/limits/subject";
import { signInPurpose as secondFactor } from "#lib/purposes/sign-in";
import { signUpPurpose as proveAddress } from "#lib/purposes/sign-up";
import type { Requester } from "#lib/requester";
import { nextStep } from "#lib/sessions/next-step";

/** An account whose first factor was proven, with the epoch in which it was. */
export type ProvenAccount = AccountDetails & { id: string; deviceId: string | null; typedEmail: string | null };

type Step = { account: ProvenAccount; returnTo: string | null; federated?: Federated | null | undefined; name: Naming };

/** Whether an account has still to prove its address and bind a phone: its sign-up was abandoned. */
export const isUnfinished = ({ hasFactor }: Pick<AccountDetails, "hasFactor">): boolean =>
  nextStep({ hasFactor, recoveryConfirmed: true }, false) === "prove_address_and_bind_phone";

/**
 * Opens the challenge of an account's next step after its first factor, whichever that was: the second factor, or the address again for an abandoned
 * sign-up. `accepted` is written with it.
 */
export async function openNextStep(
  { account, name, ...step }: Step,
  requester: Requester,
  accepted: WithOpening,
): Promise<OpenedChallenge> {
  if (isUnfinished(account)) return openByMail({ account, ...step }, requester, accepted);
  const { typedEmail } = account;
  return openFactor(
    { account, purpose: secondFactor, ...step, typedEmail, followsToken: requester.challengeToken, name },
    requester,
    accepted,
  );
}

/** Opens the challenge of an address for an unfinished sign-up; its mail uses the account's own bucket. */
function openByMail(
  { account, returnTo, federated }: Omit<Step, "name">,
  requester: Requester,
  accepted: WithOpening,
): Promise<OpenedChallenge> {
  const target = targetOf(account.email);
  const stopped = account.mailStopped ? { target, reason: "sending_stopped" as const, until: null } : null;
  return retryOn([OPEN_RACE], () =>
    transactionOn(account.id, async (tx) => {
      await tx`
        SELECT 1 FROM challenges WHERE user_id = ${account.id}::uuid AND purpose = ${proveAddress.name}::purpose AND consumed_at IS NULL AND voided_at IS NULL FOR UPDATE`;
      const id = randomUUID();
      const first = stopped
        ? { target: null, held: stopped }
        : firstMail(target.to, await takeMail(tx, { email: target.to, userId: account.id }, proveAddress.name));
      const { locale, typedEmail } = account;
      const opens = { id, userId: account.id, locale, returnTo, account, typedEmail, federated, followsToken: requester.challengeToken };
      const opened = await openChallenge(tx, { ...opens, purpose: proveAddress, ...first });
      await accepted(tx, id);
      return opened;
    }),
  );
}
