import type { BrowserContext, Page } from "@playwright/test";
import {
  type Answer,
  Client,
  expectStatus,
  freshEmail,
  freshNumber,
  otherThan,
  type Person,
  passPassword,
  register,
} from "../support/api.ts";
import { hiddenFields, multipart, postForm, postScript, tieOf } from "../support/doors.ts";
import { expect, test } from "../support/fixtures.ts";
import { NEW_PASSWORD } from "../support/own-control.ts";
import { Visitor } from "../support/person.ts";
import type { Rows } from "../support/rows.ts";
import type { Instance } from "../support/server.ts";
import { awaitingNumber, awaitingPassword, savingCodes, steppedUp } from "../support/stages.ts";
import { adopt } from "../support/visit.ts";

// A form belongs to one challenge or session: if its browser has another one now, the form changes and counts nothing, and its page explains why,
// with and without JavaScript (WB-12, I19).
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

/** A user at one page: the client that the API brought there, and the input for that page's form. */
type Stand = { client: Client; email: string; typed: Record<string, string | true>; person?: Person };

const emailOf = async (client: Client): Promise<string> => {
  const { text } = await client.clone().get("/sign-up/phone");
  return /<main[\s\S]*?<bdi>([^<]+)</.exec(text)?.[1] ?? "";
};
async function atVerify(server: Instance): Promise<Stand> {
  const person = await register(new Client(server.url));
  const { client, code } = await passPassword(person, new Client(server.url));
  return { client, email: person.email, person, typed: { code } };
}
async function atPhone(server: Instance): Promise<Stand> {
  const client = await awaitingNumber(server.url);
  return { client, email: await emailOf(client), typed: { number: freshNumber(), acceptRisk: true } };
}
async function atCodes(server: Instance): Promise<Stand> {
  const client = await savingCodes(server.url);
  const { body } = await client.get("/api/v1/session");
  return { client, email: (body as unknown as { user: { email: string } }).user.email, typed: { saved: true } };
}
async function atAccount(server: Instance): Promise<Stand> {
  const person = await register(new Client(server.url));
  const other = await passPassword(person, new Client(server.url));
  expectStatus(await other.client.post("/challenge/verify", { code: other.code }), 200);
  return { client: person.client, email: person.email, person, typed: {} };
}

const opened =
  (action: string) =>
  async (server: Instance): Promise<Stand> => {
    const person = await steppedUp(server.url, [action]);
    return { client: person.client, email: person.email, person, typed: {} };
  };
async function atNewPassword(server: Instance): Promise<Stand> {
  const { person, client } = await awaitingPassword(server.url);
  return { client, email: person.email, person, typed: { password: NEW_PASSWORD } };
}

const masked = (email: string) => `${email.slice(0, 2)}•••${email.slice(email.indexOf("@"))}`;

type Case = {
  name: string;
  at: (server: Instance) => Promise<Stand>;
  path: string;
  send: (visitor: Visitor, stand: Stand) => Promise<void>;
  lands: string;
};
const cases: Case[] = [
  { name: "a right code", at: atVerify, path: "/verify", send: (visitor, { typed }) => visitor.send(typed), lands: "/verify" },
  {
    name: "a wrong code",
    at: atVerify,
    path: "/verify",
    send: (visitor, { typed }) => visitor.send({ code: otherThan(String(typed.code)) }),
    lands: "/verify",
  },
  { name: "an empty code", at: atVerify, path: "/verify", send: (visitor) => visitor.send({ code: "" }), lands: "/verify" },
  { name: "another way", at: atVerify, path: "/verify", send: ({ page }) => page.click('button[value="voice"]'), lands: "/verify" },
  { name: "a number", at: atPhone, path: "/sign-up/phone", send: (visitor, { typed }) => visitor.send(typed), lands: "/sign-up/phone" },
  {
    name: "saved codes",
    at: atCodes,
    path: "/recovery-codes",
    send: (visitor, { typed }) => visitor.send(typed),
    lands: "/recovery-codes",
  },
  {
    name: "the end of a session",
    at: atAccount,
    path: "/account",
    send: ({ page }) => page.click('form[name="end-session"] button'),
    lands: "/account",
  },
  {
    name: "the end of all others",
    at: atAccount,
    path: "/account/sessions",
    send: ({ page }) => page.click('form[name="end-others"] button'),
    lands: "/account",
  },
  {
    name: "the account's language",
    at: atAccount,
    path: "/account",
    send: ({ page }) => page.click('main form[name="language"] button[value="en"]'),
    lands: "/account",
  },
  {
    name: "the password of a reset",
    at: atNewPassword,
    path: "/reset-password",
    send: (visitor, { typed }) => visitor.send(typed),
    lands: "/reset-password",
  },
  {
    name: "the beginning of a step-up",
    at: atAccount,
    path: "/account/password",
    send: (visitor) => visitor.submit("action"),
    lands: "/account",
  },
  {
    name: "a changed password",
    at: opened("change_password"),
    path: "/account/password",
    send: (visitor) => visitor.send({ password: NEW_PASSWORD }),
    lands: "/account",
  },
  {
    name: "another address",
    at: opened("change_email"),
    path: "/account/email",
    send: (visitor) => visitor.send({ email: freshEmail() }),
    lands: "/account",
  },
  {
    name: "a further phone",
    at: opened("manage_factors"),
    path: "/account/phones/add",
    send: (visitor) => visitor.send({ number: freshNumber(), acceptRisk: true }),
    lands: "/account",
  },
  {
    name: "new recovery codes",
    at: opened("manage_factors"),
    path: "/account/recovery-codes",
    send: ({ main }) => main.getByRole("button", { name: "新しい10個を作る" }).click(),
    lands: "/account",
  },
];

