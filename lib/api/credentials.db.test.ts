import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forwardAuth } from "#lib/api/contract/forward-auth";
import { newToken } from "#lib/crypto/hash";
import { siteCookie } from "#lib/http/bearer";
import { presentedKey } from "#lib/keys/admit";
import { addKey } from "#lib/keys/store";
import { readSession } from "#lib/sessions/read-session";
import { browserDigest, exchangeTicket, issueTicket } from "#lib/sites/enter";
import { addSite, findSite } from "#lib/sites/registry";
import { forgetLimits, makeAccount, must, requester } from "#lib/testing/fixtures";
import { addService, type OpenIdServer, openIdServer, type TestService } from "#lib/testing/openid";
import { type Browser, signInOn } from "#lib/testing/signed-in";

// What is given out at one door opens no other (VA-01, OC-04, OC-05, FW-01): every credential is tried at every door.

let openId: OpenIdServer;
let service: TestService;
let host: string;
let person: Browser;
/** The credentials by their names. */
let held: Record<string, string>;

/** The answer to a proxy for a cookie of its host. */
const toProxy = async (cookie: string) => {
  const check = forwardAuth.find(({ path }) => path === "/api/forward-auth");
  if (!check) throw new Error("not in the table");
  return check.handler({
    ...{ target: "/api/forward-auth", query: new URLSearchParams(), params: {}, body: Buffer.alloc(0), requester, challengeToken: "" },
    headers: {
      ...{ cookie: `${siteCookie()}=${cookie}`, "x-forwarded-host": host, "x-forwarded-proto": "http" },
      ...{ "x-forwarded-method": "GET", "x-forwarded-uri": "/" },
    },
    gone: () => false,
  });
};

beforeAll(async () => {
  await forgetLimits();
  openId = await openIdServer();
  service = await addService({ firstParty: true });
  person = await signInOn(await makeAccount());
  host = must(await addSite(`${randomUUID()}.example`, "aal1", "cli:test"));
  const [site, secret] = [await findSite(host), newToken()];
  const { sessionId } = person.acting;
  const ticket = must(await issueTicket({ siteId: site?.id ?? "", sessionId, browser: browserDigest(secret) }));
  const hostCookie = (await exchangeTicket({ ticket, host, secret }, requester))?.token ?? "";
  const { code, tokens } = await openId.enter(service, person.from.sessionToken);
  held = {
    "API key": must(await addKey({ name: randomUUID(), scopes: ["verify"], countries: null, sendsPerDay: null }, "cli:test")),
    "client secret": service.secret ?? "",
    code,
    "access token": tokens.access_token,
    "refresh token": tokens.refresh_token,
    "ID token": tokens.id_token,
    session: person.from.sessionToken,
    "host cookie": hostCookie,
    assertion: (await toProxy(hostCookie)).headers["Sekisho-Assertion"] ?? "",
    ticket,
  };
});
afterAll(() => openId.close());

type Door = { name: string; opens: string[]; opensTo(credential: string): Promise<boolean> };

/** The doors, with the credentials that open each; a used refresh token is tried last, because it is worth nothing afterwards. */
const doors: Door[] = [
  {
    name: "the API of verifications",
    opens: ["API key"],
    opensTo: async (one) => (await presentedKey(`Bearer ${one}`, "verify")) !== null,
  },
  {
    name: "the authentication of a service",
    opens: ["client secret"],
    opensTo: async (one) => (await openId.refresh({ ...service, secret: one }, newToken())).body.error !== "invalid_client",
  },
  { name: "userinfo", opens: ["access token"], opensTo: async (one) => (await openId.userinfo(one)).status === 200 },
  {
    name: "introspection",
    opens: ["access token", "refresh token"],
    opensTo: async (one) => (await openId.call("/openid/introspect", service, { token: one })).body.active === true,
  },
  { name: "a session", opens: ["session"], opensTo: async (one) => (await readSession(one)) !== null },
  { name: "a guarded host", opens: ["host cookie"], opensTo: async (one) => (await toProxy(one)).status === 200 },
  {
    name: "the ticket of a host",
    opens: [],
    opensTo: async (one) => (await exchangeTicket({ ticket: one, host, secret: "" }, requester)) !== null,
  },
  { name: "a renewal", opens: ["refresh token"], opensTo: async (one) => (await openId.refresh(service, one)).status === 200 },
];

describe("Of all that is given out", () => {
  it("every credential exists", () => expect(Object.entries(held).filter(([, value]) => value.length < 20)).toEqual([]));

  it.each(doors)("nothing but its own opens $name", async ({ opens, opensTo }) => {
    const opened = [];
    for (const [name, value] of Object.entries(held)) if (await opensTo(value)) opened.push(name);
    expect(opened).toEqual(opens);
  });
});
