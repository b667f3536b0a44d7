import { randomUUID } from "node:crypto";
import { freePort } from "../scripts/machine/ports.ts";
import { testEnvironment } from "../scripts/test/environment.ts";
import { Client, expectStatus, PASSWORD, type Person, register } from "./support/api.ts";
import { stepUp } from "./support/factor-plays.ts";
import { expect, test } from "./support/fixtures.ts";
import { formIn, sendForm } from "./support/forms.ts";
import { type Issuer, openIssuer } from "./support/issuer.ts";
import { openRows, type Rows } from "./support/rows.ts";
import { type Instance, startInstance } from "./support/server.ts";
import { clientCommand, leadsTo, openService, requestOf } from "./support/service.ts";
import { become } from "./support/stages.ts";
import { visit } from "./support/visit.ts";

// Sign-in with LINE, played by an issuer that lies where a test wants it to, and with Google, played by a second instance of this product.

test.describe.configure({ timeout: 60_000 });

let line: Issuer;
let google: Instance;
let server: Instance;
let rows: Rows;

test.beforeAll(async () => {
  const { LINE_CLIENT_ID: clientId, LINE_CLIENT_SECRET: secret } = testEnvironment;
  const bench = { SEKISHO_LIMITS: "bench" };
  const port = await freePort();
  [line, google] = await Promise.all([openIssuer("line", { clientId, secret }), startInstance({ env: bench })]);
  const callback = `http://localhost:${port}/api/auth/callback/google`;
  const out = await clientCommand(google, ["add", "Sekisho", "--redirect", callback, "--first-party"]);
  const wordAfter = (name: string): string => new RegExp(`${name}\\s+(\\S+)`).exec(out)?.[1] ?? "";
  server = await startInstance({
    port,
    env: {
      ...bench,
      ...{ LINE_ISSUER: line.url, GOOGLE_ISSUER: google.url },
      ...{ GOOGLE_CLIENT_ID: wordAfter("client_id"), GOOGLE_CLIENT_SECRET: wordAfter("client_secret") },
    },
  });
  rows = await openRows(server.databaseUrl);
});
test.afterAll(async () => {
  await rows.close();
  await Promise.all([server.stop(), google.stop(), line.close()]);
});
test.beforeEach(() => {
  line.person = { sub: randomUUID(), email: "someone@example.jp" };
  line.lie = {};
});

const cookie = (client: Client) => ({ cookie: [...client.cookies].map(([name, value]) => `${name}=${value}`).join("; ") });

/** Posts a form of a page as a browser without scripts, and keeps the cookies of the answer. */
async function post(client: Client, path: string, named: string, fields: Record<string, string>): Promise<string> {
  const { text } = expectStatus(await client.get(path), 200);
  const answer = await sendForm(client.url, path, formIn(text, named), fields, cookie(client));
  for (const set of answer.headers.getSetCookie()) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
    if (value) client.cookies.set(name, value);
    else client.cookies.delete(name);
  }
  expect(answer.status).toBe(303);
  return answer.headers.get("location") ?? "";
}

/** Begins a sign-in at /sign-in; returns the request at the provider. */
async function begin(client: Client, provider: string, returnTo?: string): Promise<string> {
  const path = returnTo ? `/sign-in?returnTo=${encodeURIComponent(returnTo)}` : "/sign-in";
  expect(await post(client, path, "provider", { provider })).toBe("/sign-in/with");
  expect(expectStatus(await client.get("/sign-in/with"), 200).text).toContain(`0;url=/api/auth/signin/${provider}`);
  return expectStatus(await client.get(`/api/auth/signin/${provider}`), 302).headers.get("location") ?? "";
}

/** Begins to link an account in a session that stepped up; returns the request at the provider. */
async function beginLink({ client }: Person, provider: string): Promise<string> {
  expect(await post(client, "/account/logins", "provider", { provider })).toBe("/sign-in/with");
  return expectStatus(await client.get(`/api/auth/signin/${provider}`), 302).headers.get("location") ?? "";
}

/** Opens the address on which a provider sends a browser back; returns where that leads. */
async function comeBack(client: Client, back: URL): Promise<string> {
  return expectStatus(await client.get(`${back.pathname}${back.search}`), 303).headers.get("location") ?? "";
}

/** Links the person of the issuer to a new account. */
async function linked(): Promise<Person> {
  const person = await register(new Client(server.url));
  await stepUp(person);
  expect(await comeBack(person.client, line.agree(await beginLink(person, "line")))).toBe("/account/logins?linked=line");
  return person;
}

/** Signs in with the issuer up to the second factor. */
async function withLine(returnTo?: string): Promise<Client> {
  const client = new Client(server.url);
  expect(await comeBack(client, line.agree(await begin(client, "line", returnTo)))).toBe("/verify");
  return client;
}

