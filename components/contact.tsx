import type { Contact } from "#lib/web/site";
import type { Words } from "#lib/words/ja";

type Props = { contact: Contact; words: Pick<Words["common"], "contact" | "contactAt"> };

/** Shows the operator's contact. A number or address is written out, because not every device opens its link. */
export const ContactLine = ({ contact, words }: Props) =>
  contact.kind === "web" ? (
    <a href={contact.href}>{words.contact}</a>
  ) : (
    <span>
      {words.contactAt}
      <a href={contact.href}>{contact.text}</a>
    </span>
  );
