import { Client, expectStatus, freshEmail, freshNumber, otherThan, PASSWORD, type Person, register } from "../support/api.ts";
import { type Fields, hiddenFields, postForm } from "../support/doors.ts";
import { expect, test } from "../support/fixtures.ts";
import type { PageForm } from "../support/forms.ts";
import { NEW_PASSWORD, phonesOf, stepUp } from "../support/own-control.ts";
import type { Rows } from "../support/rows.ts";
import type { Instance } from "../support/server.ts";
import { awaitingCode, awaitingNumber, awaitingPassword, savingCodes } from "../support/stages.ts";
import { adopt } from "../support/visit.ts";

// Every redirect of a POST has status 303, so that the browser fetches the next page with GET and does not repeat the body (WB-13, I20). The test
// submits each form without JavaScript in every state of its browser.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

type Drawn = { client: Client; path: string; hidden: PageForm; fields: Fields; code?: string };

const draw = async (client: Client, path: string, field: string, fields: Fields, code?: string): Promise<Drawn> => ({
  client,
  path,
  hidden: await hiddenFields(client, path, field),
  fields,
  code,
});
async function enter(server: Instance, person: Person): Promise<Client> {
  const { client, code } = await awaitingCode(server.url, person);
  expectStatus(await client.post("/challenge/verify", { code }), 200);
  return client;
}

/** Returns one of two browsers in which a person is signed in. */
async function signedIn(server: Instance, known?: Person): Promise<Client> {
  const person = known ?? (await register(new Client(server.url)));
  await enter(server, person);
  return enter(server, person);
}

/** Returns a browser in which a person is signed in and stepped up for a class of acts. */
async function opened(server: Instance, person: Person, action: string): Promise<Client> {
  const client = await signedIn(server, person);
  await stepUp({ ...person, client }, action);
  return client;
}

/** Each form is drawn for one person of the test, unless it is for a stranger or changes what the next form needs. */
const forms: Record<string, (server: Instance, person: Person) => Promise<Drawn>> = {
  "sign-up": (server) => draw(new Client(server.url), "/sign-up", "email", { email: freshEmail(), password: PASSWORD }),
  "sign-in": (server, { email }) => draw(new Client(server.url), "/sign-in", "identifier", { identifier: email, password: PASSWORD }),
  "sign-in, wrong": (server) => draw(new Client(server.url), "/sign-in", "identifier", { identifier: freshEmail(), password: PASSWORD }),
  code: async (server, person) => {
    const { client, code } = await awaitingCode(server.url, person);
    return draw(client, "/verify", "code", { code }, code);
  },
  "wrong code": async (server, person) => {
    const { client, code } = await awaitingCode(server.url, person);
    return draw(client, "/verify", "code", { code: otherThan(code) }, code);
  },
  "no code": async (server, person) => {
    const { client, code } = await awaitingCode(server.url, person);
    return draw(client, "/verify", "code", { code: "" }, code);
  },
  method: async (server, person) => {
    const { client, code } = await awaitingCode(server.url, person);
    return draw(client, "/verify", "method", { method: "voice" }, code);
  },
  "recovery method": async (server, person) => {
    const { client, code } = await awaitingCode(server.url, person);
    return draw(client, "/verify", "method", { method: "recovery_code" }, code);
  },
  number: async (server) =>
    draw(await awaitingNumber(server.url), "/sign-up/phone", "number", { number: freshNumber(), channel: "sms", acceptRisk: "on" }),
  "bad number": async (server) => draw(await awaitingNumber(server.url), "/sign-up/phone", "number", { number: "1", channel: "sms" }),
  saved: async (server) => draw(await savingCodes(server.url), "/recovery-codes", "saved", { saved: "on" }),
  "not saved": async (server) => draw(await savingCodes(server.url), "/recovery-codes", "saved", {}),
  "sign-out": async (server, person) => draw(await signedIn(server, person), "/account", "sign-out", {}),
  "end-session": async (server, person) => draw(await signedIn(server, person), "/account", "sessionId", {}),
  "end-others": async (server, person) => draw(await signedIn(server, person), "/account/sessions", "end-others", {}),
  "forgotten password": (server) => draw(new Client(server.url), "/forgot-password", "identifier", { identifier: freshEmail() }),
  "new password": async (server) =>
    draw((await awaitingPassword(server.url)).client, "/reset-password", "password", { password: NEW_PASSWORD }),
  stop: (server) => draw(new Client(server.url), "/stop", "stopCode", { reference: "N-7K2M9PQR", stopCode: "7K2M9-PQRST" }),
  "lost phone": async (server, person) => {
    const { client, code } = await awaitingCode(server.url, person);
    return draw(client, "/lost-phone", "reason", { reason: "lost" }, code);
  },
  "status of a lost phone": (server) =>
    draw(new Client(server.url), "/lost-phone/status", "statusCode", { reference: "R-7K2M9PQR", statusCode: "7K2M9-PQRST" }),
  undo: (server) =>
    draw(new Client(server.url), "/undo", "undoCode", { reference: "N-7K2M9PQR", undoCode: "7K2M9-PQRST", password: PASSWORD }),
  "step-up": async (server, person) => draw(await signedIn(server, person), "/account/password", "action", {}),
  password: async (server) =>
    draw(await opened(server, await register(new Client(server.url)), "change_password"), "/account/password", "password", {
      password: NEW_PASSWORD,
    }),
  address: async (server, person) => draw(await opened(server, person, "change_email"), "/account/email", "email", { email: freshEmail() }),
  "second address": async (server, person) =>
    draw(await opened(server, person, "change_email"), "/account/email?second", "email", { email: freshEmail() }),
  "further phone": async (server, person) =>
    draw(await opened(server, person, "manage_factors"), "/account/phones/add", "number", {
      number: freshNumber(),
      channel: "sms",
      acceptRisk: "on",
    }),
  "name of a phone": async (server, person) => {
    const client = await opened(server, person, "manage_factors");
    const [phone] = await phonesOf(client);
    return draw(client, `/account/phones/${phone?.id}`, "name", { name: "わたしの携帯" });
  },
  language: async (server, person) => draw(await signedIn(server, person), "/account", "language", { locale: "en" }),
};

