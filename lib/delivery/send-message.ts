import { openCode } from "#lib/crypto/code-seal";
import { openNumber } from "#lib/crypto/number-seal";
import type { Channel, DeliveryStatus } from "#lib/db/generated/enums";
import { sql } from "#lib/db/sql";
import { type HandOver, PROVIDER_TIMEOUT, type Provider } from "#lib/delivery/provider";
import { demoProviders } from "#lib/delivery/providers/demo";
import { beginDeliveryAttempt, endMessage, recordOutcome } from "#lib/delivery/record";
import {
  brands,
  type CodeTemplate,
  codeMail,
  isCode,
  type Locale,
  type NoticeTemplate,
  noticeMail,
  type Service,
  serviceName,
  smsText,
  type Template,
  voiceGreeting,
  voiceText,
} from "#lib/delivery/texts";
import { env } from "#lib/env";
import { ATTEMPTS_PER_CHALLENGE } from "#lib/limits/policy";
import { sendMail } from "#lib/mail/transport";

type Row = {
  id: string;
  channel: Channel;
  template: Template;
  locale: Locale;
  status: DeliveryStatus;
  challenge_id: string | null;
  phone_id: string | null;
  email: string | null;
  /** A sign-up for an address that has an account: the same job, another mail (EN-01). */
  known: boolean;
  open: boolean;
  code_sealed: string | null;
  number_sealed: string | null;
  tried: string[];
};

const load = async (messageId: string): Promise<Row | undefined> => {
  const [row] = await sql<Row>`
    SELECT m.id, m.channel, m.template, m.locale, m.status, m.challenge_id, m.phone_id, coalesce(c.email, u.email) AS email,
      (c.user_id IS NULL AND EXISTS (SELECT 1 FROM users k WHERE k.email = c.email)) AS known,
      (m.challenge_id IS NULL OR (c.consumed_at IS NULL AND c.voided_at IS NULL AND c.expires_at > app_now()
        AND c.attempts < ${ATTEMPTS_PER_CHALLENGE} AND (k.id IS NULL OR k.expires_at > app_now()))) AS open,
      k.sealed AS code_sealed, p.number_sealed,
      coalesce((SELECT array_agg(a.provider) FROM delivery_attempts a WHERE a.message_id = m.id), '{}') AS tried
    FROM messages m LEFT JOIN challenges c ON c.id = m.challenge_id LEFT JOIN users u ON u.id = coalesce(m.user_id, c.user_id)
      LEFT JOIN challenge_codes k ON k.challenge_id = m.challenge_id AND k.phone_id IS NOT DISTINCT FROM m.phone_id
      LEFT JOIN phones p ON p.id = m.phone_id
    WHERE m.id = ${messageId}::uuid`;
  return row;
};

const service = (locale: Locale): Service => ({
  name: serviceName(env().SERVICE_NAME, brands[locale]),
  origin: env().origin,
  minutes: Math.floor(env().OTP_TTL_SECONDS / 60),
});

/** Sends one queued message; what is no longer wanted (verified, replaced, expired, spent) is not sent. */
export async function sendMessage(messageId: string): Promise<void> {
  const row = await load(messageId);
  if (row?.status !== "queued") return;
  if (!row.open) return endMessage(row.id, "rejected");
  return row.channel === "EMAIL" ? mail(row) : text(row);
}

const codeOf = (row: Row): string => {
  if (!row.challenge_id || !row.code_sealed) throw new Error("a message for a code without one");
  return openCode(row.challenge_id, row.phone_id, row.code_sealed);
};

async function mail(row: Row): Promise<void> {
  if (!row.email) return endMessage(row.id, "invalid_number");
  const template: Template = row.known && isCode(row.template) ? "notice.account_exists" : row.template;
  const code = isCode(template) ? codeOf(row) : null;
  const content = code
    ? codeMail(template as CodeTemplate, row.locale, code, service(row.locale))
    : noticeMail(template as NoticeTemplate, row.locale, service(row.locale));
  const link = /https?:\/\/\S+/.exec(content.text)?.[0] ?? null;
  const attemptId = await beginDeliveryAttempt(row.id, env().demo ? "demo-mail" : "smtp");
  const status = await sendMail({ id: attemptId, to: row.email, ...content, code, link });
  await recordOutcome(attemptId, { status });
}

type Named = Provider & { name: string };
const providers = (): readonly Named[] => (env().demo ? demoProviders : []);

/**
 * Hands a text or call to the first provider that was not tried yet, and to one more when that fails temporarily or does
 * not answer: the same code, at most two copies whatever happens; never the same provider again unasked (PROVIDER).
 */
async function text(row: Row): Promise<void> {
  const code = codeOf(row);
  const to = row.number_sealed && row.phone_id ? openNumber(row.phone_id, row.number_sealed) : null;
  if (!to || !isCode(row.template)) return endMessage(row.id, "invalid_number");
  const candidates = providers()
    .filter((provider) => !row.tried.includes(provider.name))
    .slice(0, 2 - row.tried.length);
  if (candidates.length === 0) return endMessage(row.id, "provider_down");
  for (const provider of candidates) {
    const attemptId = await beginDeliveryAttempt(row.id, provider.name);
    const outcome = await handOver(provider, row, row.template, { to, code, attemptId });
    const final = !(outcome.status === "unknown" || (outcome.status === "failed" && !outcome.permanent)) || provider === candidates.at(-1);
    await recordOutcome(attemptId, outcome.status === "unknown" ? { status: "failed", reason: "unknown" } : outcome, final);
    if (final) return;
  }
}

async function handOver(
  provider: Provider,
  row: Row,
  template: CodeTemplate,
  what: { to: string; code: string; attemptId: string },
): Promise<HandOver> {
  const common = { ...what, locale: row.locale, validSeconds: env().OTP_TTL_SECONDS };
  const delivery =
    row.channel === "VOICE"
      ? {
          channel: "VOICE" as const,
          ...common,
          greeting: voiceGreeting(row.locale, service(row.locale)),
          text: voiceText(template, row.locale, what.code, service(row.locale)),
        }
      : { channel: "SMS" as const, ...common, text: smsText(template, row.locale, what.code, service(row.locale)) };
  return provider.send(delivery, AbortSignal.timeout(PROVIDER_TIMEOUT));
}
