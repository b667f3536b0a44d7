import { createRemoteJWKSet, jwtVerify } from "jose";
import * as oauth from "oauth4webapi";
import * as oidc from "openid-client-6";
import { Client, expectStatus, PASSWORD, type Person } from "./support/api.ts";
import { hiddenFields, postForm } from "./support/doors.ts";
import { addApp, shownBy, stepUp } from "./support/factor-plays.ts";
import { expect, test } from "./support/fixtures.ts";
import { commandOf, startLogoutReceiver } from "./support/openid-clients.ts";
import { clientCommand, enter, exchange, leadsTo, openService, requestOf, type Service } from "./support/service.ts";
import { become } from "./support/stages.ts";

// Sign-in at another service, judged by openid-client and oauth4webapi: the pages that a person passes through, and what a service gets.
// What thieves and other services get is in lib/openid/*.db.test.ts.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

let own: Service;
let foreign: Service;
test.beforeAll(async ({ server }) => {
  [own, foreign] = [await openService(server, { firstParty: true }), await openService(server, { pairwise: true })];
});
test.afterAll(() => Promise.all([own.close(), foreign.close()]));

const inAnotherBrowser = async (person: Person, url: string): Promise<Client> => {
  const client = new Client(url);
  const before = await client.latest(person.number);
  expectStatus(await client.post("/sign-in", { identifier: person.email, password: PASSWORD }), 200);
  expectStatus(await client.post("/challenge/verify", { code: (await client.message(person.number, before)).code }), 200);
  return client;
};

test("Without scripts a person comes from a service, signs in with a password and a text, agrees, and is back; the next time without a page.", ({
  visit,
  person,
}) =>
  visit({ scripts: false }, async (visitor) => {
    const asked = await requestOf(foreign);
    const before = await visitor.latest(person.number);
    await visitor.page.goto(asked.url.href);
    await visitor.at("/sign-in");
    await visitor.send({ identifier: person.email, password: PASSWORD });
    await visitor.at("/verify");
    await visitor.send({ code: await visitor.code(person.number, before) });
    await expect(visitor.main).toContainText("お買い物");
    await expect(visitor.main).toContainText("メールアドレス");
    await visitor.page.locator('form[name="consent"] button').click();
    await visitor.page.waitForURL(`${foreign.callback}**`);
    const claims = (await exchange(foreign, new URL(visitor.page.url()), asked)).claims();
    expect(claims).toMatchObject({ email: person.email, email_verified: true, amr: ["pwd", "sms"], acr: "urn:sekisho:acr:sms" });
    expect(claims?.sub).toMatch(/^[\w-]{43}$/);
    await visitor.page.goto((await requestOf(foreign)).url.href);
    expect(visitor.page.url()).toContain(foreign.callback);
  }));

test("A person whom a service asks to sign in again and for more details does both, and the service gets the new sign-in.", async ({
  visitor,
  person,
  server,
}) => {
  await become(visitor, await inAnotherBrowser(person, server.url), "/account");
  const asked = await requestOf(foreign, { prompt: "login", scope: "openid email phone" });
  const before = await visitor.latest(person.number);
  await visitor.page.goto(asked.url.href);
  await visitor.at("/sign-in");
  await visitor.send({ identifier: person.email, password: PASSWORD });
  await visitor.send({ code: await visitor.code(person.number, before) });
  const agree = visitor.page.locator('form[name="consent"] button');
  await agree.waitFor();
  await visitor.clean();
  await agree.click();
  await visitor.page.waitForURL(`${foreign.callback}**`);
  const claims = (await exchange(foreign, new URL(visitor.page.url()), asked)).claims();
  expect(claims).toMatchObject({ phone_number: person.number });
  expect(claims?.auth_time).toBeGreaterThan(Date.now() / 1000 - 30);
});

test("A service that asks for an app leads its person to a step-up in the same session and back, or is told by its name that it was refused.", async ({
  attacker: owner,
  visitor,
  clock,
}) => {
  await stepUp(owner);
  const secret = await addApp(owner.client);
  await become(visitor, owner.client, "/account");
  const app = { acr_values: "urn:sekisho:acr:app" };
  await visitor.page.goto((await requestOf(own, app)).url.href);
  await visitor.clean();
  await visitor.main.getByRole("link", { name: "やめて「お買い物」へ戻る" }).click();
  await visitor.page.waitForURL(`${own.callback}**`);
  expect(new URL(visitor.page.url()).searchParams.get("error")).toBe("unmet_authentication_requirements");
  const asked = await requestOf(own, app);
  await visitor.page.goto(asked.url.href);
  await visitor.page.locator('form[name="level"] button').click();
  await visitor.at("/verify");
  await clock(60);
  await visitor.send({ code: shownBy(secret, 2) });
  await visitor.page.waitForURL(`${own.callback}**`);
  const claims = (await exchange(own, new URL(visitor.page.url()), asked)).claims();
  expect(claims).toMatchObject({ acr: "urn:sekisho:acr:app", amr: ["pwd", "sms", "otp"] });
});

test("A service that cannot say whom it signs out has the person asked, who is back at the service afterwards.", async ({
  visitor,
  person,
  server,
}) => {
  await become(visitor, await inAnotherBrowser(person, server.url), "/account");
  const out = oidc.buildEndSessionUrl(own.config, { post_logout_redirect_uri: own.bye, state: "s" });
  await visitor.page.goto(out.href);
  await visitor.at("/continue/sign-out");
  await visitor.submit("query");
  await visitor.page.waitForURL(`${own.bye}?state=s`);
  await visitor.open("/sign-in");
});

