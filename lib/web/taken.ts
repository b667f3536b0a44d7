import { currentSession } from "#lib/web/session";

/** Returns the page that asks for another number because an account holds the named one; `until` is when that one becomes available (ISO 8601). */
export async function takenPage(until: string | null | undefined): Promise<string> {
  const page = (await currentSession()) ? "/account/phones/add" : "/sign-up/phone";
  return `${page}?taken${until ? `=${encodeURIComponent(until)}` : ""}`;
}
