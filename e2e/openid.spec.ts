import { randomUUID } from "node:crypto";
import { decodeJwt, decodeProtectedHeader } from "jose";
import * as oauth from "oauth4webapi";
import * as oidc from "openid-client-6";
import { Client, expectStatus, PASSWORD, type Person, register } from "./support/api.ts";
import { addApp, stepUp } from "./support/factor-plays.ts";
import { expect, test } from "./support/fixtures.ts";
import { type Asked, clientCommand, enter, exchange, leadsTo, openService, requestOf, type Service } from "./support/service.ts";
import { become } from "./support/stages.ts";

// Sign-in at another service, judged by openid-client and oauth4webapi: what a person passes through, what a service gets, and what it is refused.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

test.describe.configure({ timeout: 40_000 });

let own: Service;
let foreign: Service;
test.beforeAll(async ({ server }) => {
  own = await openService(server, "--first-party");
  foreign = await openService(server, "--pairwise");
});
test.afterAll(async () => {
  await own.close();
  await foreign.close();
});

const signedInAgain = async (person: Person, url: string): Promise<Client> => {
  const client = new Client(url);
  const before = await client.latest(person.number);
  expectStatus(await client.post("/sign-in", { identifier: person.email, password: PASSWORD }), 200);
  expectStatus(await client.post("/challenge/verify", { code: (await client.message(person.number, before)).code }), 200);
  return client;
};

for (const scripts of [true, false])
  test(`A person comes from a service, signs in with a password and a text, agrees, and is back at the service, ${scripts ? "with" : "without"} scripts.`, ({
    visit,
    server,
  }) =>
    visit({ scripts }, async (visitor) => {
      const person = await register(new Client(server.url));
      const asked = await requestOf(foreign);
      const before = await visitor.latest(person.number);
      await visitor.page.goto(asked.url.href);
      await visitor.at("/sign-in");
      await visitor.send({ identifier: person.email, password: PASSWORD });
      await visitor.at("/verify");
      await visitor.send({ code: await visitor.code(person.number, before) });
      const form = visitor.page.locator('form[name="consent"] button');
      await form.waitFor();
      await expect(visitor.main).toContainText("お買い物");
      await expect(visitor.main).toContainText("メールアドレス");
      await visitor.clean();
      await form.click();
      await visitor.page.waitForURL(`${foreign.callback}**`);
      const tokens = await exchange(foreign, new URL(visitor.page.url()), asked);
      const claims = tokens.claims();
      expect(claims).toMatchObject({ email: person.email, email_verified: true, amr: ["pwd", "sms"], acr: "urn:sekisho:acr:sms" });
      expect(claims?.sub).toMatch(/^[\w-]{43}$/);
      // What was agreed to once is not asked again.
      await visitor.page.goto((await requestOf(foreign)).url.href);
      expect(visitor.page.url()).toContain(foreign.callback);
    }));

test("A service of the operator gets the account of the open session without a page, and its person's claims.", async ({ server }) => {
  const person = await register(new Client(server.url));
  const { tokens } = await enter(own, person.client, { scope: "openid email phone groups" });
  const claims = tokens.claims();
  expect(claims).toMatchObject({ email: person.email, phone_number: person.number, groups: [], iss: server.url, aud: own.id });
  expect(claims?.auth_time).toBeGreaterThan(Date.now() / 1000 - 120);
  const userinfo = await oidc.fetchUserInfo(own.config, tokens.access_token, claims?.sub ?? "");
  expect(userinfo).toMatchObject({ sub: claims?.sub, email: person.email });
  expect(decodeProtectedHeader(tokens.id_token ?? "")).toMatchObject({ alg: "RS256" });
});