test("A service of the operator gets the account of the open session without a page, and its person's claims.", async ({
  server,
  person,
}) => {
  const { tokens } = await enter(own, person.client, { scope: "openid email phone groups" });
  const claims = tokens.claims();
  expect(claims).toMatchObject({ email: person.email, phone_number: person.number, groups: [], iss: server.url, aud: own.id });
  const userinfo = await oidc.fetchUserInfo(own.config, tokens.access_token, claims?.sub ?? "");
  expect(userinfo).toMatchObject({ sub: claims?.sub, email: person.email });
  const renewed = await oidc.refreshTokenGrant(own.config, tokens.refresh_token ?? "");
  expect((await oidc.tokenIntrospection(own.config, renewed.access_token)).active).toBe(true);
});

test("The library oauth4webapi takes the discovery, the answer and the tokens.", async ({ server, person }) => {
  const insecure = { [oauth.allowInsecureRequests]: true };
  const issuer = new URL(server.url);
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
  const asked = await requestOf(own);
  const client = { client_id: own.id };
  const params = oauth.validateAuthResponse(as, client, await leadsTo(person.client, asked.url), asked.state);
  const answer = await oauth.authorizationCodeGrantRequest(
    ...([as, client, oauth.ClientSecretBasic(own.secret), params, own.callback, asked.verifier] as const),
    insecure,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, answer, { expectedNonce: asked.nonce, requireIdToken: true });
  expect(oauth.getValidatedIdTokenClaims(tokens)?.sub).toBeTruthy();
});

test("A request lives on the server and in its browser: another browser with its address neither agrees to it nor ends it.", async ({
  server,
  person,
  rows,
}) => {
  const page = await leadsTo(person.client, (await requestOf(foreign, { scope: "openid groups" })).url);
  expect([page.pathname, page.search]).toEqual([expect.stringMatching(/^\/continue\/[\w-]{43}$/), ""]);
  const other = await inAnotherBrowser(person, server.url);
  expect((await leadsTo(other, new URL(`${page.href}/finish`))).pathname).toBe("/continue/refused");
  const consents = () => rows.count("SELECT count(*) FROM openid_consents WHERE 'groups' = ANY(scopes)");
  const agreed = await postForm(other, page.pathname, await hiddenFields(other, page.pathname, "uid"), {});
  expect([agreed.to, await consents()]).toEqual([expect.stringContaining("/continue/refused"), 0]);
});

test("A service is registered and removed by the command, and no value that opens something stands in the database.", async ({
  server,
  person,
  rows,
}) => {
  for (const path of ["docs/openid.md", "docs/openid.ja.md"])
    expect(await clientCommand(server, commandOf(path))).toContain("client_secret");
  const out = await clientCommand(server, ["add", "お買い物", "--redirect", own.callback, "--first-party"]);
  const after = (name: string) => new RegExp(`${name}\\s+(\\S+)`).exec(out)?.[1] ?? "";
  const [id, secret] = [after("client_id"), after("client_secret")];
  const config = await oidc.discovery(new URL(server.url), id, secret, undefined, { execute: [oidc.allowInsecureRequests] });
  const { tokens } = await enter({ ...own, config }, person.client);
  const dump = await rows.dump();
  for (const one of [tokens.access_token, tokens.refresh_token, tokens.id_token, secret]) expect(dump.includes(one ?? "")).toBe(false);
  const list = (await clientCommand(server, ["list"])).split("\n");
  const pairwise = [foreign, own].map((one) => list.find((line) => line.startsWith(one.id))?.includes("  pairwise  "));
  expect(pairwise).toEqual([true, false]);
  await clientCommand(server, ["remove", id]);
  await expect(oidc.refreshTokenGrant(config, tokens.refresh_token ?? "")).rejects.toMatchObject({ error: "invalid_client" });
});

test("A session that ends at another device is told to its service by a token that the published keys verify, again after a failure.", async ({
  server,
  person,
  rows,
}) => {
  const other = await inAnotherBrowser(person, server.url);
  const { tokens } = await enter(own, other);
  const { body } = await other.get("/api/v1/sessions");
  const current = (body.sessions as { id: string; current: boolean }[]).find((one) => one.current);
  own.told.length = 0;
  own.answers.status = 500;
  expectStatus(await person.client.call("DELETE", `/api/v1/sessions/${current?.id}`), 204);
  await expect(oidc.refreshTokenGrant(own.config, tokens.refresh_token ?? "")).rejects.toMatchObject({ error: "invalid_grant" });
  await expect.poll(() => own.told.length).toBe(1);
  own.answers.status = 200;
  await expect.poll(() => own.told.length, { timeout: 20_000 }).toBe(2);
  const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`));
  const { payload } = await jwtVerify(own.told[1] ?? "", keys, { issuer: server.url, audience: own.id, typ: "logout+jwt" });
  expect(payload).toMatchObject({ sub: tokens.claims()?.sub, sid: tokens.claims()?.sid });
  const example = await startLogoutReceiver(server, own.id);
  try {
    const answers = [own.told[1], own.told[0], `${own.told[1]}x`, tokens.id_token].map((token) => example.take(String(token)));
    expect(await Promise.all(answers)).toEqual([200, 200, 400, 400]);
    await example.line(new RegExp(`^ended ${payload.sid}$`));
  } finally {
    await example.stop();
  }
  const elsewhere = await startLogoutReceiver(server, foreign.id);
  try {
    expect(await elsewhere.take(own.told[1] ?? "")).toBe(400);
  } finally {
    await elsewhere.stop();
  }
  await expect.poll(() => rows.count("SELECT count(*) FROM openid_logins WHERE session_id IS NULL")).toBe(0);
});
