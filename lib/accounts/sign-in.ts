import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type AccountDetails, readDetails } from "#lib/accounts/details";
import { openFactor, type WithOpening } from "#lib/accounts/open-factor";
import { signInTrusted, type TrustedSignIn } from "#lib/accounts/trusted-sign-in";
import { record } from "#lib/audit/record";
import { recordRefusal } from "#lib/audit/refused";
import { firstMail, takeMail } from "#lib/authenticators/addresses/mail-share";
import { targetOf } from "#lib/authenticators/addresses/target";
import { canonicalIdentifier, type Identifier } from "#lib/authenticators/identifier";
import { beginPasswordStep, type FoundAccount } from "#lib/authenticators/password/step";
import type { OpenedChallenge } from "#lib/challenges/challenge";
import { OPEN_RACE, openChallenge } from "#lib/challenges/open";
import { HasherBusy, hashSecret, needsRehash, verifySecret } from "#lib/crypto/password-hash";
import { inLine, lengthOf, transactionOn } from "#lib/db/in-line";
import { retryOn, type Sql, sql } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { type PasswordAttempt, passwordWasRight } from "#lib/limits/password-failures";
import { addressPolicies } from "#lib/limits/policy";
import { type Naming, naming } from "#lib/limits/subject";
import { currentSettings } from "#lib/policy/read";
import { signInPurpose as secondFactor } from "#lib/purposes/sign-in";
import { signUpPurpose as proveAddress } from "#lib/purposes/sign-up";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { endSessionIn } from "#lib/sessions/end-session";
import { nextStep } from "#lib/sessions/next-step";

export type SignIn = { identifier: string; password: string; returnTo?: string | null };

/** What a right password leads to: the challenge of the second factor or, on a trusted device, a session. */
export type Entered = OpenedChallenge | TrustedSignIn;

/** Checks a password and opens the challenge for the second factor, whatever device it is. */
export async function signIn(input: SignIn, requester: Requester): Promise<Result<OpenedChallenge, Refused>> {
  const entered = await signInOnDevice(input, { ...requester, trustedToken: undefined });
  if (entered.ok && "session" in entered.value) throw new Error("a session without a second factor on a device that is not trusted");
  return entered as Result<OpenedChallenge, Refused>;
}

/**
 * Checks a password and opens the challenge for the second factor; on a trusted device it opens a session, and a password alone opens nothing else.
 * Unknown account and wrong password: the same count, the same hashing work, the same words (EN-01, EN-02).
 */
export async function signInOnDevice(input: SignIn, requester: Requester): Promise<Result<Entered, Refused>> {
  const identifier = canonicalIdentifier(input.identifier);
  // Attempts are serialised per identifier and device, so that concurrent right passwords do not count as failures of each other and one account
  // occupies one place at the hasher.
  const line = `password/${identifier.value}/${requester.deviceToken ?? ""}`;
  if (lengthOf(line) >= LINE) throw new HasherBusy("too many passwords of one account at once");
  return inLine(line, () => judgePassword(identifier, input, requester));
}

/** Maximum number of waiting sign-ins of one account: the last of them is answered within about three seconds. */
const LINE = 100;