test("The library oauth4webapi takes the discovery, the answer and the tokens.", async ({ server }) => {
  const { client } = await register(new Client(server.url));
  const insecure = { [oauth.allowInsecureRequests]: true };
  const issuer = new URL(server.url);
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
  const asked = await requestOf(own);
  const as_client = { client_id: own.id };
  const params = oauth.validateAuthResponse(as, as_client, await leadsTo(client, asked.url), asked.state);
  const answer = await oauth.authorizationCodeGrantRequest(
    ...([as, as_client, oauth.ClientSecretBasic(own.secret), params, own.callback, asked.verifier] as const),
    insecure,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(as, as_client, answer, { expectedNonce: asked.nonce, requireIdToken: true });
  expect(oauth.getValidatedIdTokenClaims(tokens)?.sub).toBeTruthy();
});

test("A refresh token works once: its copy ends everything of the sign-in, also of two uses at the same moment.", async ({ server }) => {
  const { client } = await register(new Client(server.url));
  const first = (await enter(own, client)).tokens;
  const second = await oidc.refreshTokenGrant(own.config, first.refresh_token ?? "");
  expect(second.refresh_token).not.toBe(first.refresh_token);
  await expect(oidc.refreshTokenGrant(own.config, first.refresh_token ?? "")).rejects.toMatchObject({ error: "invalid_grant" });
  await expect(oidc.refreshTokenGrant(own.config, second.refresh_token ?? "")).rejects.toMatchObject({ error: "invalid_grant" });
  const again = (await enter(own, client)).tokens;
  const race = await Promise.allSettled([0, 1, 2, 3].map(() => oidc.refreshTokenGrant(own.config, again.refresh_token ?? "")));
  expect(race.filter(({ status }) => status === "fulfilled").length).toBeLessThanOrEqual(1);
});

test("A code works once, for the service and the verifier that it was made for, and what was bought with it ends at a second use.", async ({
  server,
}) => {
  const { client } = await register(new Client(server.url));
  const { asked, came, tokens } = await enter(own, client);
  await expect(exchange(own, came, asked)).rejects.toMatchObject({ error: "invalid_grant" });
  await expect(oidc.fetchUserInfo(own.config, tokens.access_token, oidc.skipSubjectCheck)).rejects.toThrow();
  const wrong = await requestOf(own);
  const back = await leadsTo(client, wrong.url);
  await expect(exchange(own, back, { ...wrong, verifier: oidc.randomPKCECodeVerifier() })).rejects.toMatchObject({
    error: "invalid_grant",
  });
  const mine = await requestOf(own);
  const stolen = await leadsTo(client, mine.url);
  const asForeign: Service = { ...own, config: foreign.config };
  await expect(exchange(asForeign, stolen, mine)).rejects.toMatchObject({ error: "invalid_grant" });
});

test("Requests without PKCE, with its plain method or for another kind of answer are refused, and a wrong secret opens nothing.", async ({
  server,
}) => {
  const { client } = await register(new Client(server.url));
  for (const broken of [
    { code_challenge: "", code_challenge_method: "" },
    { code_challenge_method: "plain" },
    { response_type: "token" },
    { response_type: "code id_token" },
  ]) {
    const { url } = await requestOf(own);
    for (const [name, value] of Object.entries(broken)) value === "" ? url.searchParams.delete(name) : url.searchParams.set(name, value);
    expect((await leadsTo(client, url)).searchParams.get("code")).toBeNull();
  }
  const asked = await requestOf(own);
  const back = await leadsTo(client, asked.url);
  const liar = await oidc.discovery(new URL(server.url), own.id, randomUUID(), undefined, { execute: [oidc.allowInsecureRequests] });
  await expect(exchange({ ...own, config: liar }, back, asked)).rejects.toMatchObject({ error: "invalid_client" });
  const none = await fetch(`${server.url}/openid/token`, {
    method: "POST",
    body: new URLSearchParams({ grant_type: "authorization_code", client_id: own.id, code: "x", redirect_uri: own.callback }),
  });
  expect(none.status).toBe(401);
});

const ELSEWHERE = [
  "https://evil.example/",
  "//evil.example",
  "/\\evil.example",
  "javascript:alert(1)",
  "data:text/html,x",
  "CALLBACK/../evil",
  "CALLBACK?x=1",
  "CALLBACK#x",
  "CALLBACK/",
  "CALLBACK@evil.example",
  "http://127.0.0.1.evil.example/back",
  "http://evil.example@127.0.0.1/back",
  "CALLBACK%0d%0aLocation: https://evil.example",
];

test("No address but a registered one is led to, in any spelling, before and after sign-in and at sign-out (I05).", async ({ server }) => {
  const { client } = await register(new Client(server.url));
  const { tokens } = await enter(own, client);
  for (const where of ELSEWHERE) {
    const to = where.replace("CALLBACK", own.callback);
    const { url } = await requestOf(own, { redirect_uri: to });
    for (const one of [client, new Client(server.url)])
      expect(`${where} ${(await leadsTo(one, url)).host}`).toBe(`${where} ${new URL(server.url).host}`);
    const out = new URL(`${server.url}/openid/logout`);
    out.search = new URLSearchParams({ id_token_hint: tokens.id_token ?? "", post_logout_redirect_uri: to }).toString();
    expect((await leadsTo(new Client(server.url), out)).host).toBe(new URL(server.url).host);
  }
});

test("A request lives on the server and in its browser: another browser with its address gets nothing.", async ({ server }) => {
  const { client } = await register(new Client(server.url));
  const victim = new Client(server.url);
  const page = await leadsTo(victim, (await requestOf(own)).url);
  expect(page.pathname).toMatch(/^\/continue\/[\w-]{43}$/);
  expect(page.search).toBe("");
  expect((await leadsTo(client, new URL(`${page.href}/finish`))).pathname).toBe("/continue/refused");
});

test("No value that opens something stands in the database, and a removed service opens nothing more.", async ({ server, rows }) => {
  const service = await openService(server, "--first-party");
  const { client } = await register(new Client(server.url));
  const { tokens } = await enter(service, client);
  const dump = await rows.dump();
  for (const secret of [tokens.access_token, tokens.refresh_token, tokens.id_token, service.secret])
    expect(dump.includes(secret ?? "")).toBe(false);
  await clientCommand(server, ["remove", service.id]);
  await expect(oidc.refreshTokenGrant(service.config, tokens.refresh_token ?? "")).rejects.toMatchObject({ error: "invalid_client" });
  await service.close();
});

test("A session that ends anywhere ends at its services: their tokens stop at once, and a signed token tells them, again after a failure.", async ({
  server,
  rows,
}) => {
  const person = await register(new Client(server.url));
  const other = await signedInAgain(person, server.url);
  const { tokens } = await enter(own, other);
  own.told.length = 0;
  own.answers.status = 500;
  const { body } = await person.client.get("/api/v1/sessions");
  const sessions = body.sessions as { id: string; current: boolean }[];
  const ended = sessions.find(({ current }) => !current);
  expectStatus(await person.client.call("DELETE", `/api/v1/sessions/${ended?.id}`), 204);
  await expect(oidc.refreshTokenGrant(own.config, tokens.refresh_token ?? "")).rejects.toMatchObject({ error: "invalid_grant" });
  await expect(oidc.fetchUserInfo(own.config, tokens.access_token, oidc.skipSubjectCheck)).rejects.toThrow();
  await expect.poll(() => own.told.length).toBe(1);
  own.answers.status = 200;
  await rows.query("UPDATE graphile_worker._private_jobs SET run_at = now() WHERE attempts > 0");
  await expect.poll(() => own.told.length, { timeout: 20_000 }).toBe(2);
  const token = own.told.at(-1) ?? "";
  expect(decodeProtectedHeader(token)).toMatchObject({ alg: "RS256", typ: "logout+jwt" });
  const claims = decodeJwt(token);
  expect(claims).toMatchObject({ iss: server.url, aud: own.id, sub: tokens.claims()?.sub, sid: tokens.claims()?.sid });
  expect(claims.nonce).toBeUndefined();
  await expect.poll(() => rows.count("SELECT count(*) FROM openid_logins WHERE session_id IS NULL")).toBe(0);
});

test("A service signs its person out here and its person is back at the registered address, with its state.", async ({ server }) => {
  const { client } = await register(new Client(server.url));
  const { tokens } = await enter(own, client);
  const bye = `${new URL(own.callback).origin}/bye`;
  const out = oidc.buildEndSessionUrl(own.config, { post_logout_redirect_uri: bye, id_token_hint: tokens.id_token ?? "", state: "s" });
  expect((await leadsTo(client, out)).href).toBe(`${bye}?state=s`);
  expectStatus(await client.get("/api/v1/session"), 401);
  const stranger = await register(new Client(server.url));
  expect((await leadsTo(stranger.client, out)).pathname).toBe("/account");
  expectStatus(await stranger.client.get("/api/v1/session"), 200);
});

test("A request with prompt=none is answered at once, with prompt=login or max_age a person is asked again, and the new sign-in is the one that the service gets.", async ({
  server,
  visitor,
}) => {
  const person = await register(new Client(server.url));
  expect((await enter(own, person.client, { prompt: "none" })).tokens.id_token).toBeTruthy();
  const silent = await leadsTo(new Client(server.url), (await requestOf(own, { prompt: "none" })).url);
  expect(silent.searchParams.get("error")).toBe("login_required");
  const asked: Asked = await requestOf(own, { prompt: "login" });
  await become(visitor, person.client, "/account");
  const before = await visitor.latest(person.number);
  await visitor.page.goto(asked.url.href);
  await visitor.at("/sign-in");
  await visitor.send({ identifier: person.email, password: PASSWORD });
  await visitor.send({ code: await visitor.code(person.number, before) });
  await visitor.page.waitForURL(`${own.callback}**`);
  const tokens = await exchange(own, new URL(visitor.page.url()), asked);
  expect(tokens.claims()?.auth_time).toBeGreaterThan(Date.now() / 1000 - 30);
});

test("A service that asks for an app leads its person to a step-up in the same session, and is told a refusal by its name where the person goes back.", async ({
  server,
  visitor,
}) => {
  const person = await register(new Client(server.url));
  const app = { acr_values: "urn:sekisho:acr:app" };
  const silent = await leadsTo(person.client, (await requestOf(own, { ...app, prompt: "none" })).url);
  expect(silent.searchParams.get("error")).toBe("unmet_authentication_requirements");
  await stepUp(person);
  await addApp(person.client);
  await become(visitor, person.client, "/account");
  const back = await requestOf(own, app);
  await visitor.page.goto(back.url.href);
  await visitor.clean();
  await visitor.main.getByRole("link", { name: "やめて お買い物 へ戻る" }).click();
  await visitor.page.waitForURL(`${own.callback}**`);
  expect(new URL(visitor.page.url()).searchParams.get("error")).toBe("unmet_authentication_requirements");
  const asked = await requestOf(own, app);
  await visitor.page.goto(asked.url.href);
  await visitor.page.locator('form[name="level"] button').click();
  await visitor.at("/verify");
});
