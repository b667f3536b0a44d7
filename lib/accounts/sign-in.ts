import { setTimeout as sleep } from "node:timers/promises";
import { isUnfinished, openNextStep, type ProvenAccount } from "#lib/accounts/after-first-factor";
import { readDetails } from "#lib/accounts/details";
import { signInTrusted, type TrustedSignIn } from "#lib/accounts/trusted-sign-in";
import { record } from "#lib/audit/record";
import { recordRefusal } from "#lib/audit/refused";
import { canonicalIdentifier, type Identifier } from "#lib/authenticators/identifier";
import { beginPasswordStep, type FoundAccount } from "#lib/authenticators/password/step";
import type { OpenedChallenge } from "#lib/challenges/challenge";
import { HasherBusy, hashSecret, needsRehash, verifySecret } from "#lib/crypto/password-hash";
import { inLine, lengthOf } from "#lib/db/in-line";
import { type Sql, sql } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { type PasswordAttempt, passwordWasRight } from "#lib/limits/password-failures";
import { addressPolicies } from "#lib/limits/policy";
import { type Naming, naming } from "#lib/limits/subject";
import { currentSettings } from "#lib/policy/read";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { endSessionIn } from "#lib/sessions/end-session";

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

type Account = FoundAccount & ProvenAccount;

/** Goes on after a right password: on a trusted device to a session, elsewhere to the account's next step. */
async function openFor(account: Account, attempt: PasswordAttempt, returnTo: string | null, requester: Requester): Promise<Entered> {
  const name = await naming();
  const accepted = (tx: Sql, challengeId: string | null) => passwordAccepted(tx, challengeId, account, attempt, requester, name);
  const trusted = isUnfinished(account) ? null : await signInTrusted(account, (tx) => accepted(tx, null), returnTo, requester);
  return trusted ?? openNextStep({ account, returnTo, name }, requester, accepted);
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
