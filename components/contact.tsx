import type { Contact } from "#lib/web/site";
import type { Words } from "#lib/words/ja";

type Props = { contact: Contact; words: Pick<Words["common"], "contact" | "contactAt"> };

/** Where the operator is reached: a number or an address is shown in full, because not every device opens its link. */
export const ContactLine = ({ contact, words }: Props) =>
  contact.kind === "web" ? (
    <a href={contact.href}>{words.contact}</a>
  ) : (
    <span>
      {words.contactAt}
      <a href={contact.href}>{contact.text}</a>
    </span>
  );
