import { decodeJwt } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Registration } from "#lib/console/client-rules";
import { addClientByCommand, rotateClientByCommand } from "#lib/console/clients";
import { sql } from "#lib/db/sql";
import { giveConsent, readInteraction, stepOf } from "#lib/openid/interaction";
import { readLogin } from "#lib/openid/login";
import { forgetLimits, makeAccount, requester } from "#lib/testing/fixtures";
import { addService, type OpenIdServer, openIdServer, requestOf, type TestService } from "#lib/testing/openid";
import { type Browser, signInOn } from "#lib/testing/signed-in";

// Applications that keep no secret: what runs in a browser (RFC 6749 2.1) and apps on a device (RFC 8252).

let door: OpenIdServer;
let web: TestService;
let spa: TestService;
let browser: Browser;
beforeAll(async () => {
  door = await openIdServer();
  web = await addService({ firstParty: true });
  spa = await addService({ firstParty: true, profile: "browser" });
  browser = await signInOn(await makeAccount());
});
afterAll(() => door.close());
beforeEach(forgetLimits);

const session = () => browser.from.sessionToken;
const SCHEME = "com.example.app:/back";
const LOOPBACK = "http://127.0.0.1/back";

/** An app of the operator with addresses of each kind; it returns to the given one. */
const addApp = async (back = SCHEME, more: Partial<Registration> = {}): Promise<TestService> => {
  const registered = { profile: "native" as const, redirectUris: [SCHEME, LOOPBACK, "https://app.example.jp/back"] };
  return { ...(await addService({ ...registered, postLogoutRedirectUris: [], firstParty: true, ...more })), back };
};

/** Signs in at an app, whose person is asked each time. */
async function enterApp(app: TestService, agrees = true) {
  const { verifier, parameters } = requestOf(app);
  const begun = await door.authorize(parameters, session());
  const path = begun.location?.pathname ?? "";
  const interaction = await readInteraction(path.split("/")[2] ?? "");
  if (!interaction) throw new Error(`no request: ${begun.location}`);
  if (agrees) await giveConsent(interaction, browser.acting.userId, requester);
  const cookies = begun.cookies.map((one) => one.split(";")[0] ?? "");
  const finished = await door.visit(`${path}/finish`, session(), cookies);
  const to = finished.location?.pathname ?? "";
  if (!to.startsWith("/openid/")) return { to: finished.location, interaction, verifier };
  return { to: (await door.visit(to, session(), cookies)).location, interaction, verifier };
}