async function become(context: BrowserContext, client: Client): Promise<void> {
  await context.clearCookies();
  await adopt(context, client);
}

async function twoTabs(server: Instance, rows: Rows, context: BrowserContext, one: Case, scripts: boolean): Promise<void> {
  const [a, b] = [await one.at(server), await one.at(server)];
  await become(context, a.client);
  const page = await context.newPage();
  const posts: string[] = [];
  page.on("request", (request) => request.method() === "POST" && posts.push(new URL(request.url()).pathname));
  const visitor = new Visitor(page, server.url, scripts, new Set());
  await visitor.open(one.path);
  await expect(page.locator("body")).toContainText(a.email);
  await rows.settled();
  const before = await rows.state();
  await become(context, b.client);
  await one.send(visitor, a);
  await page.waitForURL((url) => url.pathname === one.lands && url.searchParams.has("drawn"));
  const notice = visitor.alert;
  await expect(notice).toContainText(masked(a.email));
  await expect(notice).toContainText("何も送信・変更していません");
  await expect(notice).toBeFocused();
  // The page belongs to B, names B, and shows nothing else of A.
  await expect(page.locator("body")).toContainText(b.email);
  await expect(page.locator("body")).not.toContainText(a.email);
  await visitor.clean();
  await rows.settled();
  expect(await rows.state()).toEqual(before);
  expect(posts).toHaveLength(1);
}

for (const scripts of [true, false])
  for (const one of cases)
    test(`What was drawn for A and is sent while the browser is B's changes nothing, and the person is told: ${one.name} (scripts ${scripts ? "on" : "off"}).`, async ({
      browser,
      server,
      rows,
    }) => {
      const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: scripts });
      await twoTabs(server, rows, context, one, scripts);
      await context.close();
    });

/** Opens two tabs at the code page of one sign-in and completes it in the first. */
async function finishedElsewhere(server: Instance, context: BrowserContext): Promise<{ page: Page; stand: Stand }> {
  const stand = await atVerify(server);
  await become(context, stand.client);
  const [page, tab] = [await context.newPage(), await context.newPage()];
  for (const one of [page, tab]) await one.goto("/verify");
  await tab.fill('[name="code"]', String(stand.typed.code));
  await tab.getByRole("button", { name: "確認する" }).click();
  await tab.waitForURL("**/account");
  return { page, stand };
}

for (const scripts of [true, false])
  test(`Of two tabs with one sign-in the second is told that it is done, and its code is not sent a second time (scripts ${scripts ? "on" : "off"}).`, async ({
    browser,
    server,
    rows,
  }) => {
    const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: scripts });
    const { page, stand } = await finishedElsewhere(server, context);
    await rows.settled();
    const before = await rows.state();
    const asked: string[] = [];
    page.on("request", (request) => request.isNavigationRequest() && asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
    await page.fill('[name="code"]', String(stand.typed.code));
    await page.getByRole("button", { name: "確認する" }).click();
    await page.waitForURL((url) => url.pathname === "/account");
    await expect(page.getByRole("main").getByRole("alert")).toContainText("すでに済んでいます");
    if (!scripts) expect(asked).toEqual(["POST /verify", "GET /account"]);
    expect(await rows.state()).toEqual(before);
    await context.close();
  });

