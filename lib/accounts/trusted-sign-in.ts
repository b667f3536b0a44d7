import { transactionOn } from "#lib/db/in-line";
import { rollback, type Sql } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import type { Requester } from "#lib/requester";
import { type KnownDevice, keepDevice } from "#lib/sessions/known-device";
import { openSession } from "#lib/sessions/open-session";
import type { SessionView } from "#lib/sessions/session";
import { endCopied, spendTrust, type TrustedDevice, trustedDevicesOn } from "#lib/sessions/trusted-device";

/** A session that a trusted device opened with the password alone; tokens are for cookies. */
export type TrustedSignIn = {
  session: SessionView;
  sessionToken: string;
  expiresAt: Date;
  device: KnownDevice;
  trusted: TrustedDevice;
  returnTo: string | null;
};

type Account = { id: string; epoch: number; locale: string };

/** What a right password records, in the transaction that opens the session. */
type Accepted = (tx: Sql) => Promise<unknown>;

/**
 * Opens the session of a right password on a trusted device: the only one without a challenge, at AAL 1 (decision 039). Null where the second factor is
 * to be asked for: no trust, a role, another epoch than the password's, or recovery codes that are not saved. A used token ends its family.
 */
export async function signInTrusted(
  account: Account,
  accepted: Accepted,
  returnTo: string | null,
  requester: Requester,
): Promise<TrustedSignIn | null> {
  if (!trustedDevicesOn() || !requester.trustedToken) return null;
  const entered = await transactionOn(account.id, (tx) => enter(tx, account, accepted, returnTo, requester));
  if (!entered) await endCopied(account.id, requester.trustedToken, requester);
  return entered;
}

async function enter(
  tx: Sql,
  { id: userId, epoch, locale }: Account,
  accepted: Accepted,
  returnTo: string | null,
  requester: Requester,
): Promise<TrustedSignIn | null> {
  const current = await tx`
    SELECT 1 FROM users WHERE id = ${userId}::uuid AND epoch = ${epoch}::int AND disabled_at IS NULL AND roles = '{}' FOR NO KEY UPDATE`;
  const trusted = current.length > 0 ? await spendTrust(tx, userId, requester.trustedToken) : null;
  if (!trusted) return null;
  await accepted(tx);
  const opened = await openSession(tx, { userId, challengeId: null, amr: ["pwd", "trusted_device"], authenticatorId: null, requester });
  if (!opened || opened.view.nextStep) return rollback(null);
  const { tell, ...device } = await keepDevice(tx, userId, requester);
  await tx`DELETE FROM address_releases WHERE user_id = ${userId}::uuid`;
  if (tell) await queueNotice(tx, { userId, template: "notice.new_device", locale });
  return { session: opened.view, sessionToken: opened.token, expiresAt: opened.expiresAt, device, trusted, returnTo };
}