async function textTo({ number }: Person, during: () => Promise<Client>): Promise<{ client: Client; code: string }> {
  const before = await new Client(server.url).latest(number);
  const client = await during();
  // The notice of the link may arrive beside it.
  return { client, code: (await client.awaited(number, before, ({ code }) => code !== null)).code ?? "" };
}

const signInReason = (reason: string, provider = "line") => `/sign-in/with?reason=${reason}&provider=${provider}`;

for (const scripts of [true, false])
  test(`A person links LINE after step-up, signs in with it and a text, and unlinks it, ${scripts ? "with" : "without"} scripts.`, async ({
    browser,
  }) => {
    const person = await register(new Client(server.url));
    await stepUp(person);
    await visit(browser, server.url, { scripts }, async (visitor) => {
      const { page } = visitor;
      const agree = async () => {
        await page.waitForURL(`${line.url}/**`);
        await page.getByRole("link", { name: "Agree" }).click();
      };
      await become(visitor, person.client, "/account/logins");
      await page.locator('form[name="link-line"] button').click();
      await agree();
      await visitor.at("/account/logins");
      await expect(visitor.main.getByRole("status")).toContainText("LINE を連携しました");
      await page.context().clearCookies();
      await visitor.open("/sign-in");
      const before = await visitor.latest(person.number);
      await page.getByRole("button", { name: "LINEでログイン" }).click();
      await agree();
      await visitor.at("/verify");
      await visitor.send({ code: await visitor.code(person.number, before) });
      await visitor.at("/account");
      await expect(visitor.main).toContainText("連携済み: LINE");
      await visitor.open("/account/logins");
      const next = await visitor.latest(person.number);
      await page.locator('form:has(input[name="action"]) button').click();
      await visitor.at("/verify");
      await visitor.send({ code: await visitor.code(person.number, next) });
      await visitor.at("/account/logins");
      await page.locator('form[name="unlink-line"] button').click();
      await page.waitForURL("**/account/logins?unlinked=line");
      await visitor.clean();
      await page.context().clearCookies();
      await visitor.open("/sign-in");
      await page.getByRole("button", { name: "LINEでログイン" }).click();
      await agree();
      await visitor.at("/sign-in/with");
      await expect(visitor.main).toContainText("この LINE アカウントではログインできません");
    });
  });

test("A session that LINE began says so, is of AAL 2, and no token or name of the provider is kept.", async () => {
  const person = await linked();
  const { client, code } = await textTo(person, () => withLine("/account/phones"));
  const { body } = expectStatus(await client.post("/challenge/verify", { code }), 200);
  expect(body).toMatchObject({
    next: "done",
    session: { aal: 2, amr: ["fed", "sms"], user: { email: person.email } },
  });
  const [begun] = await rows.query("SELECT return_to FROM challenges WHERE federated_by = 'line' ORDER BY created_at DESC LIMIT 1");
  expect(begun).toEqual({ return_to: "/account/phones" });
  const [request] = line.asked.slice(-1);
  expect(Object.fromEntries(request ?? [])).toMatchObject({ scope: "openid email", code_challenge_method: "S256", response_type: "code" });
  for (const name of ["state", "nonce", "code_challenge"]) expect(request?.get(name)).toMatch(/^[\w-]{43}$/);
  const kept = await rows.query("SELECT l.* FROM linked_logins l JOIN users u ON u.id = l.user_id WHERE u.email = $1", person.email);
  expect(kept.map(({ provider, subject }) => [provider, subject])).toEqual([["line", line.person.sub]]);
  expect(Object.keys(kept[0] ?? {}).sort()).toEqual(["created_at", "id", "last_used_at", "provider", "subject", "user_id"]);
  expect(server.log()).not.toContain(line.person.sub);
});

test("Google, played by our own provider, signs in an account that is linked to it and no other.", async () => {
  const atGoogle = (await register(new Client(google.url))).client;
  const person = await register(new Client(server.url));
  const visitor = new Client(server.url);
  const refused = await leadsTo(atGoogle, new URL(await begin(visitor, "google")));
  expect(await comeBack(visitor, refused)).toBe(signInReason("unknown", "google"));
  await stepUp(person);
  const link = await leadsTo(atGoogle, new URL(await beginLink(person, "google")));
  expect(await comeBack(person.client, link)).toBe("/account/logins?linked=google");
  const back = await leadsTo(atGoogle, new URL(await begin(visitor, "google")));
  const { client, code } = await textTo(person, async () => {
    expect(await comeBack(visitor, back)).toBe("/verify");
    return visitor;
  });
  expect(expectStatus(await client.post("/challenge/verify", { code }), 200).body.session).toMatchObject({ amr: ["fed", "sms"] });
  // The code of the provider works once.
  expect(await comeBack(client.clone(), back)).toBe(signInReason("expired", "google"));
});

