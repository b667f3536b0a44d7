import { phone } from "#lib/authenticators/phones/authenticator";
import { sql } from "#lib/db/sql";
import { noticeText } from "#lib/delivery/wording/notices";
import { serviceOf } from "#lib/delivery/wording/service";
import { type Locale, sentText } from "#lib/delivery/wording/texts";
import { voiceGreeting } from "#lib/delivery/wording/voice";
import { env } from "#lib/env";
import { serviceNow } from "#lib/policy/service";
import { purposes } from "#lib/purposes/house";
import { codeWords, templateOf } from "#lib/purposes/messages";

/** The code in examples, which nothing accepts. */
const EXAMPLE = { code: "123456", reference: "ABCDE-12345", stopCode: "ABCDE-12345" };

/** The public facts about texts: their senders and their wording. */
export type OurTexts = {
  /** The numbers and names that texts come from, and those that calls come from. */
  senders: { sms: string[]; voice: string[] };
  /** The text of a code for each purpose that has one. */
  codes: { purpose: string; text: string }[];
  notice: string | null;
  greeting: string;
};

type Sender = { channel: "SMS" | "VOICE"; sender: string | null };

/** The templates of codes that are texted, at any step of their purpose. */
const texted = Object.values(purposes)
  .filter(({ accepts, steps = 1 }) => Array.from({ length: steps }, (_, index) => index + 1).some((step) => accepts(phone, step)))
  .map(({ name }) => templateOf(name));

/** Reads the present senders of our texts and renders the wording. */
export async function ourTexts(locale: Locale): Promise<OurTexts> {
  const [accounts, own] = await Promise.all([
    sql<Sender>`
      SELECT DISTINCT o.channel, a.sender FROM provider_accounts a JOIN provider_routes o ON o.account_id = a.id
      WHERE a.disabled_at IS NULL AND o.channel IN ('SMS', 'VOICE') AND (a.kind <> 'demo' OR ${env().demo}::boolean) ORDER BY a.sender LIMIT 100`,
    sql<{ template: string; body: string }>`SELECT template, body FROM text_templates WHERE locale = ${locale} LIMIT 100`,
  ]);
  const service = serviceOf(locale);
  const bodyOf = (template: string) => own.find((one) => one.template === template)?.body ?? null;
  const sendersOf = (channel: Sender["channel"], unnamed: string | null) => [
    ...new Set(accounts.filter((one) => one.channel === channel).flatMap(({ sender }) => sender ?? unnamed ?? [])),
  ];
  return {
    senders: { sms: sendersOf("SMS", serviceNow().senderNumber), voice: sendersOf("VOICE", null) },
    codes: texted.map((template) => ({
      purpose: codeWords[template][locale],
      text: sentText(codeWords[template], locale, EXAMPLE.code, service, bodyOf(template)),
    })),
    notice: noticeText("notice.password_changed", locale, service, EXAMPLE),
    greeting: voiceGreeting(locale, service),
  };
}
