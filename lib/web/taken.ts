import { currentSession } from "#lib/web/session";

/** The page on which another number is named after one that another account has; `until` is when that one can be had (ISO 8601). */
export async function takenPage(until: string | null | undefined): Promise<string> {
  const page = (await currentSession()) ? "/account/phones/add" : "/sign-up/phone";
  return `${page}?taken${until ? `=${encodeURIComponent(until)}` : ""}`;
}
