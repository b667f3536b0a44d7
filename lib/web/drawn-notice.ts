import { getMessages } from "next-intl/server";
import { idOfForm } from "#lib/crypto/form-name";
import { readDrawn } from "#lib/purposes/read-drawn";
import { fill } from "#lib/words/fill";
import { maskEmail } from "#lib/words/mask-email";
import { whoseWords } from "#lib/words/whose";

/**
 * Returns the notice for a browser whose form was redirected (`?drawn=` with the form's name), or null without that query. Either the step was
 * already completed, or the form was for another sign-in, whose address is shown masked.
 */
export async function drawnNotice(drawn: string | string[] | undefined): Promise<string | null> {
  if (drawn === undefined) return null;
  const { drawn: words, account } = await getMessages();
  const id = idOfForm(drawn);
  const found = id ? await readDrawn(id) : null;
  if (!found) return words.unknown;
  const whose = "email" in found.whose ? maskEmail(found.whose.email) : whoseWords(found.whose, account);
  return fill(found.done ? words.done : words.other, { account: whose });
}
