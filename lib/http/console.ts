import type { IncomingMessage, ServerResponse } from "node:http";
import { readSession } from "#lib/sessions/read-session";
import { provenStrongly } from "#lib/staff/entry";
import { isStaff, mayDo, type StaffAct } from "#lib/staff/matrix";
import { cookieIn, sessionCookie } from "./bearer.ts";
import { under } from "./policy.ts";

type App = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/** A path that no build has a page for. */
const NOWHERE = "/no-such-page";

/**
 * Next with a console that does not exist for those without a role: a page of it is answered as a path that no build has, which also looks like one
 * without scripts. It guards nothing: every page and act of the console asks the matrix itself.
 */
export const withHiddenConsole =
  (app: App): App =>
  async (req, res) => {
    const path = req.url?.split("?", 1)[0] ?? "";
    if (under(path, "/admin") && (req.method === "GET" || req.method === "HEAD") && !(await isOfStaff(req))) req.url = NOWHERE;
    return app(req, res);
  };

/** During an outage of the database the page itself says so. */
async function isOfStaff({ headers }: IncomingMessage): Promise<boolean> {
  const token = cookieIn(headers.cookie, sessionCookie());
  if (!token) return false;
  const session = await readSession(token, { use: false }).catch(() => undefined);
  return session === undefined || (session !== null && isStaff(session.user.roles));
}

/**
 * Whether a request may send a large body for an act, from its head alone: its session has the role and has entered the console. The act itself asks for
 * the step-up, and leads to it.
 */
export async function mayBeLarge({ headers }: Pick<IncomingMessage, "headers">, act: StaffAct): Promise<boolean> {
  const token = cookieIn(headers.cookie, sessionCookie());
  const session = token ? await readSession(token, { use: false }) : null;
  return session !== null && mayDo(session.user.roles, act) && !session.nextStep && (await provenStrongly(session));
}
