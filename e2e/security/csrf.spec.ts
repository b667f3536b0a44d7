import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContext, Page } from "@playwright/test";
import { Client, freshEmail, freshNumber, PASSWORD, type Person } from "../support/api.ts";
import { hiddenFields, multipart } from "../support/doors.ts";
import { test as base, expect } from "../support/fixtures.ts";
import { stepUp } from "../support/own-control.ts";
import type { Instance } from "../support/server.ts";
import { actions, calls } from "../support/surface.ts";

// Another site cannot act for a user or sign a user in to another account, by a form, a fetch, a sandboxed frame or a forged header, with cookies
// or without (WB-02, I03, B15).

type Evil = { port: number; page: string };

const test = base.extend<object, { evil: Evil }>({
  evil: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern.
    async ({}, use) => {
      const site = { page: "" };
      const http = createServer((_, answer) => answer.setHeader("content-type", "text/html; charset=utf-8").end(site.page));
      await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
      await use(Object.assign(site, { port: (http.address() as AddressInfo).port }));
      http.close();
    },
    { scope: "worker" },
  ],
});
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

test.describe("Forged heads", () => {
  const heads: Record<string, (server: Instance) => Record<string, string>> = {
    "no Origin": () => ({}),
    "Origin: null": () => ({ origin: "null" }),
    "another site": () => ({ origin: "https://evil.example" }),
    "a sub-domain": ({ port }) => ({ origin: `http://evil.localhost:${port}` }),
    "another port": ({ port }) => ({ origin: `http://localhost:${port + 1}` }),
    "the other name of this machine": ({ port }) => ({ origin: `http://127.0.0.1:${port}` }),
    "the right Origin from another site": ({ url }) => ({ origin: url, "sec-fetch-site": "cross-site" }),
    "the right Origin from a sub-domain": ({ url }) => ({ origin: url, "sec-fetch-site": "same-site" }),
    "a right Referer alone": ({ url }) => ({ referer: `${url}/account` }),
  };
  const fields = {
    identifier: "",
    email: "",
    password: PASSWORD,
    code: "000000",
    number: freshNumber(),
    channel: "sms",
    acceptRisk: "on",
    saved: "on",
    locale: "en",
  };

  for (const [name, head] of Object.entries(heads))
    test(`No action and no call does anything for a request with this head: ${name}.`, async ({ server, rows, person, attacker }) => {
      const own = head(server);
      const [row] = await rows.query<{ id: string }>(
        "SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1",
        person.email,
      );
      const sent = { ...fields, identifier: attacker.email, email: freshEmail(), sessionId: row?.id ?? "" };
      // Every class of acts is open, so that only the request's head can be the reason for a refusal.
      for (const one of ["manage_factors", "change_password", "change_email", "delete_account"]) await stepUp(person, one);
      await rows.settled();
      const before = await rows.state();
      for (const { id, name: action, pages } of actions())
        for (const page of pages) {
          const form = multipart({ [`$ACTION_ID_${id}`]: "", ...sent });
          const script = multipart([...Object.entries(sent).map(([key, value]) => [`_1_${key}`, value] as const), ["0", '[{},"$K1"]']]);
          const asForm = await person.client.clone().call("POST", page, form.body, { ...form.headers, ...own });
          const asScript = await person.client.clone().call("POST", page, script.body, { ...script.headers, ...own, "next-action": id });
          expect([asForm.status, asScript.status], `${action} at ${page}`).toEqual([403, 403]);
          for (const answer of [asForm, asScript]) expect(answer.headers.getSetCookie(), action).toEqual([]);
        }
      for (const path of calls().filter((one) => one.startsWith("/api/")))
        for (const [method, type] of [
          ["POST", "text/plain"],
          ["POST", "application/x-www-form-urlencoded"],
          ["POST", "application/json"],
          ["PATCH", "application/json"],
          ["DELETE", ""],
        ] as const) {
          // Programs may send JSON and end their own session without an Origin.
          if (!own.origin && type !== "text/plain" && type !== "application/x-www-form-urlencoded") continue;
          const body = method !== "DELETE" ? JSON.stringify({ identifier: attacker.email, password: PASSWORD }) : undefined;
          const answer = await person.client.clone().call(method, path, body, { ...own, ...(type ? { "content-type": type } : {}) });
          expect(answer.status, `${method} ${path} ${type}`).toBeGreaterThanOrEqual(400);
          expect(answer.headers.getSetCookie(), path).toEqual([]);
        }
      expect(await rows.state()).toEqual(before);
    });
});

