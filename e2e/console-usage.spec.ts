import { AxeBuilder } from "@axe-core/playwright";
import { Client, PASSWORD, register } from "./support/api.ts";
import { addApp, stepUp } from "./support/factor-plays.ts";
import { expect, test } from "./support/fixtures.ts";
import type { Instance } from "./support/server.ts";
import { newStaff, onRows, staffBrowser } from "./support/staff.ts";
import { adopt, type Look } from "./support/visit.ts";

// What was sent and what it cost, what works and what does not, and the kill switch as buttons; with and without scripts, in both languages.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

/** Writes 40 days of usage as the job counts it, and a measured hour. */
const fill = (server: Instance) =>
  onRows(server, async (rows) => {
    await rows.query(`
      INSERT INTO daily_usage (day, channel, provider, country, carrier, purpose, result, count, verified, segments, yen, unpriced, waits)
      SELECT (app_now() AT TIME ZONE 'Asia/Tokyo')::date - d, c.channel::channel, c.provider, 'JP', c.carrier, 'code.SIGN_IN', c.result::delivery_status, c.n + d % 7,
        (c.n + d % 7) / 2, c.n + d % 7, (c.n + d % 7) * c.price, 0, CASE WHEN c.result = 'delivered' THEN jsonb_build_object('3', c.n, '9', 2) ELSE '{}' END
      FROM generate_series(0, 100) d, (VALUES ('SMS', 'karaden-main', 'docomo', 'delivered', 120, 8), ('SMS', 'karaden-main', 'au', 'delivered', 80, 8),
        ('SMS', 'karaden-main', 'softbank', 'undelivered', 6, 8), ('SMS', 'twilio-backup', '', 'failed', 4, 0), ('VOICE', 'twilio-backup', '', 'delivered', 9, 20)) c(channel, provider, carrier, result, n, price)
      ON CONFLICT DO NOTHING`);
  });

const looks: [string, Look][] = [
  ["Japanese, light, a phone", { width: 390 }],
  ["English, dark, wide", { width: 1280, locale: "en-US", colorScheme: "dark" }],
  ["without scripts", { scripts: false, width: 1280 }],
];

const invoice = (text: string) => ({ name: "invoice.csv", mimeType: "text/csv", buffer: Buffer.from(text) });

for (const [index, [name, look]] of looks.entries())
  test(`An administrator enters a rate, compares an invoice and exports the usage (${name}).`, ({ browser, server }) =>
    staffBrowser(browser, server, "administrator", look, async (visitor) => {
      const { page, main } = visitor;
      await fill(server);
      await visitor.open("/admin/usage?form=rate");
      await visitor.clean();
      await page.locator("#provider").selectOption("karaden-main");
      await page.locator("#price").fill(`${index + 4}.5`);
      await page.locator("#begins").fill("");
      await main.locator('button[value="rate"]').click();
      await expect(page.locator(".summary")).toBeVisible();
      await expect(page.locator("#price")).toHaveValue(`${index + 4}.5`);
      await expect(page.locator("#provider")).toHaveValue("karaden-main");
      await page.locator("#begins").fill("2026-01-01");
      await main.locator('button[value="rate"]').click();
      await page.waitForURL("**/admin/usage?done=rate*");
      await expect(main.getByRole("status")).toBeVisible();
      await expect(main).toContainText(`${index + 4}.5 JPY`);
      await visitor.clean();
      await page.goto("/admin/usage?form=invoice");
      await page.locator("#provider").selectOption("karaden-main");
      await page.locator("#invoice").setInputFiles(invoice("day,id,segments,yen\nnonsense\n"));
      await main.locator('button[value="invoice"]').click();
      await expect(main.getByRole("alert").filter({ hasText: "2" })).toBeVisible();
      await page.locator("#provider").selectOption("karaden-main");
      await page.locator("#invoice").setInputFiles(invoice("day,id,segments,yen\n2026-11-01,stranger,1,8\n"));
      await main.locator('button[value="invoice"]').click();
      await expect(main.getByRole("row")).toHaveCount(2);
      await expect(main.getByRole("row").last()).toContainText("8");
      await main.getByRole("row").last().locator("summary").click();
      await expect(main.getByRole("row").last()).toContainText("stranger");
      await visitor.clean();
      const file = await page.request.get("/admin/usage.csv");
      expect([file.status(), file.headers()["content-type"]]).toEqual([200, "text/csv; charset=utf-8"]);
      expect(await file.text()).toContain("day,channel,provider,country,carrier,purpose,result,count,segments,cost_yen\r\n");
    }));

