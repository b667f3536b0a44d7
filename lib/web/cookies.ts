import { cookies } from "next/headers";
import { attributes, type CookieChange, drop } from "#lib/http/bearer";

export { caseCookie, challengeCookie, cookieName, deviceCookie, sessionCookie, trustedCookie } from "#lib/http/bearer";

/** Returns the value of a cookie of this request, or undefined. */
export const readCookie = async (cookie: string): Promise<string | undefined> => (await cookies()).get(cookie)?.value;

/** Returns true if this browser sent any cookie; one that got the probe and sends none blocks cookies. */
export const keepsCookies = async (): Promise<boolean> => (await cookies()).getAll().length > 0;

/** Sets cookies on the answer of a page's action. */
export async function setCookies(changes: readonly CookieChange[]): Promise<void> {
  const jar = await cookies();
  for (const { name, value, expires } of changes)
    jar.set(name, value, value ? { ...attributes(), expires } : { ...attributes(), expires, maxAge: 0 });
}

/** Removes a bearer cookie from the browser. */
export const clearCookie = (cookie: string): Promise<void> => setCookies([drop(cookie)]);
