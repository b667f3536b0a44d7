import { openCode, resetCodePlace } from "#lib/crypto/code-seal";
import { openClaimed, openNumber } from "#lib/crypto/number-seal";
import { unseal } from "#lib/crypto/seal";
import type { Channel, DeliveryStatus } from "#lib/db/generated/enums";
import { sql } from "#lib/db/sql";
import type { Candidate } from "#lib/delivery/messages/attempt";
import { handOver, type Tried } from "#lib/delivery/messages/hand-over";
import { noticeFacts } from "#lib/delivery/messages/notice-facts";
import { takeNoticeText } from "#lib/delivery/messages/notice-limits";
import { riskOf } from "#lib/delivery/messages/number-risk";
import { beginDeliveryAttempt, endMessage, recordOutcome, recordTried } from "#lib/delivery/messages/record";
import type { Delivery } from "#lib/delivery/provider";
import { codeMail } from "#lib/delivery/wording/mails";
import { type NoticeCodes, openNoticeCodes, type StoredNoticeCode } from "#lib/delivery/wording/notice-codes";
import { type NoticeTemplate, noticeMail, noticeText, type Template } from "#lib/delivery/wording/notices";
import { segmentsOf } from "#lib/delivery/wording/segments";
import { serviceOf } from "#lib/delivery/wording/service";
import {
  type CodeTemplate,
  type CodeWords,
  type ConfirmedAct,
  confirmationText,
  isCode,
  type Locale,
  sentText,
} from "#lib/delivery/wording/texts";
import { voiceGreeting, voiceText } from "#lib/delivery/wording/voice";
import { env } from "#lib/env";
import { GUESSES_PER_CHALLENGE } from "#lib/limits/policy";
import { sendMail } from "#lib/mail/transport";
import { currentSettings } from "#lib/policy/read";

type Row = {
  id: string;
  channel: Channel;
  template: Template;
  locale: Locale;
  status: DeliveryStatus;
  at: Date;
  challengeId: string | null;
  authenticatorId: string | null;
  toNewNumber: boolean;
  /** The account, and the owner of the code: the account or, for a sign-up, the address. */
  userId: string | null;
  codeOwner: string | null;
  email: string | null;
  /** A sign-up for an address that already has an account: the same job sends another mail (EN-01). */
  known: boolean;
  open: boolean;
  /** True if an operator has stopped its channel; every hand-over checks again. */
  stopped: boolean;
  codeSealed: string | null;
  /** The live reset code of the account that is written to. */
  resetSealed: string | null;
  resetOwner: string | null;
  noticeCodes: StoredNoticeCode[] | null;
  numberSealed: string | null;
  /** True if the message itself keeps the number, because its phone is gone. */
  numberKept: boolean;
  country: string | null;
  /** The account has a role, so a failed look-up withholds the text. */
  privileged: boolean;
  /** When the number was last proven. */
  verifiedAt: Date | null;
  body: string | null;
  /** What its code confirms. */
  act: ConfirmedAct | null;
  /** The number of a verification, which is of no account. */
  claimed: { id: string; sealed: string } | null;
  tries: number;
  tried: Tried[];
  candidates: Candidate[];
};

/**
 * Loads a message with all data for sending it in one statement; its accounts are in routing order: a rule of the country replaces the rule for all
 * countries, equal positions are shared by weight, and open breakers are left out. LIMIT replaces a unique index that the planner cannot use here:
 * a challenge has one code per phone.
 */
