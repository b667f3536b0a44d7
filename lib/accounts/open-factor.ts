import { randomUUID } from "node:crypto";
import { type AccountDetails, readDetails } from "#lib/accounts/details";
import { recordRefusal } from "#lib/audit/refused";
import { defaultTarget } from "#lib/authenticators/index";
import { isPhoneStopped } from "#lib/authenticators/phones/first-phone";
import { type Held, takeSendLimits } from "#lib/authenticators/phones/send-limits";
import type { AskedAct, OpenedChallenge } from "#lib/challenges/challenge";
import { OPEN_RACE, openChallenge } from "#lib/challenges/open";
import type { Federated, Purpose, Target } from "#lib/challenges/port";
import type { Holding } from "#lib/challenges/queue-code";
import { transactionOn } from "#lib/db/in-line";
import { retryOn, rollback, type Sql, violatedConstraint } from "#lib/db/sql";
import type { Naming } from "#lib/limits/subject";
import type { Effect } from "#lib/purposes/effect";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";

/** What is written with the challenge, in the order in which rows are locked everywhere: the challenge before limits and sessions. */
export type WithOpening = (tx: Sql, challengeId: string) => Promise<unknown>;

type Opening = {
  account: AccountDetails & { id: string; epoch: number; deviceId: string | null };
  purpose: Purpose<Effect>;
  returnTo: string | null;
  typedEmail?: string | null;
  /** Who proved the first factor in place of the password. */
  federated?: Federated | null | undefined;
  followsToken?: string | undefined;
  asked?: { sessionId: string; action?: string; act?: AskedAct };
  /** Sends nothing: only ways that need no send may answer it. */
  unsent?: boolean;
  name: Naming;
};

/**
 * Opens a challenge for any second factor of an account and sends its first code where a phone is the default. It always opens (RL-10): a limit or
 * an operator's stop holds back the message alone, and ways that need no send are offered first.
 */
export async function openFactor(opening: Opening, requester: Requester, rest?: WithOpening): Promise<OpenedChallenge> {
  try {
    return await openAsRead(opening, requester, rest);
  } catch (error) {
    if (violatedConstraint(error) !== FACTOR_GONE) throw error;
    const { account } = opening;
    const now = await readDetails(account.id);
    if (!now) throw error;
    return openAsRead({ ...opening, account: { ...account, authenticators: now.authenticators } }, requester, rest);
  }
}

/** Violated if the phone was removed after the account was read; the account is read again then. */
const FACTOR_GONE = "challenge_codes_authenticator_id_fkey";

async function openAsRead(opening: Opening, requester: Requester, rest?: WithOpening): Promise<OpenedChallenge> {
  const { account } = opening;
  const target = opening.unsent ? null : defaultTarget(account.id, account);
  const stopped =
    target && isPhoneStopped(account.authenticators, target) ? { target, reason: "sending_stopped" as const, until: null } : null;
  if (stopped) return mustOpen(await openWith(opening, null, stopped, requester, rest));
  const opened = await openWith(opening, target, null, requester, rest);
  if (opened.ok) return opened.value;
  await recordRefusal({ event: "send.refused", reason: opened.error.policy, ip: requester.ip, userId: account.id });
  const held = target && { target, reason: opened.error.reason, until: opened.error.retryAfter };
  return mustOpen(await openWith(opening, null, held, requester, rest));
}

function mustOpen(opened: Result<OpenedChallenge, Held>): OpenedChallenge {
  if (!opened.ok) throw new Error("a challenge without a send was held back");
  return opened.value;
}

type HeldTarget = { target: Target } & Holding;

/** Opens the challenge with or without a text or call; fails with the reason that holds the message back. */
async function openWith(
  { account, name, ...opening }: Opening,
  target: Target | null,
  held: HeldTarget | null,
  requester: Requester,
  rest?: WithOpening,
): Promise<Result<OpenedChallenge, Held>> {
  const sender = { userId: account.id, ip: requester.ip, deviceId: account.deviceId };
  return retryOn([OPEN_RACE], () =>
    transactionOn(account.id, async (tx): Promise<Result<OpenedChallenge, Held>> => {
      // Sent together, and run in this order: challenge, limits of a send, session. Another order could deadlock with a resend of the
      // challenge that is voided here.
      const id = randomUUID();
      const opens = openChallenge(tx, { ...opening, id, userId: account.id, locale: account.locale, account, target, held });
      const limits = target ? takeSendLimits(tx, target, sender, { name }) : null;
      const [opened, holding] = await Promise.all([opens, limits, rest?.(tx, id)]);
      return holding ? rollback(fail(holding)) : ok(opened);
    }),
  );
}