test("An answer with a foreign aud, iss, nonce or signature, without one, or out of its time is refused, and so is one of another browser or provider.", async () => {
  await linked();
  const attempt = async (): Promise<string> => {
    const client = new Client(server.url);
    return comeBack(client, line.agree(await begin(client, "line")));
  };
  const past = Math.floor(Date.now() / 1000) - 3600;
  const lies: Issuer["lie"][] = [
    ...[{ aud: "another-channel" }, { nonce: "another" }, { nonce: undefined }, { exp: past }, { aud: undefined }].map((claims) => ({
      claims,
    })),
    ...[{ issuer: "https://access.line.me.example.com" }, { alg: "none" as const }, { alg: "RS256" as const }],
  ];
  for (const lie of lies) {
    line.lie = lie;
    expect([lie, await attempt()]).toEqual([lie, signInReason("failed")]);
  }
  line.lie = {};
  const [own, other] = [new Client(server.url), new Client(server.url)];
  const back = line.agree(await begin(own, "line"));
  // Login CSRF: an answer of another browser is refused in a browser that began no sign-in, and in one that began its own.
  expect(await comeBack(new Client(server.url), back)).toBe(signInReason("expired"));
  await begin(other, "line");
  expect(await comeBack(other, back)).toBe(signInReason("failed"));
  // Mix-up: the answer of one provider at the address of the other.
  const mixed = own.clone();
  expect(expectStatus(await mixed.get(`/api/auth/callback/google${back.search}`), 303).headers.get("location")).toBe(
    signInReason("expired", "google"),
  );
  const swapped = new URL(back);
  swapped.searchParams.set("state", "x".repeat(43));
  expect(await comeBack(own.clone(), swapped)).toBe(signInReason("failed"));
  expect(await comeBack(own.clone(), back)).toBe("/verify");
  // Its code and its cookies a second time.
  expect(await comeBack(own.clone(), back)).toBe(signInReason("failed"));
  const cancelled = new Client(server.url);
  await begin(cancelled, "line");
  expect(await comeBack(cancelled, new URL("/api/auth/callback/line?error=access_denied", server.url))).toBe(signInReason("cancelled"));
});

test("An account is linked by the session that began it alone, with a proven address, and once.", async () => {
  const [person, stranger] = [await register(new Client(server.url)), await register(new Client(server.url))];
  // Without step-up the page has no form, and the act is refused.
  const { text } = expectStatus(await person.client.get("/account/logins"), 200);
  expect(text).not.toContain('name="link-line"');
  await stepUp(person);
  await stepUp(stranger);
  for (const claims of [{ email: undefined }, { email_verified: false }]) {
    line.lie = { claims };
    expect(await comeBack(person.client, line.agree(await beginLink(person, "line")))).toBe(
      "/account/logins?reason=address_unknown&provider=line",
    );
  }
  line.lie = {};
  const back = line.agree(await beginLink(person, "line"));
  // The cookies of the request, sent with the session of another account.
  const mixed = stranger.client.clone();
  for (const [name, value] of person.client.cookies) if (/social/.test(name)) mixed.cookies.set(name, value);
  expect(await comeBack(mixed, back)).toBe("/account/logins?reason=expired&provider=line");
  expect(await comeBack(person.client, line.agree(await beginLink(person, "line")))).toBe("/account/logins?linked=line");
  expect(await comeBack(stranger.client, line.agree(await beginLink(stranger, "line")))).toBe(
    "/account/logins?reason=not_allowed&provider=line",
  );
  expect(await rows.count("SELECT count(*) FROM linked_logins WHERE subject = $1", line.person.sub)).toBe(1);
  // An address alone links nothing: the provider names that of an account, which stays without a link.
  line.person = { sub: randomUUID(), email: stranger.email, email_verified: true };
  const visitor = new Client(server.url);
  expect(await comeBack(visitor, line.agree(await begin(visitor, "line")))).toBe(signInReason("unknown"));
});

