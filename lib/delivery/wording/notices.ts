import { accountNotices } from "#lib/delivery/wording/account-notices";
import { caseNotices } from "#lib/delivery/wording/case-notices";
import { factorNotices } from "#lib/delivery/wording/factor-notices";
import { type MailText, withFooter } from "#lib/delivery/wording/mails";
import type { NoticeCodeKind, NoticeCodes } from "#lib/delivery/wording/notice-codes";
import { factLines, type NoticeFacts } from "#lib/delivery/wording/notice-facts";
import type { Notice } from "#lib/delivery/wording/notice-parts";
import { repudiation, stopLink } from "#lib/delivery/wording/repudiation";
import { signInNotices } from "#lib/delivery/wording/sign-in-notices";
import type { CodeTemplate, Locale, Service } from "#lib/delivery/wording/texts";

/**
 * The mails of security notices (NT-01): what happened, when, and how to report that it was not you. They contain no number, no user
 * input, and no link unless an operator wants one.
 */

const all = { ...signInNotices, ...factorNotices, ...accountNotices, ...caseNotices } satisfies Record<string, Notice>;

export type NoticeTemplate = keyof typeof all;

/** The template of a message: a code, or a notice. */
export type Template = CodeTemplate | NoticeTemplate;

/** All names, for tests of each notice. */
export const noticeTemplates = Object.keys(all) as readonly NoticeTemplate[];

/** Whether a template is that of a notice. */
export const isNotice = (template: string): template is NoticeTemplate => Object.hasOwn(all, template);

/** Whether a notice is texted to the phones of its account as well. */
export const isTexted = (template: NoticeTemplate): boolean => (all[template] as Notice).text !== undefined;

/** Whether a notice carries a stop code. */
export const carriesStop = (template: NoticeTemplate): boolean => (all[template] as Notice).stops === true;

/** The text of a weighty notice: one segment, without a link; null where there is none. From a text the stop code only freezes. */
export function noticeText(
  template: NoticeTemplate,
  locale: Locale,
  service: Service,
  { reference, stopCode }: NoticeCodes,
): string | null {
  const said = (all[template] as Notice).text?.[locale];
  if (!said) return null;
  if (!reference || !stopCode) return locale === "ja" ? `【${service.name}】${said}。` : `${service.name}: ${said}.`;
  return locale === "ja"
    ? `【${service.name}】${said}。心当たりがなければサイト下部で停止: ${reference} ${stopCode}`
    : `${service.name}: ${said}. Not you? ${reference} / ${stopCode}`;
}

/** What the mails of a lost-phone case carry besides: the code of its status, and when it is ready the one that opens the way to a new factor. */
export const codesOfCase = (template: NoticeTemplate): NoticeCodeKind[] => (all[template] as Notice).carries ?? [];

/** Builds the mail of a security notice with the event, its facts and how to report it; `at` is when its message was queued. */
export function noticeMail(
  template: NoticeTemplate,
  locale: Locale,
  service: Service,
  at: Date,
  codes: NoticeCodes = { reference: null },
  facts: NoticeFacts = {},
): MailText {
  const mail = (all[template] as Notice)[locale](service, at);
  const text = [...factLines(facts, locale), mail.text, ...repudiation[locale](codes, service), ...stopLink(codes, locale, service)].join(
    "\n\n",
  );
  return withFooter({ ...mail, text }, locale, service);
}