describe("An app", () => {
  it.each(["com.example.app:/back", "com.example.app://back", "http://127.0.0.1/back", "http://[::1]:8000/", "https://app.example.jp/"])(
    "may be led to %s",
    async (uri) => expect(await addApp(uri, { redirectUris: [uri] })).toMatchObject({ secret: null }),
  );

  it.each([
    ...["http://localhost/back", "http://app.example.jp/back", "https://127.0.0.1/back", "myapp:/back", "javascript:alert(1)"],
    ...["data:text/html,x", "com.example.app:/back#x", "com.example.app:/*", "file:///etc/passwd", "com.example.app:/a b", "intent://x"],
  ])("may not be led to %s", async (uri) => {
    const typed = { name: "x", profile: "native" as const, postLogoutRedirectUris: [], backchannelLogoutUri: null, level: null };
    const added = await addClientByCommand({ ...typed, redirectUris: [uri], firstParty: true, pairwise: false }, "cli:test");
    expect(added).toMatchObject({ error: { fields: { redirectUris: "app_url_invalid" } } });
  });

  it("is led to its scheme, and to loopback at any port, and to nothing near them (OC-12, RFC 8252 7)", async () => {
    const app = await addApp();
    const led = async (back: string) => (await door.authorize(requestOf({ ...app, back }).parameters, session())).location?.pathname ?? "";
    for (const back of [SCHEME, LOOPBACK, "http://127.0.0.1:51004/back", "http://127.0.0.1:1/back", "https://app.example.jp/back"])
      expect(`${back} ${await led(back)}`).toMatch(/\/continue\/[\w-]{43}$/);
    const near = [
      "com.example.app:/back2",
      "com.example.apps:/back",
      "com.example.app://back",
      "http://127.0.0.1:51004/back/",
      "http://127.0.0.2:51004/back",
    ];
    const other = [
      "http://[::1]:51004/back",
      "http://localhost:51004/back",
      "https://app.example.jp:444/back",
      "https://127.0.0.1/back",
      "http://127.0.0.1:51004@evil.example/back",
    ];
    for (const back of [...near, ...other]) expect(`${back} ${await led(back)}`).toBe(`${back} /continue/refused`);
    // Only apps may use any port.
    const service = await addService({ redirectUris: ["http://127.0.0.1:4000/back"], postLogoutRedirectUris: [] });
    const at = requestOf({ ...service, back: "http://127.0.0.1:4001/back" }).parameters;
    expect((await door.authorize(at, session())).location?.pathname).toBe("/continue/refused");
  });

  it.each([SCHEME, "http://127.0.0.1:51004/back"])("at %s gets a code and tokens by its verifier alone", async (back) => {
    const app = await addApp(back);
    const { to, verifier } = await enterApp(app);
    expect(to?.href.startsWith(`${back}?`)).toBe(true);
    const code = to?.searchParams.get("code") ?? "";
    const { status, body } = await door.exchange(app, code, verifier);
    expect([status, decodeJwt(String(body.id_token)).aud]).toEqual([200, app.id]);
  });

  it("has its person asked at each sign-in, because any app can use its name, and nothing goes on without the answer (OC-12, RFC 8252 8.6)", async () => {
    const app = await addApp();
    const login = await readLogin(browser.acting.sessionId);
    for (let time = 0; time < 2; time += 1) {
      const { to, interaction } = await enterApp(app, false);
      expect([await stepOf(interaction, login), to?.pathname]).toEqual(["consent", `/continue/${interaction.uid}`]);
      expect((await enterApp(app)).to?.searchParams.get("code")).toBeTruthy();
    }
    const silent = await door.authorize(requestOf(app, { prompt: "none" }).parameters, session());
    expect(silent.location?.searchParams.get("error")).toBe("interaction_required");
    // One answer is for one request: another that waits beside it is not answered.
    const waiting = await enterApp(app, false);
    await enterApp(app);
    expect(await stepOf((await readInteraction(waiting.interaction.uid)) as never, login)).toBe("consent");
  });
});