for (const [name, look] of looks)
  test(`The kill switch stops texts on the page of health, and the same page starts them again (${name}, J08).`, ({ browser, server }) =>
    staffBrowser(browser, server, "administrator", look, async (visitor) => {
      const { page, main } = visitor;
      await visitor.open("/admin/health");
      await visitor.clean();
      await page.locator("#country").selectOption("JP");
      await page.locator("#reason").fill("番号が次々に試されている");
      await main.locator('button[value="stop_sms"]').click();
      await page.waitForURL("**/admin/health?done=stop_sms");
      await expect(main.getByRole("status")).toBeVisible();
      await onRows(server, async (rows) =>
        expect(await rows.count("SELECT count(*) FROM sending_stops WHERE ended_at IS NULL AND country = 'JP'")).toBe(1),
      );
      await page.locator("#country").selectOption("JP");
      await page.locator("#reason").fill("番号が次々に試されている");
      await main.locator('button[value="stop_sms"]').click();
      await page.waitForURL("**/admin/health?refused=no_change");
      await main.locator('button[value="start_sms"]').click();
      await page.waitForURL("**/admin/health?done=start_sms");
      await onRows(server, async (rows) => {
        expect(await rows.count("SELECT count(*) FROM sending_stops WHERE ended_at IS NULL")).toBe(0);
        expect(
          await rows.count("SELECT count(*) FROM audit_events WHERE event = 'sending.started' AND method LIKE 'sms JP staff:%'"),
        ).toBeGreaterThan(0);
      });
    }));

test("The rooms of usage and set-up have headings in order and landmarks apart, and Tab reaches the menu before the page that stands right of it.", ({
  browser,
  server,
}) =>
  staffBrowser(browser, server, "administrator", { width: 1280 }, async (visitor) => {
    const { page } = visitor;
    await fill(server);
    for (const path of ["/admin/usage", "/admin/setup", "/admin/setup/choose", "/admin/health", "/admin/users?q=nobody@example.jp"]) {
      await visitor.open(path);
      const { violations } = await new AxeBuilder({ page })
        .withRules(["heading-order", "landmark-unique", "aria-allowed-role"])
        .setLegacyMode()
        .analyze();
      expect([path, violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(", ")}`)]).toEqual([path, []]);
    }
    await visitor.open("/admin/setup");
    await page.locator("#console-search").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.closest("nav")?.id)).toBe("rooms");
  }));

test("Support reads usage and health, and gets no form, no file and no switch.", ({ browser, server }) =>
  staffBrowser(browser, server, "support", { width: 1280 }, async (visitor) => {
    const { page, main } = visitor;
    for (const path of ["/admin/usage", "/admin/usage?form=rate", "/admin/health"]) {
      await visitor.open(path);
      await expect(main.locator('button[name="act"]')).toHaveCount(0);
    }
    expect((await page.request.get("/admin/usage.csv")).url()).toContain("refused=role");
  }));

test("A person whose text cannot be sent is told on /verify, and finds the ways that need none first.", async ({
  browser,
  server,
  visit,
}) => {
  const person = await register(new Client(server.url));
  await stepUp(person);
  await addApp(person.client);
  const begun = new Client(server.url);
  await begun.post("/sign-in", { identifier: person.email, password: PASSWORD });
  const break_ = (on: boolean) =>
    onRows(server, async (rows) => {
      await rows.query("DELETE FROM conditions WHERE kind = 'provider_down'");
      if (on)
        await rows.query(`
          INSERT INTO conditions (kind, subject, facts) SELECT DISTINCT 'provider_down', a.name || ' ' || r.channel, '{}'::jsonb
          FROM provider_routes r JOIN provider_accounts a ON a.id = r.account_id WHERE r.channel = 'SMS'`);
    });
  const title = /認証コードをお届けできません/;
  await visit({ width: 390 }, async (visitor) => {
    await adopt(visitor.page.context(), begun);
    await visitor.open("/verify?with=totp");
    await expect(visitor.main).not.toContainText(title);
    await break_(true);
    await visitor.page.goto("/verify?with=recovery_code");
    await expect(visitor.main.getByRole("alert").filter({ hasText: title })).toBeVisible();
    await visitor.clean();
    await visitor.page.screenshot({ path: "test-results/usage/outage-390.png", fullPage: true });
    await visitor.main.getByRole("alert").getByRole("link").first().click();
    await visitor.page.waitForURL("**/verify?with=totp");
    await break_(false);
  });
  expect(browser.isConnected()).toBe(true);
});

test("Usage and health fit a phone and a wide window in both themes.", async ({ browser, server, visit }) => {
  const admin = await newStaff(server, "administrator");
  await fill(server);
  await onRows(server, (rows) =>
    rows.query(`INSERT INTO conditions (kind, subject, facts) VALUES ('provider_down', 'karaden-main SMS', '{"provider":"karaden-main","channel":"SMS","reason":"provider_down"}')
      ON CONFLICT DO NOTHING`),
  );
  const shots = [
    { width: 390, colorScheme: "light" },
    { width: 1280, colorScheme: "dark" },
  ] as const;
  for (const look of shots)
    await visit({ ...look, height: 1200 }, async (visitor) => {
      await adopt(visitor.page.context(), admin.client);
      for (const [file, path] of [
        ["usage", "/admin/usage"],
        ["health", "/admin/health"],
      ] as const) {
        await visitor.page.goto(path);
        await visitor.clean();
        expect([file, await visitor.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)]).toEqual([file, 0]);
        await visitor.page.screenshot({ path: `test-results/usage/${file}-${look.width}-${look.colorScheme}.png`, fullPage: true });
      }
    });
  expect(browser.isConnected()).toBe(true);
});
