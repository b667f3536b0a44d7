import { randomUUID } from "node:crypto";
import { newLongCode, newReference } from "#lib/crypto/codes";
import { equalInConstantTime, keyedHash, keyedHashes } from "#lib/crypto/hash";
import { endOfNumber } from "#lib/crypto/number-seal";
import { seal } from "#lib/crypto/seal";
import type { Sql } from "#lib/db/sql";
import { type NoticeCodeKind, noticeCodePlace } from "#lib/delivery/wording/notice-codes";
import { carriesStop, codesOfCase, isTexted, type NoticeTemplate } from "#lib/delivery/wording/notices";
import { LOST_PHONE, UNDO_SECONDS } from "#lib/limits/policy";

type Notice = {
  userId: string;
  template: NoticeTemplate;
  locale: string;
  /** The change that its mail can undo. */
  change?: string;
  /** Phones that the event removed; their numbers are notified as well. */
  gone?: { id: string; country: string; sealed: string }[];
  /** The lost-phone case that it is about: its messages carry the reference of the case. */
  case?: { id: string; reference: string } | undefined;
  /** An address to write to besides the present one of the account: the one before a change. */
  also?: string;
};

const scopeOf = (kind: NoticeCodeKind, reference: string): string => `notice/${kind}/${reference}`;

/** The keyed hash that a code of a notice is stored under. */
export const noticeCodeHash = (kind: NoticeCodeKind, reference: string, code: string): Buffer =>
  keyedHash("token", scopeOf(kind, reference), code);

/** Whether a typed code is the one that is stored under this hash. */
export const isNoticeCode = (hash: Buffer, kind: NoticeCodeKind, reference: string, code: string): boolean =>
  keyedHashes("token", scopeOf(kind, reference), code).some((one) => equalInConstantTime(one.toString("hex"), hash.toString("hex")));

/** A phone to text; `kept`: the message keeps the number itself, because its phone is gone. */
type Phone = { id: string; country: string; sealed: string; kept?: boolean };
/** `stopOnly`: the place may stop what the notice tells of, and gets no other code of it. */
type To = { recipient: string | null; phone: Phone | null; stopOnly?: boolean };

/** Queues one message of a notice with its codes, and its sending. */
async function queueOne(
  tx: Sql,
  { userId, template, locale, change, case: about }: Notice,
  { recipient, phone, stopOnly }: To,
): Promise<void> {
  const [id, reference, channel] = [randomUUID(), about?.reference ?? newReference(), phone ? "SMS" : "EMAIL"];
  const stop: NoticeCodeKind[] = carriesStop(template) ? ["stop"] : [];
  const inMail: NoticeCodeKind[] = phone || stopOnly ? [] : [...(change ? (["undo"] as const) : []), ...codesOfCase(template)];
  const kinds: NoticeCodeKind[] = [...stop, ...inMail];
  const codes = kinds.map((kind) => {
    const [codeId, code] = [randomUUID(), newLongCode()];
    return {
      id: codeId,
      kind,
      hash: noticeCodeHash(kind, reference, code),
      sealed: seal(code, noticeCodePlace(codeId, userId)),
    };
  });
  await tx`
    WITH message AS (
      INSERT INTO messages (id, user_id, authenticator_id, template, channel, country, digits, locale, recipient, number_sealed)
      VALUES (${id}::uuid, ${userId}::uuid, ${phone?.id ?? null}::uuid, ${template}, ${channel}::channel, ${phone?.country ?? null},
        ${phone && endOfNumber(phone.id, userId, phone.sealed, 2)}, ${locale}, ${recipient}, ${phone?.kept ? phone.sealed : null})
    ), coded AS (
      INSERT INTO notice_codes (id, user_id, message_id, kind, channel, reference, hash, sealed, change_id, case_id, expires_at)
      SELECT c.id, ${userId}::uuid, ${id}::uuid, c.kind, ${channel}::channel, ${reference}, c.hash, c.sealed, ${change ?? null}::uuid, ${about?.id ?? null}::uuid,
        app_now() + make_interval(secs => CASE WHEN c.kind = 'recovery' THEN ${LOST_PHONE.code}::int ELSE ${UNDO_SECONDS}::int END)
      FROM unnest(${codes.map((one) => one.id)}::uuid[], ${codes.map((one) => one.kind)}::text[], ${codes.map((one) => one.hash)}::bytea[],
        ${codes.map((one) => one.sealed)}::text[]) AS c(id, kind, hash, sealed)
    )
    SELECT graphile_worker.add_job('send_message', json_build_object('messageId', ${id}::text), max_attempts => 10)`;
}

/** Whether the notice carries the code that opens the way to a new factor. */
const opensTheWay = ({ template }: Notice): boolean => codesOfCase(template).includes("recovery");

/**
 * Earlier addresses whose change can still be undone. They also get the undo codes of later changes and the stop codes of a lost-phone case, because
 * the present address may be the attacker's.
 */
async function earlierAddresses(tx: Sql, notice: Notice): Promise<string[]> {
  const { userId, change, also } = notice;
  if (!change && (!notice.case || opensTheWay(notice))) return [];
  const before = await tx<{ email: string }>`
    SELECT DISTINCT c.old_email AS email FROM changes c JOIN users u ON u.id = c.user_id
    WHERE c.user_id = ${userId}::uuid AND c.old_email IS NOT NULL AND c.old_email <> u.email AND c.undone_at IS NULL AND c.undo_until > app_now() LIMIT 5`;
  return before.map(({ email }) => email).filter((email) => email !== also);
}

/**
 * Queues a security notice in the transaction of its event (NT-01): one mail to every address of the account and, for weighty events, a text to
 * every phone, whose limits are taken when it is sent. Each message carries a reference and a stop code; a mail about a change also carries an undo
 * code.
 */
export async function queueNotice(tx: Sql, notice: Notice): Promise<void> {
  const { userId, template, also } = notice;
  // The undo code of a changed address goes to the previous address alone, because the new one may be the attacker's.
  await queueOne(tx, also ? { userId, template, locale: notice.locale, case: notice.case } : notice, { recipient: null, phone: null });
  if (also) await queueOne(tx, notice, { recipient: also, phone: null });
  for (const email of await earlierAddresses(tx, notice))
    await queueOne(tx, notice, { recipient: email, phone: null, stopOnly: !notice.change });
  const seconds = await tx<{ email: string }>`
    SELECT email FROM recovery_addresses WHERE user_id = ${userId}::uuid AND (counts_from <= app_now() OR NOT ${opensTheWay(notice)}::boolean)`;
  for (const { email } of seconds)
    await queueOne(tx, { userId, template, locale: notice.locale, case: notice.case }, { recipient: email, phone: null });
  if (!isTexted(template)) return;
  const phones = await tx<Phone>`
    SELECT id, country, number_sealed AS sealed FROM account_phones WHERE user_id = ${userId}::uuid AND verified_at IS NOT NULL AND NOT voice_only LIMIT 10`;
  for (const phone of [...phones, ...(notice.gone ?? []).map((one) => ({ ...one, kept: true }))])
    await queueOne(tx, notice, { recipient: null, phone });
}
