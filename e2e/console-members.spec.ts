import { Client, freshEmail, freshNumber } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import { onRows, staffBrowser } from "./support/staff.ts";
import type { Look } from "./support/visit.ts";

// Members of another system: examined, imported by the worker, and signed in; with and without scripts.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const BCRYPT = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
const file = (text: string, name = "members.csv") => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

const looks: [string, Look][] = [
  ["Japanese, light, a phone", { width: 390 }],
  ["English, dark, wide, without scripts", { width: 1280, locale: "en-US", colorScheme: "dark", scripts: false }],
];

for (const [name, look] of looks)
  test(`An administrator examines a file, imports it, and a member signs in with the old password and a code (${name}).`, ({
    browser,
    server,
  }) =>
    staffBrowser(browser, server, "administrator", look, async (visitor, staff) => {
      const { page, main } = visitor;
      const [email, number] = [freshEmail(), freshNumber()];
      // More than other pages take (64 KiB), so that the front door asks who sends it.
      const many = Array.from({ length: 900 }, () => `${freshEmail()},${BCRYPT},,`);
      const lines = ["email,password_hash,phone,groups", `${email},${BCRYPT},${number},shop-1`, `${staff.email},,,`, "nobody,,,", ...many];
      await visitor.open("/admin/members");
      await page.locator('input[name="members"]').setInputFiles(file("address\nx\n"));
      await main.locator('button[value="stage"]').click();
      await expect(main.getByRole("status")).toContainText("email");
      if (look.scripts === false) {
        await page.locator('input[name="members"]').setInputFiles({ ...file(""), buffer: Buffer.alloc(9 * 1024 * 1024, "x") });
        await main.locator('button[value="stage"]').click();
        await expect(page.getByRole("heading", { name: "This is too large" })).toBeVisible();
        await page.goto("/admin/members");
      } else {
        await page.locator('input[name="members"]').setInputFiles({ ...file(""), buffer: Buffer.alloc(9 * 1024 * 1024, "x") });
        await expect(main).toContainText("8 MB を超えています");
      }
      await page.locator('input[name="members"]').setInputFiles(file(lines.join("\n")));
      await main.locator('button[value="stage"]').click();
      await page.waitForURL("**/admin/members?done=stage");
      await expect(main.getByRole("table").last()).toContainText(`${staff.email.slice(0, 2)}•••@example.jp`);
      await expect(main).toContainText(/901/);
      await visitor.clean();
      const exported = await staff.client.get("/admin/members.csv");
      expect([exported.status, exported.text.split("\r\n").length]).toEqual([200, 907]);
      expect((await new Client(server.url).get("/admin/members.csv")).status).toBe(404);
      await main.locator('button[value="begin"]').click();
      await expect(main.getByRole("alert").filter({ hasText: /\S/ }).first()).toBeVisible();
      await page.locator('textarea[name="reason"]').first().fill("旧システムからの移行です");
      await main.locator('button[value="begin"]').click();
      await page.waitForURL("**/admin/members?done=begin");
      await expect
        .poll(() => onRows(server, (rows) => rows.count("SELECT count(*) FROM member_imports WHERE state = 'done'")), { timeout: 30_000 })
        .toBeGreaterThan(0);
      await page.goto("/admin/members");
      await expect(main.getByRole("heading", { name: /^(取り込みが終わりました|The import is over)$/ })).toBeVisible();
      await visitor.clean();
      expect(await onRows(server, (rows) => rows.count("SELECT count(*) FROM member_import_batches WHERE rows_sealed IS NOT NULL"))).toBe(
        0,
      );
      await onRows(server, (rows) => rows.query("DELETE FROM member_imports"));
      await page.context().clearCookies();
      await visitor.open("/sign-in");
      await visitor.send({ identifier: email, password: "U*U" });
      await visitor.at("/verify");
      await visitor.send({ code: await visitor.code(email) });
      await visitor.at("/sign-up/phone");
      await visitor.send({ acceptRisk: true });
      await visitor.at("/verify");
      await visitor.send({ code: await visitor.code(number) });
      await visitor.at("/recovery-codes");
    }));
