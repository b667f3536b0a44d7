import { type Browser, expect, test } from "@playwright/test";
import { Client, freshNumber, otherThan, register } from "./support/api.ts";
import type { Visitor } from "./support/person.ts";
import { type Instance, startInstance } from "./support/server.ts";
import { awaitingCode, awaitingNumber, become, lockedOut, savingCodes } from "./support/stages.ts";
import { pages } from "./support/surface.ts";
import { type Look, visit as visitAt } from "./support/visit.ts";

// axe reports no violation (WCAG 2.2 AA) on any page in its refusing, waiting and ended states, in both themes. Pages come from the build, so new
// ones are included.
let server: Instance;
test.beforeAll(async () => {
  server = await startInstance({ env: { SEKISHO_LIMITS: "bench" } });
});
test.afterAll(() => server.stop());

const looks: Look[] = [
  { colorScheme: "light", width: 390 },
  { colorScheme: "dark", width: 1280, locale: "en-US" },
];
const visit = (browser: Browser, look: Look, run: (visitor: Visitor) => Promise<void>) => visitAt(browser, server.url, look, run);

/** Waits for the element of a state, then runs axe. */
async function shows(visitor: Visitor, selector: string): Promise<void> {
  await visitor.page.locator(selector).first().waitFor();
  await visitor.clean();
}

const atPhone = async (visitor: Visitor) => become(visitor, await awaitingNumber(server.url), "/sign-up/phone");
const atVerify = async (visitor: Visitor) => {
  const pending = await awaitingCode(server.url);
  await become(visitor, pending.client, "/verify");
  return pending;
};

