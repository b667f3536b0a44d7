import type { BrowserContext, Page } from "@playwright/test";
import { Client, PASSWORD, type Person, passPassword, register } from "../support/api.ts";
import { doors, postForm, postScript, tieOf } from "../support/doors.ts";
import { expect, test } from "../support/fixtures.ts";
import type { Instance } from "../support/server.ts";
import { actionId } from "../support/surface.ts";

// Sign-out takes effect on the server, in every tab and in the back/forward cache; ending another session takes effect there at once (SE-06, SE-07,
// B07, B09).

test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const secondSession = async (server: Instance, person: Person): Promise<Client> => {
  const { client, code } = await passPassword(person, new Client(server.url));
  await client.post("/challenge/verify", { code });
  return client;
};
const signedIn = async (client: Client) => (await client.clone().get("/api/v1/session")).status === 200;

for (const door of doors)
  test(`By ${door}: the old cookie is worth nothing from the next request on (B07).`, async ({ server }) => {
    const person = await register(new Client(server.url));
    const { client } = person;
    const copy = client.clone();
    const other = await secondSession(server, person);
    if (door === "api") expect((await client.call("DELETE", "/api/v1/session")).status).toBe(204);
    else if (door === "form")
      expect((await postForm(client, "/account", { [`$ACTION_ID_${actionId("signOutAction")}`]: "" }, {})).answer.status).toBe(303);
    else await postScript(client, "/account", "signOutAction", {}, false);
    expect(client.cookies.has("sekisho.session")).toBe(false);
    for (const path of ["/api/v1/session", "/account", "/recovery-codes"])
      expect([401, 307]).toContain((await copy.clone().get(path)).status);
    expect((await copy.clone().get("/api/auth/session")).text).toBe("{}");
    // The sign-out does not end the same user's other session.
    expect(await signedIn(other)).toBe(true);
  });

test("next-auth's own sign-out ends the same session (B07).", async ({ server }) => {
  const { client } = await register(new Client(server.url));
  const copy = client.clone();
  const { csrfToken = "" } = (await client.get("/api/auth/csrf")).body as { csrfToken?: string };
  const body = new URLSearchParams({ csrfToken, json: "true" }).toString();
  await client.call("POST", "/api/auth/signout", body, { "content-type": "application/x-www-form-urlencoded", origin: server.url });
  expect(await signedIn(copy)).toBe(false);
});

test("next-auth's sign-out without its proof ends nothing and leads back to this site.", async ({ server }) => {
  const { client } = await register(new Client(server.url));
  const headers = { "content-type": "application/x-www-form-urlencoded", origin: server.url };
  const answer = await client.call("POST", "/api/auth/signout", "csrfToken=none", headers);
  expect(new URL(answer.headers.get("location") ?? "", server.url).origin).toBe(server.url);
  expect(await signedIn(client)).toBe(true);
});

test("All other sessions are ended at once, and this one stays (B09).", async ({ server }) => {
  const person = await register(new Client(server.url));
  const others = [await secondSession(server, person), await secondSession(server, person)];
  await postScript(person.client, "/account/sessions", "endOthersAction", await tieOf(person.client, "/account/sessions"), false);
  expect(await Promise.all([person.client, ...others].map(signedIn))).toEqual([true, false, false]);
});

test.describe("In a browser", () => {
  const cookies = (context: BrowserContext, { client }: Person) =>
    context.addCookies(
      [...client.cookies].map(([name, value]) => ({
        name,
        value,
        domain: "localhost",
        path: "/",
        httpOnly: true,
        sameSite: "Lax" as const,
      })),
    );
  const shows = async (page: Page, person: Person) => (await page.locator("body").innerText()).includes(person.number.slice(-4));

  test("Back, a second tab and the browser's cache show nothing of the account after the sign-out (B07).", async ({ browser, server }) => {
    for (const javaScriptEnabled of [true, false]) {
      const person = await register(new Client(server.url));
      const context = await browser.newContext({ javaScriptEnabled });
      await cookies(context, person);
      const [page, tab] = [await context.newPage(), await context.newPage()];
      for (const one of [tab, page]) {
        await one.goto(`${server.url}/account`);
        expect(await shows(one, person)).toBe(true);
      }
      await page.goto(`${server.url}/`);
      await page.goBack();
      await page.locator('form[name="sign-out"] button').first().click();
      await page.waitForURL(`${server.url}/sign-in`);
      for (const step of [1, 2, 3]) {
        await page.goBack().catch(() => null);
        await page.waitForLoadState();
        expect(await shows(page, person), `${step} back, scripts ${javaScriptEnabled}`).toBe(false);
      }
      await tab.reload();
      expect(new URL(tab.url()).pathname).toBe("/sign-in");
      expect((await context.cookies(server.url)).map(({ name }) => name)).not.toContain("sekisho.session");
      await context.close();
    }
  });

  test("No cookie that means anything is readable by a script.", async ({ page, server }) => {
    const person = await register(new Client(server.url));
    await page.goto(`${server.url}/sign-in`);
    await page.fill('[name="identifier"]', person.email);
    await page.fill('[name="password"]', PASSWORD);
    await page.locator('form:has([name="identifier"]) > button[type="submit"]').click();
    await page.waitForURL(`${server.url}/verify`);
    expect(await page.evaluate(() => document.cookie)).not.toMatch(/sekisho/);
    expect(await page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]))).toBe("[[],[]]");
  });
});