/** Updates the rows of all users, and retries up to five times after a deadlock with the worker. */
async function everybodys(rows: Rows, statement: string, tries = 5): Promise<void> {
  await rows.query(statement).catch(async (error: { code?: string }) => {
    if (error.code !== "40P01" || tries === 0) throw error;
    await everybodys(rows, statement, tries - 1);
  });
}

/** Changes of the browser's state between rendering and submission of a form. */
const states: Record<string, (drawn: Drawn, server: Instance, rows: Rows) => Promise<void>> = {
  nothing: async () => undefined,
  "cookies gone": async ({ client }) => {
    for (const name of [...client.cookies.keys()]) if (!name.endsWith("probe")) client.cookies.delete(name);
  },
  "finished in another tab": async ({ client, code }) => void (code && (await client.post("/challenge/verify", { code }))),
  "another's challenge": async ({ client }, server) => {
    const { client: other } = await awaitingCode(server.url);
    client.cookies.clear();
    for (const [name, value] of other.cookies) client.cookies.set(name, value);
  },
  "another's number awaited": async ({ client }, server) => {
    const other = await awaitingNumber(server.url);
    client.cookies.clear();
    for (const [name, value] of other.cookies) client.cookies.set(name, value);
  },
  "another's session": async ({ client }, server) => {
    const other = await signedIn(server);
    client.cookies.clear();
    for (const [name, value] of other.cookies) client.cookies.set(name, value);
  },
  "another's codes not saved": async ({ client }, server) => {
    const other = await savingCodes(server.url);
    client.cookies.clear();
    for (const [name, value] of other.cookies) client.cookies.set(name, value);
  },
  expired: (_drawn, _server, rows) =>
    everybodys(rows, "UPDATE challenges SET expires_at = app_now() - interval '1 minute' WHERE consumed_at IS NULL"),
  replaced: (_drawn, _server, rows) => everybodys(rows, "UPDATE challenges SET voided_at = app_now() WHERE consumed_at IS NULL"),
  exhausted: (_drawn, _server, rows) => everybodys(rows, "UPDATE challenges SET attempts = 5 WHERE consumed_at IS NULL"),
  "account locked": (_drawn, _server, rows) => everybodys(rows, "UPDATE users SET locked_until = app_now() + interval '10 minutes'"),
  "account disabled": (_drawn, _server, rows) => everybodys(rows, "UPDATE users SET disabled_at = app_now()"),
  "session ended": (_drawn, _server, rows) => everybodys(rows, "DELETE FROM sessions"),
  "codes saved in another tab": (_drawn, _server, rows) =>
    everybodys(
      rows,
      "WITH saved AS (UPDATE authenticators SET verified_at = app_now() WHERE kind = 'recovery_codes' AND verified_at IS NULL RETURNING id) UPDATE recovery_code_sets s SET sealed = NULL FROM saved WHERE s.id = saved.id",
    ),
};

for (const [state, happen] of Object.entries(states))
  test(`Whichever form is sent leads on by 303 alone, and to a page, in this state: ${state}.`, async ({ server, rows }) => {
    test.setTimeout(240_000);
    const person = await register(new Client(server.url));
    for (const [name, make] of Object.entries(forms)) {
      const drawn = await make(server, person);
      await happen(drawn, server, rows);
      const { answer } = await postForm(drawn.client, drawn.path, drawn.hidden, drawn.fields);
      const location = answer.headers.get("location");
      expect(answer.status, `${name}: ${answer.status} ${location}`).toBe(location === null ? 200 : 303);
      let to = location;
      for (let step = 0; to !== null && step < 4; step += 1) {
        const next = await drawn.client.call("GET", new URL(to, server.url).href.slice(server.url.length));
        to = next.headers.get("location");
        expect([200, 307], `${name}: GET after ${location}`).toContain(next.status);
      }
      expect(to, `${name} comes to rest`).toBeNull();
      await everybodys(rows, "UPDATE users SET locked_until = NULL, disabled_at = NULL");
    }
  });

test("next-auth's sign-out leads on by 303 as well.", async ({ server }) => {
  const client = await signedIn(server);
  const { csrfToken = "" } = (await client.get("/api/auth/csrf")).body as { csrfToken?: string };
  for (const token of [csrfToken, "none"]) {
    const body = new URLSearchParams({ csrfToken: token }).toString();
    const answer = await client.call("POST", "/api/auth/signout", body, {
      "content-type": "application/x-www-form-urlencoded",
      origin: server.url,
    });
    expect([answer.status, answer.headers.has("location")]).toEqual([303, true]);
  }
});

test("A browser without JavaScript whose challenge is gone asks for the next page and does not send the code to it.", async ({
  browser,
  server,
}) => {
  const { client, code } = await awaitingCode(server.url);
  const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false });
  await adopt(context, client);
  const page = await context.newPage();
  await page.goto("/verify");
  const asked: string[] = [];
  page.on("request", (request) => request.isNavigationRequest() && asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await context.clearCookies();
  await page.fill("#code", code);
  await page.getByRole("button", { name: "確認する" }).click();
  await page.waitForURL("**/sign-in?**");
  expect(asked).toEqual(["POST /verify", "GET /sign-in"]);
  await expect(page.getByRole("main").getByRole("alert")).toBeFocused();
  await context.close();
});