const load = async (messageId: string): Promise<Row | undefined> => {
  const [row] = await sql<Row>`
    SELECT m.id, m.channel, m.template, m.locale, m.status, m.created_at AS at, m.tries, m.challenge_id, m.authenticator_id, m.to_new_number, u.id AS user_id, coalesce(c.user_id::text, c.email, c.id::text) AS code_owner, coalesce(m.recipient, c.email, u.email) AS email,
      (c.user_id IS NULL AND EXISTS (SELECT 1 FROM users k WHERE k.email = c.email)) AS known,
      (m.challenge_id IS NULL OR (c.consumed_at IS NULL AND c.voided_at IS NULL AND c.expires_at > app_now()
        AND c.attempts < ${GUESSES_PER_CHALLENGE} AND (k.id IS NULL OR k.expires_at > app_now()))) AS open,
      sending_stopped(m.channel, m.country, NULL, m.created_at) AS stopped,
      k.sealed AS code_sealed, r.sealed AS reset_sealed, r.user_id AS reset_owner, (SELECT json_agg(json_build_object('id', n.id, 'kind', n.kind, 'reference', n.reference, 'sealed', n.sealed)) FROM notice_codes n WHERE n.message_id = m.id) AS notice_codes, coalesce(p.number_sealed, m.number_sealed) AS number_sealed, m.number_sealed IS NOT NULL AS number_kept, coalesce(p.country, m.country) AS country, coalesce(u.roles <> '{}', false) AS privileged,
      (SELECT v.verified_at FROM authenticators v WHERE v.id = m.authenticator_id) AS verified_at,
      coalesce((SELECT json_build_object('amount', x.amount, 'unit', x.unit, 'payee', x.payee) FROM confirmations x WHERE x.challenge_id = m.challenge_id),
        CASE WHEN v.act IS NOT NULL THEN json_build_object('amount', v.amount, 'unit', v.unit, 'payee', v.payee) END) AS act,
      CASE WHEN v.id IS NOT NULL THEN json_build_object('id', v.id, 'sealed', v.number_sealed) END AS claimed,
      (SELECT t.body FROM text_templates t WHERE t.template = m.template AND t.locale = m.locale) AS body,
      coalesce((SELECT json_agg(json_build_object('id', a.id, 'accountId', a.account_id, 'status', a.status, 'ref', a.provider_ref, 'ended', a.ended_at IS NOT NULL,
          'age', extract(epoch FROM app_now() - a.started_at)))
        FROM delivery_attempts a WHERE a.message_id = m.id), '[]') AS tried,
      CASE WHEN m.channel = 'EMAIL' THEN '[]'::json ELSE coalesce((SELECT json_agg(json_build_object('id', r.id, 'name', r.name, 'kind', r.kind, 'version', r.version,
          'price', r.price_per_segment::text, 'failing', r.failing, 'halfOpen', r.half_open) ORDER BY r.position, -ln(1 - random()) / r.weight)
        FROM (SELECT DISTINCT ON (a.id) a.*, o.position, o.weight, h.account_id IS NOT NULL AS failing, h.down_until IS NOT NULL AS half_open
          FROM provider_accounts a JOIN provider_routes o ON o.account_id = a.id AND o.channel = m.channel AND o.country IN (coalesce(p.country, m.country), '*')
          LEFT JOIN provider_health h ON h.account_id = a.id AND h.channel = m.channel
          WHERE a.disabled_at IS NULL AND (a.kind <> 'demo' OR ${env().demo}::boolean) AND (h.down_until IS NULL OR h.down_until <= app_now())
          ORDER BY a.id, o.country = '*') r), '[]') END AS candidates
    FROM (SELECT * FROM messages WHERE id = ${messageId}::uuid LIMIT 1) m LEFT JOIN challenges c ON c.id = m.challenge_id LEFT JOIN users u ON u.id = coalesce(m.user_id, c.user_id)
      LEFT JOIN LATERAL (SELECT * FROM challenge_codes k
        WHERE k.challenge_id = m.challenge_id AND k.authenticator_id IS NOT DISTINCT FROM m.authenticator_id LIMIT 1) k ON true
      LEFT JOIN LATERAL (SELECT * FROM reset_codes WHERE k.id IS NULL AND user_id = coalesce(c.about_id, m.user_id) AND expires_at > app_now() LIMIT 1) r ON true
      LEFT JOIN phones p ON p.id = m.authenticator_id
      LEFT JOIN verifications v ON v.id = c.id AND c.user_id IS NULL`;
  return row;
};

/** Sends a queued message unless its challenge was verified, replaced, has expired or has no attempts left. */
export async function deliver(messageId: string, words: CodeWords): Promise<void> {
  const row = await load(messageId);
  if (row?.status !== "queued") return;
  if (!row.open) return endMessage(row.id, "rejected");
  // A message whose hand-over has begun may be on its way, so its attempt is settled first.
  if (row.stopped && row.tries === 0) return endMessage(row.id, "sending_stopped");
  return row.channel === "EMAIL" ? mail(row, words) : text(row, row.channel, words);
}

const codeOf = (row: Row): string => {
  if (row.resetSealed && row.resetOwner) return unseal(row.resetSealed, resetCodePlace(row.resetOwner));
  if (!row.challengeId || !row.codeSealed || !row.codeOwner) throw new Error("a message for a code without one");
  return openCode({ challengeId: row.challengeId, authenticatorId: row.authenticatorId, owner: row.codeOwner }, row.codeSealed);
};

