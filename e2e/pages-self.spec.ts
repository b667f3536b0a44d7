import { Client, register } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import type { Visitor } from "./support/person.ts";
import { become } from "./support/stages.ts";
import type { Look } from "./support/visit.ts";

// What a person sees and keeps: their data and its deletion, remembered devices, the texts that were sent, consent, and a new start without any factor.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench", TERMS_URL: "https://example.jp/terms", TERMS_VERSION: "1" } });

const looks: Look[] = [
  { scripts: false, width: 390 },
  { colorScheme: "light", width: 390 },
  { colorScheme: "dark", width: 1280, locale: "en-US" },
];
const press = (visitor: Visitor, form: string) => visitor.page.locator(`form[name="${form}"] button`).first().click();

/** Proves a second factor for the gate with this heading, and comes back. */
async function prove(visitor: Visitor, gate: string, number: string, path: string): Promise<void> {
  const before = await visitor.latest(number);
  await visitor.page.locator(`section[aria-labelledby="${gate}"] button`).click();
  await visitor.at("/verify");
  await visitor.send({ code: await visitor.code(number, before) });
  await visitor.at(path);
}

for (const look of looks) {
  const name = `${look.scripts === false ? "without scripts" : look.colorScheme}, ${look.width} px`;

  test(`A person gets their data, asks for the deletion of the account and takes it back: ${name}.`, ({ visit, server }) =>
    visit(look, async (visitor) => {
      const { page } = visitor;
      const person = await register(new Client(server.url));
      await become(visitor, person.client, "/account/data");
      await prove(visitor, "prove-export", person.number, "/account/data");
      const [download] = await Promise.all([page.waitForEvent("download"), page.click('a[href="/account/data/file"]')]);
      expect(download.suggestedFilename()).toMatch(/^sekisho-data-\d{4}-\d\d-\d\d\.json$/);
      await prove(visitor, "prove-delete", person.number, "/account/data");
      await press(visitor, "delete-account");
      await page.waitForURL("**/account/data?asked");
      await expect(page.locator('[role="status"]')).toBeVisible();
      await visitor.clean();
      await press(visitor, "keep-account");
      await page.waitForURL("**/account/data?kept");
      await visitor.clean();
    }));

  test(`A person forgets devices, and reads what was sent to them and what our texts look like: ${name}.`, ({ visit, server }) =>
    visit(look, async (visitor) => {
      const { page } = visitor;
      const person = await register(new Client(server.url));
      await become(visitor, person.client, "/account/devices");
      await press(visitor, "forget-device");
      await page.waitForURL("**/account/devices?forgotten");
      await visitor.clean();
      await visitor.open("/account/texts");
      await expect(page.locator("main ol > li").first()).toContainText("届きました");
      await visitor.open("/texts");
      await expect(page.locator("main")).toContainText("0005 1234");
      await expect(page.locator("main blockquote").first()).toContainText("123456");
      await expect(page.locator("main a")).toHaveCount(0);
    }));

  test(`A new version of the terms is agreed to before the account opens, and no call waits for it: ${name}.`, ({ visit, server, rows }) =>
    visit(look, async (visitor) => {
      const { page } = visitor;
      const person = await register(new Client(server.url));
      await become(visitor, person.client, "/account");
      // The people of earlier runs have agreed to both versions.
      await rows.query("UPDATE consents SET version = '0' WHERE user_id NOT IN (SELECT user_id FROM consents WHERE version = '0')");
      expect((await person.client.get("/api/v1/sessions")).status).toBe(200);
      await page.goto("/account/devices");
      await visitor.at("/account/consent");
      await visitor.open("/account/data");
      await page.goto("/account/devices");
      await visitor.at("/account/consent");
      await page.locator('form[name="consent"] button').click();
      await visitor.at("/account/devices");
      await visitor.open("/account/consent");
      await expect(page.locator('form[name="consent"]')).toHaveCount(0);
    }));

  test(`Who reads the mailbox and has no factor asks for a new start: ${name}.`, ({ visit, server }) =>
    visit(look, async (visitor) => {
      const { page } = visitor;
      const person = await register(new Client(server.url));
      const before = await visitor.latest(person.email);
      await visitor.open("/forgot-password");
      await visitor.send({ identifier: person.email });
      await visitor.at("/verify");
      await visitor.send({ code: await visitor.code(person.email, before) });
      await page.locator('a[href="/reset-password/release"]').click();
      await visitor.at("/reset-password/release");
      await page.locator("main form > button").click();
      await page.waitForURL("**/reset-password/release?asked");
      await expect(page.locator('[role="status"]')).toBeVisible();
      await visitor.clean();
      await page.context().clearCookies();
      await page.goto("/reset-password/release");
      await visitor.at("/sign-in");
    }));

  test(`The account calls out what its owner should look at: ${name}.`, ({ visit, server, rows }) =>
    visit(look, async (visitor) => {
      const { page } = visitor;
      const person = await register(new Client(server.url));
      // A mail that arrives later would take the first callout away.
      await rows.settled();
      await rows.query(`UPDATE users SET email_refused_at = app_now() WHERE email = '${person.email}'`);
      await rows.query("UPDATE phones SET doubted_at = app_now()");
      await rows.query("UPDATE authenticators SET verified_at = app_now() - interval '400 days' WHERE kind = 'recovery_codes'");
      await become(visitor, person.client, "/account");
      for (const id of ["email-refused", "doubted-number", "ask-codes"]) await expect(page.locator(`#${id}`)).toBeVisible();
      await visitor.clean();
      await press(visitor, "codes-there");
      await page.waitForURL("**/account");
      await expect(page.locator("#ask-codes")).toHaveCount(0);
    }));
}