test("Signing out ends the session that the browser has, whichever account its page was drawn for.", async ({ browser, server }) => {
  for (const scripts of [true, false]) {
    const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: scripts });
    const [a, b] = [await atAccount(server), await atAccount(server)];
    await become(context, a.client);
    const page = await context.newPage();
    await page.goto("/account");
    await become(context, b.client);
    await page.click('form[name="sign-out"] button');
    await page.waitForURL("**/sign-in");
    expect((await b.client.clone().get("/api/v1/session")).status).toBe(401);
    expect((await a.client.clone().get("/api/v1/session")).status).toBe(200);
    await context.close();
  }
});

test("While a person types a code, the waiting page does not become another account's: it says that the browser has gone on.", async ({
  browser,
  server,
}) => {
  for (const next of [atVerify, atAccount]) {
    const context = await browser.newContext({ baseURL: server.url });
    const [a, b] = [await atVerify(server), await next(server)];
    await become(context, a.client);
    const page = await context.newPage();
    await page.goto("/verify");
    const form = await page.locator('form:has([name="code"]) [name="form"]').inputValue();
    await page.fill('[name="code"]', "123");
    await become(context, b.client);
    await expect(page.getByRole("alert").filter({ hasText: "別のタブで手続きが進んでいます" })).toBeVisible();
    await page.waitForTimeout(1_500);
    await expect(page.locator('[name="code"]')).toHaveValue("123");
    await expect(page.locator('[name="code"]')).toBeFocused();
    expect(await page.locator('form:has([name="code"]) [name="form"]').inputValue()).toBe(form);
    expect(await page.getByRole("main").innerText()).toContain(a.email);
    await new Visitor(page, server.url, true, new Set()).clean();
    await context.close();
  }
});

type Tied = {
  name: string;
  page: string;
  field: string;
  action: string;
  at: (server: Instance) => Promise<Stand>;
  fields: Record<string, string>;
  stateful: boolean;
};
const tied: Tied[] = [
  { name: "code", page: "/verify", field: "code", action: "verifyAction", at: atVerify, fields: { code: "123456" }, stateful: true },
  { name: "method", page: "/verify", field: "method", action: "verifyAction", at: atVerify, fields: { method: "voice" }, stateful: true },
  {
    name: "number",
    page: "/sign-up/phone",
    field: "number",
    action: "bindPhoneAction",
    at: atPhone,
    fields: { number: freshNumber(), channel: "sms", acceptRisk: "on" },
    stateful: true,
  },
  {
    name: "saved",
    page: "/recovery-codes",
    field: "saved",
    action: "confirmSavedAction",
    at: atCodes,
    fields: { saved: "on" },
    stateful: true,
  },
  {
    name: "session",
    page: "/account/sessions",
    field: "sessionId",
    action: "endSessionAction",
    at: atAccount,
    fields: {},
    stateful: false,
  },
  {
    name: "the password of a reset",
    page: "/reset-password",
    field: "password",
    action: "resetPasswordAction",
    at: atNewPassword,
    fields: { password: NEW_PASSWORD },
    stateful: true,
  },
  {
    name: "a step-up",
    page: "/account/password",
    field: "action",
    action: "beginStepUpAction",
    at: atAccount,
    fields: { action: "change_password", returnTo: "/account/password" },
    stateful: false,
  },
  {
    name: "a changed password",
    page: "/account/password",
    field: "password",
    action: "changePasswordAction",
    at: opened("change_password"),
    fields: { password: NEW_PASSWORD },
    stateful: true,
  },
  {
    name: "another address",
    page: "/account/email",
    field: "email",
    action: "changeEmailAction",
    at: opened("change_email"),
    fields: { email: freshEmail() },
    stateful: true,
  },
  {
    name: "a further phone",
    page: "/account/phones/add",
    field: "number",
    action: "addPhoneAction",
    at: opened("manage_factors"),
    fields: { number: freshNumber(), channel: "sms", acceptRisk: "on" },
    stateful: true,
  },
  { name: "others", page: "/account/sessions", field: "end-others", action: "endOthersAction", at: atAccount, fields: {}, stateful: false },
];
const leadsTo = (answer: Answer) =>
  answer.headers.get("location") ?? answer.headers.get("x-action-redirect")?.replace(/;(push|replace)$/, "") ?? "";