async function mail(row: Row, words: CodeWords): Promise<void> {
  // A reset of an unknown identifier, or one whose code was used meanwhile, has no address to write to.
  const kept = isCode(row.template) && row.codeSealed === null;
  if (kept && !row.resetSealed) return endMessage(row.id, "rejected");
  // A closed account has no address.
  if (!row.email?.includes("@")) return endMessage(row.id, "invalid_number");
  const template: Template = row.known && isCode(row.template) ? "notice.account_exists" : row.template;
  const code = isCode(template) ? codeOf(row) : null;
  const links = code === null && (await currentSettings()).linksInMail;
  const content = code
    ? codeMail(words[template as CodeTemplate], row.locale, code, serviceOf(row.locale))
    : noticeMail(
        template as NoticeTemplate,
        row.locale,
        { ...serviceOf(row.locale), links },
        row.at,
        noticeCodesOf(row),
        await noticeFacts({ id: row.id, template }),
      );
  const own = code ?? noticeCodesOf(row).recoveryCode ?? null;
  const link = /https?:\/\/\S+/.exec(content.text)?.[0] ?? null;
  const taker = { id: null, name: env().demo ? "demo-mail" : "smtp" };
  const attemptId = await beginDeliveryAttempt({ messageId: row.id, tries: row.tries }, taker);
  if (attemptId === "stopped") return endMessage(row.id, row.tries > 0 ? "unknown" : "sending_stopped");
  if (attemptId === null || attemptId === "gone") return;
  try {
    await recordOutcome(
      attemptId,
      await sendMail({ id: attemptId, to: row.email, ...content, code: own, link, notice: noticeCodesOf(row) }),
    );
  } catch (error) {
    // The job retries with the next attempt.
    await recordTried(attemptId, { status: "failed", reason: "provider_down" });
    throw error;
  }
}

/** The number of a text or call: that of a phone of the account, or the one that another system asks to be proven. */
function numberOf({ numberSealed, authenticatorId, userId, claimed }: Row): string | null {
  if (claimed) return openClaimed(claimed.id, claimed.sealed);
  return numberSealed && authenticatorId && userId ? openNumber(authenticatorId, userId, numberSealed) : null;
}

async function text(row: Row, channel: "SMS" | "VOICE", words: CodeWords): Promise<void> {
  const to = numberOf(row);
  if (!to) return endMessage(row.id, "invalid_number");
  // Default-deny (FR-01), checked again here: the country may have been removed from the list since the number was bound.
  if (
    !env()
      .ALLOWED_COUNTRIES.split(",")
      .includes(row.country ?? "")
  )
    return endMessage(row.id, "country_blocked");
  const notice = isCode(row.template) ? null : noticeText(row.template, row.locale, serviceOf(row.locale), noticeCodesOf(row));
  if (!isCode(row.template) && (notice === null || channel === "VOICE")) return endMessage(row.id, "rejected");
  // A hand-over that has begun has taken its limits.
  const held = notice === null || row.tries > 0 || !row.userId ? null : await takeNoticeText(row.userId, to, row.country);
  if (held) return endMessage(row.id, held);
  // A notice also goes to a number at risk: it opens nothing and may stop the attacker.
  const { toNewNumber: binding, privileged, verifiedAt } = row;
  const risk = notice === null ? await riskOf({ to, channel, binding, privileged, verifiedAt }) : null;
  if (risk === "number_recycled")
    await sql`UPDATE phones SET doubted_at = app_now() WHERE id = ${row.authenticatorId}::uuid AND doubted_at IS NULL`;
  if (risk) return endMessage(row.id, risk);
  const said = notice === null ? codeText(row, channel, to, words) : noticeSaid(row, to, notice);
  await handOver({
    messageId: row.id,
    channel,
    segments: channel === "SMS" ? segmentsOf(said.text) : null,
    candidates: row.candidates,
    tried: row.tried,
    tries: row.tries,
    deliveryOf: (attemptId) => ({ ...said, attemptId }) as Delivery,
  });
  if (row.numberKept) await sql`UPDATE messages SET number_sealed = NULL WHERE id = ${row.id}::uuid AND status <> 'queued'`;
}

/** The text or call of a code. */
function codeText(row: Row, channel: "SMS" | "VOICE", to: string, words: CodeWords) {
  const [code, service] = [codeOf(row), serviceOf(row.locale)];
  const common = { to, code, locale: row.locale, validSeconds: env().OTP_TTL_SECONDS };
  const wording = words[row.template as CodeTemplate];
  if (channel === "VOICE")
    return {
      channel,
      ...common,
      greeting: voiceGreeting(row.locale, service),
      text: voiceText(wording, row.locale, code, service, row.act),
    };
  const text = row.act
    ? confirmationText(wording, row.act, row.locale, code, service)
    : sentText(wording, row.locale, code, service, row.body);
  return { channel, ...common, text };
}

/** The text of a notice: it carries no verification code. */
const noticeSaid = (row: Row, to: string, text: string) => ({
  channel: "SMS" as const,
  to,
  code: null,
  locale: row.locale,
  validSeconds: env().OTP_TTL_SECONDS,
  text,
  notice: noticeCodesOf(row),
});

/** The codes that a notice carries, opened. */
const noticeCodesOf = ({ noticeCodes, userId }: Row): NoticeCodes => openNoticeCodes(noticeCodes ?? [], userId ?? "");