for (const look of looks) {
  const name = `${look.colorScheme}, ${look.width} px`;

  test(`what anybody can open: ${name}`, ({ browser }) =>
    visit(browser, look, async (visitor) => {
      const { page } = visitor;
      await visitor.open("/nowhere");
      await visitor.open("/not-arriving");
      for (const one of await page.locator("details summary").all()) await one.click();
      await visitor.clean();
      await page.goto("/demo/ui");
      await page.locator("main details").evaluateAll((all) => {
        for (const one of all) one.setAttribute("open", "");
      });
      await visitor.clean();
      await visitor.open("/sign-in");
      await visitor.send({ identifier: "", password: "" });
      await visitor.refused();
      await visitor.send({ identifier: "nobody@example.jp", password: "wrong" });
      await visitor.refused();
      await visitor.open("/sign-up");
      await visitor.send({ email: "hanako", password: "short" });
      await visitor.refused();
    }));

  test(`the number, and every refusal of one: ${name}`, ({ browser }) =>
    visit(browser, look, async (visitor) => {
      await atPhone(visitor);
      for (const number of ["12", "03-1234-5678", "050-3000-1234", "0990-512-345", "+1 202 555 0123"]) {
        await visitor.send({ number, acceptRisk: true });
        await visitor.refused();
      }
      await visitor.page.locator('[name="acceptRisk"]').uncheck();
      await visitor.send({ number: visitor.number });
      await visitor.refused();
      await visitor.open("/sign-up");
      await shows(visitor, "[data-tone=good]");
      const taken = await register(new Client(server.url));
      const before = await visitor.latest(taken.number);
      await visitor.open("/sign-up/phone");
      await visitor.send({ number: taken.number, acceptRisk: true });
      await visitor.at("/verify");
      await visitor.send({ code: await visitor.code(taken.number, before) });
      await visitor.page.waitForURL("**/sign-up/phone?taken");
      await shows(visitor, "#taken");
    }));

  test(`a message on its way, late, refused, failed, and every send spent: ${name}`, ({ browser }) =>
    visit(browser, look, async (visitor) => {
      const client = new Client(server.url);
      await atPhone(visitor);
      await visitor.send({ number: freshNumber("0003"), acceptRisk: true });
      await visitor.at("/verify");
      await client.clock(25);
      await shows(visitor, ".note button");
      await client.clock(0);
      for (const digits of ["0001", "0005"]) {
        await visitor.open("/sign-up/phone");
        await visitor.send({ number: freshNumber(digits), acceptRisk: true });
        await visitor.at("/verify");
        await shows(visitor, ".road [data-state=stopped]");
      }
      for (let sends = 0; sends < 6; sends += 1) {
        const way = visitor.page.locator('button[name="method"]').first();
        if ((await visitor.page.locator(".note.plain").count()) > 0) break;
        await way.click();
        await visitor.page.waitForTimeout(700);
      }
      await shows(visitor, ".note.plain");
    }));

  test(`the code: wrong, closed, locked, expired, replaced, and by a recovery code: ${name}`, ({ browser }) =>
    visit(browser, look, async (visitor) => {
      const { page } = visitor;
      const { code, client } = await atVerify(visitor);
      await visitor.open("/verify?with=recovery_code");
      await visitor.send({ code: "0000-0000-0000-0000" });
      await visitor.refused();
      await visitor.open("/verify");
      for (const step of [1, 2, 3]) await visitor.send({ code: otherThan(code, step) }).then(() => visitor.refused());
      await visitor.send({ code: otherThan(code, 4) });
      await shows(visitor, "h1:not(:has-text('入力')):not(:has-text('Enter'))");
      await atVerify(visitor);
      await client.clock(700);
      await page.reload();
      await shows(visitor, 'a.button[href="/sign-in"]');
      await client.clock(0);
      await become(visitor, (await lockedOut(server.url)).client, "/verify");
      await shows(visitor, ".countdown");
      const older = await awaitingCode(server.url);
      await awaitingCode(server.url, older.person);
      await become(visitor, older.client, "/verify");
      await shows(visitor, 'a.button[href="/sign-in"]');
    }));

  test(`the codes to keep, the account and the pages behind it: ${name}`, ({ browser }) =>
    visit(browser, look, async (visitor) => {
      const { page } = visitor;
      await become(visitor, await savingCodes(server.url), "/recovery-codes");
      await page.locator('form:has([name="saved"]) > button').click();
      await visitor.refused();
      await visitor.send({ saved: true });
      await visitor.at("/account");
      const { person, client, code } = await awaitingCode(server.url);
      await client.post("/challenge/verify", { code });
      await become(visitor, person.client, "/account/sessions");
      await page.locator('form[name="end-others"] button').click();
      await page.waitForURL("**/account/sessions?ended=others");
      await shows(visitor, '[role="status"]');
      await visitor.open("/account/activity");
      await visitor.open("/sign-in");
      await shows(visitor, "[data-tone=good]");
    }));

  test(`the demo phone while it rings, speaks and stands beside the site: ${name}`, ({ browser }) =>
    visit(browser, look, async (visitor) => {
      const { page } = visitor;
      const { client } = await atVerify(visitor);
      await client.post("/challenge/send", { method: "voice" });
      if ((look.width ?? 0) > 1024) {
        await page.locator(".demo-banner a").click();
        await shows(visitor, ".dock .call");
      }
      await visitor.open("/demo/phone");
      await shows(visitor, '.call[data-stage="ringing"]');
      await page.locator(".call .take").click();
      await shows(visitor, '.call[data-stage="greeting"]');
      await page.locator(".call .take").click();
      await shows(visitor, '.call[data-stage="telling"]');
    }));

  test(`every page of the build, by whoever may open it: ${name}`, ({ browser }) =>
    visit(browser, look, async (visitor) => {
      const { page } = visitor;
      const left = new Set(pages());
      for (const client of await everybody()) {
        await become(visitor, client, "/");
        for (const path of left) {
          await page.goto(path);
          if (new URL(page.url()).pathname !== path) continue;
          await visitor.clean();
          left.delete(path);
        }
      }
      expect([...left]).toEqual([]);
    }));
}

/** Clients at each step: a visitor, and users in every stage. */
const everybody = async (): Promise<Client[]> => {
  const { person, client } = await awaitingCode(server.url);
  return [new Client(server.url), await awaitingNumber(server.url), await savingCodes(server.url), client, person.client];
};
