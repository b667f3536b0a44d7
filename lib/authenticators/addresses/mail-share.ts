import { targetOf } from "#lib/authenticators/addresses/target";
import type { Admission } from "#lib/challenges/port";
import { openCode } from "#lib/crypto/code-seal";
import type { DeliveryStatus, Purpose } from "#lib/db/generated/enums";
import type { Sql } from "#lib/db/sql";
import { policies } from "#lib/limits/policy";
import { type Refusal, takeLimits } from "#lib/limits/take";

/** How a challenge gets its mailed code: by a new mail, by the mail already in the mailbox, or not yet. */
export type MailAdmission = Exclude<Admission, { kind: "refused" }>;

/**
 * The bucket that a mail counts against: the unproven address of a sign-up, which an attacker can type too, or an account after a right password.
 */
export type MailOwner = { email: string; userId: string | null };

/** The mailbox of an address: limits treat `+tag` addresses as one mailbox (RFC 5233) and assume nothing else about the server. */
export const mailboxOf = (email: string): string => {
  const at = email.lastIndexOf("@");
  return `${email.slice(0, at).replace(/(?<=.)\+.*$/s, "")}@${email.slice(at + 1)}`;
};

/** A code that expires within this many seconds is not reused. */
const LEFT_SECONDS = 120;

type Live = { challengeId: string; sealed: string; expiresAt: Date; status: DeliveryStatus; statusAt: Date };

/** Reads the last mailed code that is still valid; both statements use an index. */
async function liveCode(tx: Sql, { email, userId }: MailOwner, purpose: Purpose): Promise<Live | undefined> {
  const [live] = userId
    ? await tx<Live>`
        SELECT m.challenge_id, k.sealed, k.expires_at, m.status, m.status_at
        FROM messages m JOIN challenge_codes k ON k.challenge_id = m.challenge_id AND k.authenticator_id IS NULL
          JOIN challenges c ON c.id = m.challenge_id AND (c.email IS NULL OR c.email = ${email})
        WHERE m.user_id = ${userId}::uuid AND m.channel = 'EMAIL' AND m.template = ${`code.${purpose}`} AND m.until IS NULL
          AND m.status IN ('queued', 'sent', 'delivered') AND k.expires_at > app_now() + make_interval(secs => ${LEFT_SECONDS}::int)
        ORDER BY k.expires_at DESC LIMIT 1`
    : await tx<Live>`
        SELECT m.challenge_id, k.sealed, k.expires_at, m.status, m.status_at
        FROM challenges c JOIN messages m ON m.challenge_id = c.id JOIN challenge_codes k ON k.challenge_id = c.id AND k.authenticator_id IS NULL
        WHERE c.email = ${email} AND c.user_id IS NULL AND c.purpose = ${purpose}::purpose AND m.channel = 'EMAIL' AND m.until IS NULL
          AND m.status IN ('queued', 'sent', 'delivered') AND k.expires_at > app_now() + make_interval(secs => ${LEFT_SECONDS}::int)
        ORDER BY k.expires_at DESC LIMIT 1`;
  return live;
}

const later = async (tx: Sql, seconds: number): Promise<Date> => {
  const [row] = await tx<{ at: Date }>`SELECT app_now() + make_interval(secs => ${seconds}::int) AS at`;
  return row?.at ?? new Date();
};

/**
 * Counts a mail against the mailbox that a sign-up names, or against an account after a right password; one that an account sends to an address that
 * it has not proven counts against that mailbox too, because many accounts may name it.
 */
export async function takeMailLimit(tx: Sql, { email, userId }: MailOwner): Promise<Refusal | null> {
  const mailbox = mailboxOf(email);
  if (!userId) return takeLimits(tx, [{ policy: policies.mailsPerMailbox, subject: mailbox }]);
  const own = await tx`SELECT 1 FROM users WHERE id = ${userId}::uuid AND email = ${email}`;
  const named = own.length > 0 ? [] : [{ policy: policies.changesPerMailbox, subject: mailbox }];
  return takeLimits(tx, [{ policy: policies.mailsPerAccount, subject: userId }, ...named]);
}

/**
 * Takes a mail from the mailbox's bucket; above it a live code of the mailbox serves this challenge too, and only a mailbox without one uses the
 * reserve, up to six mails an hour in total (`mails_reserve`). So an attacker who types the address cannot block its owner's sign-up; an account after a
 * right password has a bucket of its own.
 */
export async function takeMail(tx: Sql, owner: MailOwner, purpose: Purpose): Promise<MailAdmission> {
  const full = await takeMailLimit(tx, owner);
  if (!full) return { kind: "send" };
  const live = await liveCode(tx, owner, purpose);
  if (live) {
    const { expiresAt, status, statusAt } = live;
    const code = openCode({ challengeId: live.challengeId, authenticatorId: null, owner: owner.userId ?? owner.email }, live.sealed);
    return { kind: "same", code, expiresAt, status, statusAt, until: await later(tx, full.retryAfter) };
  }
  const empty = owner.userId ? full : await takeLimits(tx, [{ policy: policies.mailsReserve, subject: mailboxOf(owner.email) }]);
  return empty ? { kind: "held", until: await later(tx, Math.min(full.retryAfter, empty.retryAfter)) } : { kind: "send" };
}

/** The `openChallenge` arguments of a challenge whose code goes to an address this way. */
export const firstMail = (email: string, way: MailAdmission) => {
  const target = targetOf(email);
  return way.kind === "held"
    ? { target: null, held: { target, reason: "throttled" as const, until: way.until } }
    : { target, same: way.kind === "same" ? way : null };
};