async function judgePassword(identifier: Identifier, input: SignIn, requester: Requester): Promise<Result<Entered, Refused>> {
  const begun = await beginPasswordStep(identifier, requester);
  if (!begun.ok) {
    const reason = addressPolicies.passwordFailures.name;
    await recordRefusal({ event: "sign_in.refused", reason, ip: requester.ip, identifier: identifier.value });
    return fail({ code: "too_many_requests", retryAfter: begun.error });
  }
  const { found, locked } = begun.value;
  // The hasher serves known devices first and already rejected attempts last, and shares its capacity fairly between addresses.
  const line = { first: found?.deviceId != null && !locked, last: locked, key: requester.ip };
  // Runs in parallel with the hash, so that reading the details of an existing account causes no measurable time difference.
  const judged = found && !locked ? found.passwordHash : null;
  const began = performance.now();
  const [right, details] = await Promise.all([verifySecret(judged, input.password, line), readDetails(found?.id ?? null)]);
  await waitForFloor(began);
  if (!found || !right || found.disabled || !details) {
    const refused = {
      event: "sign_in.refused",
      reason: "locked",
      ip: requester.ip,
      userId: found?.id,
      identifier: identifier.value,
    } as const;
    await (locked ? recordRefusal(refused) : record(sql, { event: "sign_in.password_wrong", userId: found?.id ?? null, ...requester }));
    // A locked account gets the message of a wrong password, because another message would reveal that an address and a number belong to one
    // account (EN-01).
    return fail({ code: "credentials_wrong" });
  }
  if (needsRehash(found.passwordHash)) await rehash(found, input.password);
  // The epoch is read together with the hash: a password that was ended during hashing must open no challenge (B08).
  const account = { ...details, ...found, typedEmail: identifier.kind === "email" ? identifier.value : null };
  const attempt = { identifier: identifier.value, ip: requester.ip, accountId: found.id, deviceId: found.deviceId };
  return ok(await openFor(account, attempt, input.returnTo ?? null, requester));
}

/**
 * While members who came along have hashes of another system, whose work differs from ours, every answer of a password takes at least the time that the
 * operator's import measured: else the time would tell who came along (EN-02).
 */
async function waitForFloor(began: number): Promise<void> {
  const { signInFloorMs } = await currentSettings();
  if (signInFloorMs > 0) await sleep(Math.max(0, signInFloorMs - (performance.now() - began)));
}

/** Parameters or pepper rose since the hash was made; only the hash that was just proven is replaced (PW-04). */
async function rehash(account: FoundAccount, password: string): Promise<void> {
  const fresh = await hashSecret(password);
  await sql`UPDATE users SET password_hash = ${fresh} WHERE id = ${account.id}::uuid AND password_hash = ${account.passwordHash}`;
}

type Account = FoundAccount & AccountDetails & { typedEmail: string | null };

/** Opens the challenge of the account's next step: the second factor, or the address again for an abandoned sign-up. */
async function openFor(account: Account, attempt: PasswordAttempt, returnTo: string | null, requester: Requester): Promise<Entered> {
  const name = await naming();
  const accepted = (tx: Sql, challengeId: string | null) => passwordAccepted(tx, challengeId, account, attempt, requester, name);
  const unfinished = nextStep({ hasFactor: account.hasFactor, recoveryConfirmed: true }, false) === "prove_address_and_bind_phone";
  if (unfinished) return openByMail(account, returnTo, requester, accepted);
  const { typedEmail } = account;
  const trusted = await signInTrusted(account, (tx) => accepted(tx, null), returnTo, requester);
  if (trusted) return trusted;
  return openFactor(
    { account, purpose: secondFactor, returnTo, typedEmail, followsToken: requester.challengeToken, name },
    requester,
    accepted,
  );
}

/** Opens the challenge of an address for an unfinished sign-up; its mail uses the account's own bucket. */
function openByMail(account: Account, returnTo: string | null, requester: Requester, accepted: WithOpening): Promise<OpenedChallenge> {
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
      const opens = { id, userId: account.id, locale, returnTo, account, typedEmail, followsToken: requester.challengeToken };
      const opened = await openChallenge(tx, { ...opens, purpose: proveAddress, ...first });
      await accepted(tx, id);
      return opened;
    }),
  );
}

/** Parts of a right password's result besides its challenge; the statements are pipelined with those of the caller. */
function passwordAccepted(
  tx: Sql,
  challengeId: string | null,
  account: Account,
  attempt: PasswordAttempt,
  requester: Requester,
  name: Naming,
) {
  const given = passwordWasRight(tx, attempt, name);
  // A new sign-in ends the older session of its browser, so that this session can neither skip the challenge nor outlive it (SE-02).
  const ended = requester.sessionToken ? endSessionIn(tx, requester.sessionToken, requester) : null;
  const recorded = record(tx, { event: "sign_in.password_right", userId: account.id, challengeId, ...requester });
  return Promise.all([given, ended, recorded]);
}
