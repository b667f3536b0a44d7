import { cookies } from "next/headers";
import { env } from "#lib/env";

/** `__Host-` binds a cookie to this host over TLS (RFC 6265bis 4.1.3.2); plain http on localhost cannot have it. */
export const cookieName = (plain: string): string => (env().origin.startsWith("https:") ? `__Host-sekisho.${plain}` : `sekisho.${plain}`);

/** The name of the session cookie, for next-auth too. */
export const sessionCookie = () => cookieName("session");
/** The name of the cookie of an open challenge: the only credential between the steps. */
export const challengeCookie = () => cookieName("challenge");

const attributes = (expires: Date) => ({
  httpOnly: true,
  secure: env().origin.startsWith("https:"),
  sameSite: "lax" as const,
  path: "/",
  expires,
});

/** The value of a cookie of this request, or undefined. */
export const readCookie = async (cookie: string): Promise<string | undefined> => (await cookies()).get(cookie)?.value;

/** Sets a bearer cookie until a moment of the product's clock; the server judges by its own rows all the same. */
export async function setCookie(cookie: string, value: string, expires: Date): Promise<void> {
  // The demo clock may stand far from the browser's: a cookie that the browser would drop at once is given a day instead.
  const floor = env().demo ? new Date(Date.now() + 86_400_000) : expires;
  (await cookies()).set(cookie, value, attributes(expires < floor ? floor : expires));
}

/** Removes a bearer cookie from the browser. */
export async function clearCookie(cookie: string): Promise<void> {
  (await cookies()).set(cookie, "", { ...attributes(new Date(0)), maxAge: 0 });
}
