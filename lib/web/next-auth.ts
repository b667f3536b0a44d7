import type { NextAuthOptions, Session } from "next-auth";
import type { Adapter } from "next-auth/adapters";
import { activeKey } from "#lib/crypto/keys";
import { env } from "#lib/env";
import { SESSION } from "#lib/limits/policy";
import { endSession } from "#lib/sessions/end-session";
import { readSession } from "#lib/sessions/read-session";
import { cookieName, sessionCookie } from "#lib/web/cookies";

const closed = (what: string) => async (): Promise<never> => {
  throw new Error(`next-auth may not ${what}: sessions are opened by a sign-in on this site alone`);
};

type Unfinished = { unfinished: boolean };

/** next-auth's adapter for the session table: it reads and ends sessions but cannot open one (docs/decisions/002). */
const adapter: Adapter = {
  createUser: closed("create users"),
  getUser: async () => null,
  getUserByEmail: async () => null,
  getUserByAccount: async () => null,
  updateUser: closed("change users"),
  linkAccount: closed("link accounts"),
  createSession: closed("open a session"),
  async getSessionAndUser(sessionToken) {
    const session = await readSession(sessionToken);
    if (!session) return null;
    const user = { id: session.user.id, email: session.user.email, emailVerified: null, unfinished: session.nextStep !== null };
    return { session: { sessionToken, userId: user.id, expires: new Date(session.expiresAt) }, user };
  },
  // Reading a session already updates its last use, and next-auth must not extend it beyond the overall limit (SE-05, SE-08).
  updateSession: async () => null,
  async deleteSession(sessionToken) {
    await endSession(sessionToken, { ip: "", userAgent: "" });
  },
};

const bound = () => ({ httpOnly: true, sameSite: "lax", path: "/", secure: env().publicOrigin.startsWith("https:") }) as const;

/** Options for `getServerSession(authOptions())` in pages of a host application, and for /api/auth. */
export const authOptions = (): NextAuthOptions => ({
  adapter,
  providers: [],
  secret: activeKey("next-auth").export().toString("base64"),
  session: { strategy: "database", maxAge: SESSION.overall, updateAge: SESSION.overall },
  pages: { signIn: "/sign-in", signOut: "/account", error: "/sign-in", newUser: "/sign-up", verifyRequest: "/verify" },
  // Set explicitly: behind a proxy next-auth sees plain http and would omit the prefix and Secure (SE-04).
  cookies: {
    sessionToken: { name: sessionCookie(), options: bound() },
    csrfToken: { name: cookieName("csrf"), options: bound() },
    callbackUrl: { name: cookieName("callback"), options: bound() },
  },
  callbacks: {
    signIn: () => false,
    redirect: () => env().publicOrigin,
    // A session with unsaved recovery codes must not count as one for a host that checks `session.user`: getServerSession answers null for the
    // empty object. A null from the adapter would make next-auth delete the cookie while the user is saving the codes.
    session: ({ session, user }) =>
      (user as Partial<Unfinished>).unfinished ? ({} as Session) : { ...session, user: { id: user.id, email: user.email } },
  },
  logger: { error: () => undefined, warn: () => undefined, debug: () => undefined },
});