test.describe("Another site in a real browser", () => {
  const input = (name: string, value: string) =>
    `<input name="${name.replaceAll('"', "&quot;")}" value="${value.replaceAll('"', "&quot;")}">`;
  const auto = (action: string, fields: Record<string, string>, type = "multipart/form-data", target = "_self") =>
    `<form method="post" action="${action}" enctype="${type}" target="${target}">${Object.entries(fields)
      .map(([name, value]) => input(name, value))
      .join("")}</form><script>document.forms[0].submit()</script>`;

  async function signedIn(server: Instance, person: Person, context: BrowserContext): Promise<void> {
    const { hostname } = new URL(server.url);
    await context.addCookies(
      [...person.client.cookies].map(([name, value]) => ({
        name,
        value,
        domain: hostname,
        path: "/",
        httpOnly: true,
        sameSite: "Lax" as const,
      })),
    );
  }
  const stillVictim = async (server: Instance, person: Person, page: Page) => {
    const session = await page.goto(`${server.url}/api/v1/session`);
    expect(await session?.json()).toMatchObject({ user: { email: person.email } });
  };
  /** Sources of the attack: another site, and another origin of the same site, whose requests carry Lax cookies. */
  const sites = (evil: Evil) => [`http://127.0.0.1:${evil.port}/`, `http://localhost:${evil.port}/`];

  test("A form that sends itself signs nobody in as the attacker, with cookies and without (B15).", async ({
    browser,
    server,
    rows,
    person,
    attacker,
    evil,
  }) => {
    const hidden = await hiddenFields(new Client(server.url), "/sign-in", "identifier");
    await rows.settled();
    const before = await rows.state();
    for (const cookies of [true, false])
      for (const site of sites(evil))
        for (const type of ["multipart/form-data", "application/x-www-form-urlencoded", "text/plain"]) {
          const context = await browser.newContext();
          if (cookies) await signedIn(server, person, context);
          const page = await context.newPage();
          evil.page = auto(`${server.url}/sign-in`, { ...hidden, identifier: attacker.email, password: PASSWORD }, type);
          await page.goto(site, { waitUntil: "commit" });
          await page.waitForURL(`${server.url}/sign-in`);
          expect((await context.cookies(server.url)).map(({ name }) => name).includes("sekisho.challenge")).toBe(false);
          if (cookies) await stillVictim(server, person, page);
          await context.close();
        }
    expect(await rows.state()).toEqual(before);
  });

  test("Neither a form, a fetch, an image nor a sandboxed frame ends a session or changes anything (I03, B07).", async ({
    browser,
    server,
    rows,
    person,
    attacker,
    evil,
  }) => {
    const account = await hiddenFields(person.client, "/account", "$ACTION_REF_1").catch(() => ({}) as Record<string, string>);
    const ids = Object.fromEntries(actions().map(({ name, id }) => [name, id]));
    const signOut = { ...account, [`$ACTION_ID_${ids.signOutAction}`]: "" };
    const fetches = `<script>
      const send = (path, init) => fetch("${server.url}" + path, { credentials: "include", ...init }).catch(() => {});
      Promise.all([
        send("/api/v1/session", { method: "DELETE" }),
        send("/api/v1/session", { method: "POST", mode: "no-cors", body: "{}" }),
        send("/api/v1/sign-in", { method: "POST", mode: "no-cors", headers: { "content-type": "text/plain" }, body: '{"identifier":"${attacker.email}","password":"${PASSWORD}"}' }),
        send("/api/v1/recovery-codes", { method: "POST", mode: "no-cors", body: new Blob(["{}"]) }),
        send("/api/auth/signout", { method: "POST", mode: "no-cors", body: new URLSearchParams({ csrfToken: "x" }) }),
        send("/account", { method: "POST", mode: "no-cors", headers: { "next-action": "${ids.endOthersAction}" }, body: '["$K1"]' }),
        send("/api/auth/signout", {}), send("/sign-out", {}), send("/logout", {}),
      ]).then(() => { document.title = "done" })</script><img src="${server.url}/api/auth/signout"><img src="${server.url}/sign-out">`;
    const frame = (html: string) =>
      `<iframe name="box" sandbox="allow-forms allow-scripts" srcdoc="${html.replaceAll('"', "&quot;")}"></iframe>`;
    const attacks = [
      fetches,
      frame(fetches),
      auto(`${server.url}/account`, signOut, "multipart/form-data", "box").replace("<form", '<iframe name="box"></iframe><form'),
      frame(auto(`${server.url}/account`, signOut)),
    ];
    await rows.settled();
    const before = await rows.state();
    for (const site of sites(evil))
      for (const attack of attacks) {
        const context = await browser.newContext();
        await signedIn(server, person, context);
        const page = await context.newPage();
        evil.page = attack;
        await page.goto(site);
        await page.waitForLoadState("networkidle");
        await stillVictim(server, person, page);
        await context.close();
      }
    expect(await rows.state()).toEqual(before);
  });
});
