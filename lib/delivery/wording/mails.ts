import { groupedCode } from "#lib/crypto/codes";
import type { Locale, MailWords, PurposeWords, Service } from "#lib/delivery/wording/texts";
import type { Contact } from "#lib/env/contact";

/** The mails of codes and the end of every mail. A mail contains no link or clickable domain: it describes in words where to go, but for the one link that an operator may add to notices. */

export type MailText = { subject: string; text: string };

const reachedAt: Record<Locale, (contact: Contact, name: string) => string> = {
  ja: (contact, name) =>
    contact.kind === "web" ? `お問い合わせ窓口は、${name}の画面のいちばん下でご案内しています。` : `お問い合わせ窓口: ${contact.text}`,
  en: (contact, name) => (contact.kind === "web" ? `To contact us, see the bottom of any page of ${name}.` : `Contact us: ${contact.text}`),
};

const NO_REPLY: Record<Locale, string> = {
  ja: "このメールは送信専用です。ご返信いただいても、お答えできません。",
  en: "This e-mail was sent from an address that receives none: replies are not read.",
};

/** Ends a mail with the service, how to reach it, and a note that the address does not receive mail. */
export function withFooter(mail: MailText, locale: Locale, { name, contact }: Service): MailText {
  const lines = ["--------", name, ...(contact ? [reachedAt[locale](contact, name)] : []), NO_REPLY[locale]];
  return { ...mail, text: `${mail.text}\n\n${lines.join("\n")}` };
}

/** The mail of a code; its reader may be a stranger if another person typed the address. */
export function codeMail(words: PurposeWords, locale: Locale, code: string, service: Service): MailText {
  const { name, minutes } = service;
  const purpose = words[locale];
  const own = words.mail?.[locale];
  if (own) return withFooter(ownCodeMail(own, locale, code, service), locale, service);
  const mail =
    locale === "ja"
      ? {
          subject: `【${name}】${purpose}の認証コード`,
          text: `${name}の${purpose}で、このメールアドレスが入力されました。\n\n認証コード: ${code}\n\n${name}の画面に戻って、この認証コードを入力してください。有効期限は${minutes}分です。\n認証コードは誰にも教えないでください。私たちからお尋ねすることはありません。\n\nお心当たりがない場合は、このメールを破棄してください。認証コードが入力されなければ、何も登録されません。`,
        }
      : {
          subject: `${name}: your verification code for ${purpose}`,
          text: `This e-mail address was entered at ${name} for ${purpose}.\n\nVerification code: ${code}\n\nGo back to the page of ${name} and enter it. It is valid for ${minutes} minutes.\nTell no one your verification code. We never ask for it.\n\nIf this was not you, delete this e-mail. Nothing is registered without the verification code.`,
        };
  return withFooter(mail, locale, service);
}

/** The mail of a code whose purpose has words of its own. */
function ownCodeMail({ subject, before, after, minutes }: MailWords[Locale], locale: Locale, code: string, service: Service): MailText {
  const lines =
    locale === "ja"
      ? [
          `${service.name}: ${before}`,
          `認証コード: ${groupedCode(code)}`,
          `有効期限は${minutes ?? service.minutes}分です。\n認証コードは誰にも教えないでください。私たちからお尋ねすることはありません。`,
          after,
        ]
      : [
          `${service.name}: ${before}`,
          `Verification code: ${groupedCode(code)}`,
          `It is valid for ${minutes ?? service.minutes} minutes.\nTell no one your verification code. We never ask for it.`,
          after,
        ];
  return { subject: locale === "ja" ? `【${service.name}】${subject}` : `${service.name}: ${subject}`, text: lines.join("\n\n") };
}
