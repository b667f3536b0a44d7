import { readFileSync } from "node:fs";
import { Client, expectStatus, PASSWORD, register } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import type { Visitor } from "./support/person.ts";
import { command } from "./support/provider.ts";
import { newStaff, onRows, staffBrowser } from "./support/staff.ts";
import type { Look } from "./support/visit.ts";

// The logs of the console as staff use them: the log of messages with sending again, and the audit log with its file.
test.use({ serverSettings: {} });

const looks: Look[] = [
  { scripts: true, width: 390, colorScheme: "dark" },
  { scripts: false, locale: "en-US", width: 1280 },
  { scripts: true, width: 1280 },
];
const nameOf = ({ scripts, width, locale, colorScheme = "light" }: Look) =>
  `${scripts ? "with" : "without"} JavaScript, ${width} px, ${colorScheme}, ${locale ?? "ja-JP"}`;

/** Expects that nothing of a page is cut off or scrolls sideways. */
const fits = ({ page }: Visitor) =>
  expect(page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).resolves.toBe(0);

for (const look of looks) {
  test(`A person’s text is found by two digits, explained, and sent again with a reason, ${nameOf(look)}.`, ({ browser, server, clock }) =>
    staffBrowser(browser, server, "support", look, async (visitor) => {
      const { page, main } = visitor;
      const person = await register(new Client(server.url));
      expectStatus(await person.client.call("DELETE", "/api/v1/session"), 204);
      const before = await person.client.latest(person.number);
      expectStatus(await person.client.post("/sign-in", { identifier: person.email, password: PASSWORD }), 200);
      const first = await person.client.message(person.number, before);
      await visitor.open("/admin/messages");
      await fits(visitor);
      await page.locator('[name="q"]').last().fill(person.number.slice(-2));
      await page.locator('select[name="purpose"]').selectOption("code.SIGN_IN");
      await page.locator('form[action="/admin/messages"] button[type="submit"]').click();
      await page.waitForURL(/\/admin\/messages\?.*q=\d\d/);
      const row = main.getByRole("row").nth(1);
      await expect(row).toContainText(person.number.slice(-2));
      await expect(main).not.toContainText(person.number.slice(-4));
      await fits(visitor);
      await row.getByRole("link").first().click();
      await page.waitForURL(/\/admin\/messages\/[0-9a-f-]{36}$/);
      await visitor.clean();
      await fits(visitor);
      await clock(31);
      const again = page.locator('form[name="resend"]');
      await again.locator('[name="reason"]').fill(look.locale ? "asked by telephone" : "本人から電話で頼まれました");
      await again.locator('button[name="act"][value="resend"]').click();
      await page.waitForURL(/\?done=resend&message=[0-9a-f-]{36}$/);
      await expect(main.getByRole("status").first()).toBeVisible();
      const second = await person.client.message(person.number, first.at);
      expect(second.code).toBe(first.code);
      await again.locator('[name="reason"]').fill("too early, again");
      await again.locator('button[name="act"][value="resend"]').click();
      await page.waitForURL(/\?refused=too_many_sends$/);
      await expect(visitor.alert).toBeVisible();
      expectStatus(await person.client.post("/challenge/verify", { code: second.code ?? "" }), 200);
      await visitor.open(new URL(page.url()).pathname);
      await expect(again).toHaveCount(0);
      expect(
        await onRows(server, (rows) => rows.count("SELECT count(*) FROM audit_events WHERE event = 'message.resent'")),
      ).toBeGreaterThan(0);
    }));

  test(`The audit log is narrowed, leads to its places, says that its chain is whole, and is exported, ${nameOf(look)}.`, ({
    browser,
    server,
  }) =>
    staffBrowser(browser, server, "administrator", look, async (visitor, admin) => {
      const { page, main } = visitor;
      const person = await register(new Client(server.url));
      await onRows(server, (rows) =>
        rows.query(
          "INSERT INTO audit_events (event, subject, ip, user_agent) SELECT 'session.opened', audit_subject, '203.0.113.80', '=HYPERLINK(\"x\")' FROM users WHERE email = $1",
          person.email,
        ),
      );
      await visitor.open("/admin/audit");
      await fits(visitor);
      await page.locator('[name="target"]').fill(person.email);
      await page.locator('form[action="/admin/audit"] button[type="submit"]').click();
      await page.waitForURL(/target=/);
      await visitor.clean();
      await fits(visitor);
      await main
        .getByRole("row")
        .filter({ has: page.locator('a[href*="203.0.113.80"]') })
        .locator('a[href*="203.0.113.80"]')
        .click();
      await page.waitForURL(/ip=203\.0\.113\.80/);
      await expect(main.getByRole("row")).toHaveCount(2);
      const download = page.waitForEvent("download");
      await main.locator('a[href^="/admin/audit.csv"]').click();
      const file = readFileSync(await (await download).path(), "utf8");
      expect(file).toMatch(/^\uFEFFid,at,event,author/);
      expect(file).toContain(`"'=HYPERLINK(""x"")"`);
      expect(file.trim().split("\r\n")).toHaveLength(2);
      await visitor.open("/admin/audit?act=audit.exported");
      await expect(main.getByRole("row").nth(1)).toContainText(admin.email);
      const message = await onRows(
        server,
        async (rows) => (await rows.query<{ id: string }>("SELECT id FROM messages ORDER BY created_at DESC LIMIT 1"))[0]?.id,
      );
      await visitor.open(`/admin/audit?act=sign_up.started`);
      expect(message).toBeDefined();
    }));
}

test("A visitor and a person without a role find none of the logs, support reads them and exports nothing, and a seed is for a demo alone.", async ({
  server,
  person,
}) => {
  const paths = ["/admin/messages", "/admin/messages/00000000-0000-4000-8000-000000000000", "/admin/audit", "/admin/audit.csv"];
  for (const client of [new Client(server.url), person.client])
    for (const path of paths) expect([path, (await client.get(path)).status]).toEqual([path, 404]);
  const support = await newStaff(server, "support");
  expect((await support.client.get("/admin/audit")).status).toBe(200);
  const refused = await support.client.get("/admin/audit.csv");
  expect([refused.status, refused.headers.get("location")]).toEqual([307, "/admin/audit?refused=role"]);
  expect(
    await onRows(server, (rows) =>
      rows.count(
        "SELECT count(*) FROM audit_events e JOIN users u ON e.method LIKE '%' || u.audit_subject WHERE u.email = $1 AND event = 'audit.exported'",
        support.email,
      ),
    ),
  ).toBe(0);
  const seeded = await command("seed", server.databaseUrl, ["--users", "20", "--messages", "20"], { SEKISHO_MODE: "production" });
  expect([seeded.code, seeded.out]).toEqual([1, expect.stringContaining("for a demo alone")]);
});