for (const one of tied)
  test(`The form for ${one.name}: the field "form" absent, empty, repeated, as a file, altered or another's is refused by form and script, and nothing has changed.`, async ({
    server,
    rows,
  }) => {
    const [a, b] = [await one.at(server), await one.at(server)];
    const hidden = one.field === "end-others" ? {} : await hiddenFields(b.client.clone(), one.page, one.field);
    const own = (await tieOf(b.client, one.page)).form ?? "";
    const foreign = (await tieOf(a.client, one.page)).form ?? "";
    expect(own).toMatch(/^[\w-]{32}$/);
    expect(foreign).not.toBe(own);
    // A reload keeps the form name, which all forms of the page share.
    expect((await b.client.clone().get(one.page)).text.match(/name="form" value="([^"]+)"/g)).toEqual(
      expect.arrayContaining([`name="form" value="${own}"`]),
    );
    await rows.settled();
    const before = await rows.state();
    const spoiled: Record<string, [string, string][]> = {
      absent: [],
      empty: [["form", ""]],
      repeated: [
        ["form", own],
        ["form", own],
      ],
      "own, then another's": [
        ["form", own],
        ["form", foreign],
      ],
      "as a file": [['form"; filename="a.txt', own]],
      altered: [["form", `${own.slice(0, -1)}${own.endsWith("A") ? "B" : "A"}`]],
      "another's": [["form", foreign]],
      "an array": [["form[]", own]],
    };
    const { form: _, ...rest } = hidden as Record<string, string>;
    for (const [what, ties] of Object.entries(spoiled)) {
      const fields = [...Object.entries(one.fields), ...ties] as [string, string][];
      const script = await postScript(b.client.clone(), one.page, one.action, fields, one.stateful);
      expect(leadsTo(script.answer), `${what} by script`).toMatch(/^\/[a-z/-]+\?drawn=/);
      if (one.field === "end-others") continue;
      const form = await postForm(b.client.clone(), one.page, rest, fields);
      expect([form.answer.status, leadsTo(form.answer).includes("?drawn=")], `${what} by form`).toEqual([303, true]);
    }
    expect(await rows.state()).toEqual(before);
  });

test("An account whose codes are not saved passes no other action by the name of its own session.", async ({ server, rows }) => {
  const { client } = await atCodes(server);
  const tie = await tieOf(client, "/recovery-codes");
  await rows.settled();
  const before = await rows.state();
  for (const action of ["endOthersAction", "endSessionAction", "replaceCodesAction", "removeRecoveryAddressAction"]) {
    const { answer } = await postScript(
      client.clone(),
      "/account",
      action,
      { ...tie, ...(action === "endSessionAction" ? { sessionId: "x" } : {}) },
      false,
    );
    expect(leadsTo(answer), action).toBe("/recovery-codes");
  }
  expect(await rows.state()).toEqual(before);
});

test("A visitor's language is this browser's alone: without the tie no account's language is written.", async ({ server, rows }) => {
  const { client, email } = await atAccount(server);
  const { body, headers } = multipart({ ...(await hiddenFields(new Client(server.url), "/", "locale")), locale: "en" });
  const answer = await client.call("POST", "/account", body, { ...headers, origin: server.url });
  expect(answer.status).toBe(200);
  expect(client.cookies.get("locale")).toBe("en");
  expect(await rows.query("SELECT locale FROM users WHERE email = $1", email)).toEqual([{ locale: "ja" }]);
});

test("A sign-in by number shows two of its digits and neither on its page nor in a notice the address (PH-06).", async ({ server }) => {
  const person = await register(new Client(server.url));
  const client = new Client(server.url);
  expectStatus(await client.post("/sign-in", { identifier: person.number, password: "ながい あいことば 42" }), 200);
  const page = await client.get("/verify");
  expect(page.text).toContain(`末尾 ${person.number.slice(-2)}`);
  const { form = "" } = await tieOf(client, "/verify");
  const notice = await new Client(server.url).get(`/sign-in?drawn=${form}`);
  expect(notice.text).toContain(`末尾 ${person.number.slice(-2)}`);
  for (const { text } of [page, notice]) {
    expect(text).not.toContain(person.email);
    expect(text).not.toContain(masked(person.email));
    expect(text).not.toContain(person.number.slice(-4));
  }
});
