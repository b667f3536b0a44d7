import { json, problem, readInput } from "#lib/api/call";
import type { Operation } from "#lib/api/operation";
import { newToken } from "#lib/crypto/hash";
import { env } from "#lib/env";
import { pageOf } from "#lib/http/answer";
import { cookieIn, keep, siteBeginningCookie, siteCookie } from "#lib/http/bearer";
import type { ApiCall, Reply } from "#lib/http/called";
import { routePolicies } from "#lib/http/policy";
import { languageOfRequest, SITE_WORDS } from "#lib/http/words";
import { SITE_BEGINNING_SECONDS } from "#lib/limits/policy";
import { serviceNow } from "#lib/policy/service";
import { requestContext } from "#lib/request";
import { isToken } from "#lib/sessions/read-session";
import { type Asked, askedHost, readAsked } from "#lib/sites/asked";
import { signAssertion } from "#lib/sites/assertion";
import { checkVisitor, type SiteVisitor } from "#lib/sites/check";
import { browserDigest, exchangeTicket } from "#lib/sites/enter";
import { findSite, originOf, siteScheme } from "#lib/sites/registry";
import { carriedPath, levelOf, pathBack, pathFrom, type Site, suffices } from "#lib/sites/site";

/** What a proxy asks for services that cannot be changed, and the two paths at their hosts that lead through the sign-in (decision 049). */

/** Every header about the visitor, in every answer: one that is missing would leave a header of the client's standing. */
const NOBODY = { "Remote-User": "", "Remote-Email": "", "Remote-Groups": "", "Remote-Acr": "", "Sekisho-Assertion": "" };

/** A value as a header can carry it: what is no visible ASCII is escaped as in URLs (RFC 3986). */
const inHeader = (value: string): string => value.replace(/[^\x21-\x7e]|%/gu, encodeURIComponent);

const headersOf = ({ userId, email, groups, acr }: SiteVisitor, assertion: string) => ({
  "Remote-User": userId,
  "Remote-Email": inHeader(email),
  "Remote-Groups": groups.map(inHeader).join(","),
  "Remote-Acr": acr,
  "Sekisho-Assertion": assertion,
});

const refusal = (reply: Reply, more: Record<string, string> = {}): Reply => ({
  ...reply,
  headers: { ...reply.headers, ...NOBODY, ...more },
});

/** Leads a person to where the sign-in begins at the site's own host, and answers 401 to a script or socket; with `page=401` to both. */
function leadIn(site: Site, asked: Asked, code: "unauthenticated" | "step_up_required", query: URLSearchParams): Reply {
  const refused = problem({ code });
  const told = { ...refused, status: 401, body: JSON.stringify({ ...(JSON.parse(refused.body) as object), status: 401 }) };
  if (!asked.page) return refusal(told);
  const reads = asked.method === "GET" || asked.method === "HEAD";
  const Location = `${originOf(site)}/.sekisho/start?to=${carriedPath(reads ? pathBack(asked.target) : "/")}`;
  return query.get("page") === "401" ? refusal(told, { Location }) : refusal({ ...told, status: 303, headers: {}, body: "" }, { Location });
}

async function check({ headers, query }: ApiCall): Promise<Reply> {
  const asked = readAsked(headers, siteScheme());
  if ("unread" in asked)
    return refusal(
      json(
        {
          type: "about:blank",
          title: "Bad request",
          status: 400,
          code: "invalid_input",
          detail: `${asked.unread} is missing, repeated or unreadable`,
        },
        400,
      ),
    );
  // Without its TLS a browser shows a cookie that anybody on the way may have set.
  const token = asked.secure ? cookieIn(cookieHeader(headers), siteCookie()) : undefined;
  const checked = await checkVisitor(asked.host, token ?? "");
  if (!checked) return refusal(problem({ code: "not_allowed" }));
  const { site, visitor, key } = checked;
  if (!visitor) return leadIn(site, asked, "unauthenticated", query);
  if (!suffices(visitor.acr, levelOf(site, asked.target))) return leadIn(site, asked, "step_up_required", query);
  return { status: 200, headers: headersOf(visitor, await signAssertion(visitor, site.host, key)), body: "", cookies: [] };
}

const cookieHeader = (headers: ApiCall["headers"]): string | undefined => {
  const { cookie } = headers;
  return Array.isArray(cookie) ? cookie.join("; ") : cookie;
};

const led = (to: string, cookies: Reply["cookies"]): Reply => ({ status: 303, headers: { Location: to }, body: "", cookies });

/** A page at the host of a site, which has none of our files. */
function sitePage(call: ApiCall, status: number, about: "notFinished" | "unknown", href: string): Reply {
  const language = languageOfRequest(cookieHeader(call.headers), [call.headers["accept-language"]].flat()[0]);
  const {
    [about]: [happened, whatNow],
    again,
  } = SITE_WORDS[language];
  const body = pageOf(
    { happened, whatNow, link: { href, text: again } },
    { language, nonce: requestContext()?.nonce ?? "", site: serviceNow() },
  );
  return { status, headers: { "Content-Type": "text/html; charset=utf-8" }, body, cookies: [] };
}

const carriedBack = (call: ApiCall): string => carriedPath(pathFrom(call.query.get("to")));

/** Begins at the site: marks the browser and leads to the sign-in. Nothing is stored, so strangers have nothing to fill. */
async function start(call: ApiCall): Promise<Reply> {
  const site = await findSite(askedHost(call.headers, siteScheme()));
  if (!site) return sitePage(call, 404, "unknown", "/");
  const known = cookieIn(cookieHeader(call.headers), siteBeginningCookie()) ?? "";
  // Kept by further beginnings, so that two tabs do not end each other's.
  const secret = isToken(known) ? known : newToken();
  const query = new URLSearchParams({ host: site.host, begun: browserDigest(secret), to: carriedBack(call) });
  const until = new Date(Date.now() + SITE_BEGINNING_SECONDS * 1000);
  return led(`${env().publicOrigin}/enter-site?${query}`, [keep(siteBeginningCookie(), secret, until)]);
}

/** Comes back to the site with a ticket, and gets its cookie once. */
async function finish(call: ApiCall): Promise<Reply> {
  const site = await findSite(askedHost(call.headers, siteScheme()));
  if (!site) return sitePage(call, 404, "unknown", "/");
  const secret = cookieIn(cookieHeader(call.headers), siteBeginningCookie()) ?? "";
  const exchanged = await exchangeTicket({ ticket: call.query.get("ticket") ?? "", host: site.host, secret }, call.requester);
  if (!exchanged) return sitePage(call, 403, "notFinished", `/.sekisho/start?to=${carriedBack(call)}`);
  return led(`${originOf(site)}${pathFrom(call.query.get("to"))}`, [keep(siteCookie(), exchanged.token, exchanged.expiresAt)]);
}

const operationAt = (path: string, summary: string, policy: Operation["policy"], run: (call: ApiCall) => Promise<Reply>): Operation => ({
  method: "GET",
  path,
  summary,
  policy,
  answers: {},
  refusals: [],
  handler: readInput(run),
});

export const forwardAuth: readonly Operation[] = [
  operationAt("/api/forward-auth", "Who the request is from that a trusted proxy asks about.", routePolicies.forward, check),
  operationAt("/.sekisho/start", "The beginning of a sign-in at the host of a site.", routePolicies.site, start),
  operationAt("/.sekisho/finish", "The end of a sign-in at the host of a site.", routePolicies.site, finish),
];