describe("An application without a secret", () => {
  it("gets nothing without its verifier, for another's code, or as another service (OC-12, RFC 9700 2.1.1)", async () => {
    const plain = await door.authorize(requestOf(spa, { code_challenge: null, code_challenge_method: null }).parameters, session());
    expect(plain.location?.searchParams.get("code")).toBeNull();
    const codeFor = async (service: TestService) => {
      const { verifier, parameters } = requestOf(service);
      return { verifier, code: (await door.authorize(parameters, session())).location?.searchParams.get("code") ?? "" };
    };
    const attempt = async (service: TestService, as: TestService, verifier?: string | null) => {
      const made = await codeFor(service);
      return (await door.exchange(as, made.code, verifier === undefined ? made.verifier : verifier)).body.error;
    };
    expect(await attempt(spa, spa, null)).toBe("invalid_grant");
    expect(await attempt(spa, spa, "x".repeat(43))).toBe("invalid_grant");
    expect(await attempt(web, { ...spa, back: web.back })).toBe("invalid_grant");
    expect(await attempt(web, { ...web, secret: null })).toBe("invalid_client");
    expect(await attempt(spa, { ...spa, secret: "compared by its digest" })).toBe("invalid_client");
    expect(await attempt(spa, { ...spa, secret: "" })).toMatch(/invalid_/);
  });

  it("renews once by each token, and no other application does by it (OC-05, OC-12)", async () => {
    const other = await addService({ firstParty: true, profile: "browser" });
    const { tokens } = await door.enter(spa, session());
    expect((await door.refresh(other, tokens.refresh_token)).body.error).toBe("invalid_grant");
    const next = await door.refresh(spa, tokens.refresh_token);
    expect(next.status).toBe(200);
    expect((await door.refresh(spa, tokens.refresh_token)).body.error).toBe("invalid_grant");
    expect((await door.refresh(spa, String(next.body.refresh_token))).body.error).toBe("invalid_grant");
  });

  it("learns nothing of a token, has no grant of its own, pushes no request and gets no secret (OC-12)", async () => {
    const { tokens } = await door.enter(spa, session());
    for (const token of [tokens.access_token, tokens.refresh_token])
      expect((await door.call("/openid/introspect", spa, { token })).body).toEqual({ active: false });
    expect((await door.call("/openid/token", spa, { grant_type: "client_credentials" })).body.error).toBe("unsupported_grant_type");
    const rows = async () =>
      (await sql`SELECT 1 FROM openid_items WHERE client_id = ${spa.id} AND model = 'PushedAuthorizationRequest'`).length;
    const pushed = await door.call("/openid/request", spa, Object.fromEntries(requestOf(spa).parameters));
    expect([pushed.status, pushed.body.error, await rows()]).toEqual([400, "invalid_client", 0]);
    expect((await door.call("/openid/request", web, Object.fromEntries(requestOf(web).parameters))).status).toBe(201);
    expect(await rotateClientByCommand(spa.id, 0, "cli:test")).toMatchObject({ error: { code: "not_found" } });
    // A service revokes its own refresh token.
    await door.call("/openid/revoke", spa, { token: tokens.refresh_token });
    expect((await door.refresh(spa, tokens.refresh_token)).body.error).toBe("invalid_grant");
  });
});

describe("A page elsewhere", () => {
  const corsOf = async (path: string, origin: string, init: RequestInit = {}) => {
    const { headers, status } = await fetch(door.url + path, { ...init, headers: { ...init.headers, origin } });
    return [status, headers.get("access-control-allow-origin"), headers.get("access-control-allow-credentials")];
  };
  const preflight = {
    method: "OPTIONS",
    headers: { "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
  };

  it("of an application reads answers of the token and userinfo endpoints by script, without cookies, and no other page does (OC-12)", async () => {
    const own = new URL(spa.back).origin;
    const strangers = [
      "https://evil.example",
      "null",
      new URL(web.back).origin,
      own.replace("https:", "http:"),
      `${own}:444`,
      `${own}.evil.example`,
    ];
    const { tokens } = await door.enter(spa, session());
    const authorization = `Bearer ${tokens.access_token}`;
    const refresh = () => {
      const fields = { grant_type: "refresh_token", refresh_token: "x", client_id: spa.id };
      return { method: "POST", body: new URLSearchParams(fields) };
    };
    expect(await corsOf("/openid/userinfo", own, { headers: { authorization } })).toEqual([200, own, null]);
    expect(await corsOf("/openid/token", own, refresh())).toEqual([400, own, null]);
    for (const path of ["/openid/token", "/openid/userinfo", "/openid/revoke"])
      expect(await corsOf(path, own, preflight)).toEqual([204, own, null]);
    for (const origin of strangers) {
      expect(await corsOf("/openid/userinfo", origin, { headers: { authorization } })).toEqual([400, null, null]);
      expect(await corsOf("/openid/token", origin, refresh())).toEqual([400, null, null]);
      for (const path of ["/openid/token", "/openid/userinfo"]) expect((await corsOf(path, origin, preflight))[1]).toBeNull();
    }
  });

  it("of an application gets nothing of another service's token, and discovers what everybody may", async () => {
    const own = new URL(spa.back).origin;
    const { tokens } = await door.enter(web, session());
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    expect(await corsOf("/openid/userinfo", own, { headers })).toEqual([400, null, null]);
    expect((await corsOf("/.well-known/openid-configuration", "https://anybody.example"))[1]).toBe("https://anybody.example");
  });
});