test("A sign-in that a service wants to be fresh asks LINE for one and takes no older one; elsewhere nothing of it leaves this site.", async () => {
  await linked();
  const out = await clientCommand(server, ["add", "お買い物", "--redirect", "http://127.0.0.1:9/back", "--first-party"]);
  const id = /client_id\s+(\S+)/.exec(out)?.[1] ?? "";
  const client = new Client(server.url);
  const request = new URLSearchParams({
    ...{ client_id: id, redirect_uri: "http://127.0.0.1:9/back", response_type: "code", scope: "openid", prompt: "login" },
    ...{ code_challenge: "x".repeat(43), code_challenge_method: "S256" },
  });
  const here = expectStatus(await client.get(`/openid/authorize?${request}`), 303).headers.get("location") ?? "";
  const page = expectStatus(await client.get(`/sign-in?returnTo=${encodeURIComponent(here)}`), 200).text;
  expect([page.includes("LINEでログイン") || page.includes("Sign in with LINE"), page.includes('name="with-google"')]).toEqual([
    true,
    false,
  ]);
  line.lie = { claims: { auth_time: Math.floor(Date.now() / 1000) - 60 } };
  const older = line.agree(await begin(client, "line", here));
  expect(line.asked.at(-1)?.get("max_age")).toBe("1");
  expect(await comeBack(client, older)).toBe(signInReason("not_fresh"));
  line.lie = { claims: { auth_time: undefined } };
  expect(await comeBack(client, line.agree(await begin(client, "line", here)))).toBe(signInReason("not_fresh"));
  line.lie = {};
  expect(await comeBack(client, line.agree(await begin(client, "line", here)))).toBe("/verify");
  for (const returnTo of ["https://evil.example", "//evil.example", "/\\evil.example"]) {
    const { text } = await client.get(`/sign-in?returnTo=${encodeURIComponent(returnTo)}`);
    expect([text.includes('name="provider"'), text.includes('name="returnTo"')]).toEqual([true, false]);
  }
});

test("Google, which proves the address by a claim of its own and tells no time, signs a person in in the browser, and never as fresh.", async ({
  browser,
}) => {
  const client = { clientId: "google", secret: "s".repeat(32) };
  const issuer = await openIssuer("google", client);
  issuer.person = { sub: randomUUID(), email: "someone@gmail.com", email_verified: true };
  const own = await startInstance({
    env: { SEKISHO_LIMITS: "bench", GOOGLE_ISSUER: issuer.url, GOOGLE_CLIENT_ID: client.clientId, GOOGLE_CLIENT_SECRET: client.secret },
  });
  try {
    const person = await register(new Client(own.url));
    await stepUp(person);
    await visit(browser, own.url, {}, async (visitor) => {
      const { page } = visitor;
      const agree = async () => {
        await page.waitForURL(`${issuer.url}/**`);
        await page.getByRole("link", { name: "Agree" }).click();
      };
      await become(visitor, person.client, "/account/logins");
      await page.locator('form[name="link-google"] button').click();
      await agree();
      await expect(visitor.main.getByRole("status")).toContainText("Google を連携しました");
      await page.context().clearCookies();
      await visitor.open("/sign-in");
      const before = await visitor.latest(person.number);
      await page.getByRole("button", { name: "Googleでログイン" }).click();
      await agree();
      await visitor.at("/verify");
      await visitor.send({ code: await visitor.code(person.number, before) });
      await visitor.at("/account");
      await expect(visitor.main).toContainText("連携済み: Google");
      expect(Object.fromEntries(issuer.asked.at(-1) ?? [])).toMatchObject({ scope: "openid email", code_challenge_method: "S256" });
      const service = await openService(own, { firstParty: true });
      const silent = async (more: Record<string, string>) => {
        await page.goto((await requestOf(service, { prompt: "none", ...more })).url.href);
        return new URL(page.url()).searchParams.get("error");
      };
      expect([await silent({ max_age: "86400" }), await silent({})]).toEqual(["login_required", null]);
      await service.close();
    });
  } finally {
    await own.stop();
    await issuer.close();
  }
});

test("Where the operator has not set it up there is no button, no page and no route.", async () => {
  const off = await startInstance({
    env: { SEKISHO_LIMITS: "bench", LINE_CLIENT_ID: "", LINE_CLIENT_SECRET: "", GOOGLE_CLIENT_ID: "", GOOGLE_CLIENT_SECRET: "" },
  });
  const { client } = await register(new Client(off.url));
  expect((await client.get("/sign-in")).text).not.toContain('name="provider"');
  for (const path of ["/api/auth/signin/line", "/api/auth/callback/google?code=x&state=x", "/account/logins"])
    expectStatus(await client.get(path), 404);
  expectStatus(await new Client(off.url).call("POST", "/api/auth/signin/line"), 405);
  expect((await client.get("/account")).text).not.toContain("/account/logins");
  await off.stop();
});

test("A sign-in with LINE leads to no lost-phone request, and trusts no device in place of the second factor.", async () => {
  const person = await linked();
  const { client } = await textTo(person, () => withLine());
  expectStatus(await client.post("/lost-phone", { reason: "lost" }), 422);
  expect((await client.get("/verify")).text).not.toContain('href="/lost-phone"');
  expectStatus(await client.post("/sign-in", { identifier: person.email, password: PASSWORD }), 200);
  expect((await client.get("/verify")).text).toContain('href="/lost-phone"');
});
