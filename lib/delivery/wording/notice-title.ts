import { isNotice, noticeMail } from "#lib/delivery/wording/notices";
import { serviceOf } from "#lib/delivery/wording/service";
import type { Locale } from "#lib/delivery/wording/texts";

/** What a notice told, as its subject says it without the name of the service; null for what is no notice. */
export function noticeTitle(template: string, at: Date, locale: Locale): string | null {
  if (!isNotice(template)) return null;
  const said = noticeMail(template, locale, serviceOf(locale), at).subject.replace(/^【[^】]*】|^[^:]*: /, "");
  return said.charAt(0).toUpperCase() + said.slice(1);
}
