import { expect, test } from "./support/fixtures.ts";
import { staffBrowser } from "./support/staff.ts";

// The set-up guide as a new operator sees it, and the pages of the message services.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

for (const scripts of [true, false])
  test(`An administrator computes the volume, enters a message service, sends one text, and reads what is left (${scripts ? "with" : "without"} scripts).`, ({
    browser,
    server,
  }) =>
    staffBrowser(browser, server, "administrator", { scripts, width: scripts ? 390 : 1280 }, async (visitor) => {
      const { page, main } = visitor;
      const name = scripts ? "gateway" : "gateway-2";
      const secret = "a-secret-of-thirty-two-characters-or-more";
      await visitor.open("/admin/setup");
      await visitor.clean();
      await main.getByRole("link", { name: "計算して選ぶ" }).click();
      await main.getByLabel("月末のアカウントの数").fill("12000");
      await main.getByLabel("1人が1か月にログインする回数").fill("1.9");
      await main.getByRole("button", { name: "計算する" }).click();
      await page.waitForURL("**people=12000**");
      await expect(main.getByRole("table", { name: "計算" })).toContainText("18,240");
      await expect(main).toContainText("未確認");
      await visitor.clean();
      await page.goto("/admin/setup/link");
      await visitor.clean();
      await main.getByRole("link", { name: "送信サービスの画面で登録・変更する" }).click();
      await main.getByRole("link", { name: "送信サービスを追加する" }).click();
      await main.getByRole("link", { name: "webhook" }).click();
      await main.locator('[name="name"]').fill(name);
      await main.locator('[name="baseUrl"]').fill("https://10.0.0.7/send");
      await main.locator('[name="secret.secret"]').fill(secret);
      await main.locator('[name="price"]').fill("8.5");
      await main.locator('button[value="add"]').click();
      await expect(main.getByRole("alert")).toContainText("社内のネットワーク");
      await expect(main.locator('[name="price"]')).toHaveValue("8.5");
      await expect(main.locator('[name="secret.secret"]')).toHaveValue("");
      await main.locator('[name="baseUrl"]').fill("http://127.0.0.1:45999/send");
      await main.locator('[name="secret.secret"]').fill(secret);
      await main.locator('button[value="add"]').click();
      await page.waitForURL(`**/admin/providers/${name}?done=add`);
      await visitor.clean();
      expect(await page.content()).not.toContain(secret);
      await main.locator('button[value="test_callback"]').click();
      await expect(main.getByRole("status").filter({ hasText: "このサーバーに着いています" })).toBeVisible();
      await main.locator('[name="number"]').fill("090-1234-5678");
      await main.locator('button[value="test"]').click();
      await expect(main.getByRole("status").filter({ hasText: "送れませんでした" })).toContainText("接続を拒否されました");
      await page.goto("/admin/providers/demo");
      await main.locator('[name="number"]').fill("090-1234-5678");
      await main.locator('button[value="test"]').click();
      await expect(main.getByRole("status").filter({ hasText: /届きました|受け取りました/ })).toBeVisible();
      await page.goto(`/admin/providers/${name}`);
      await main.getByText("削除する").first().click();
      await main.locator('button[value="remove"]').click();
      await page.waitForURL("**?done=remove");
      await visitor.clean();
      await page.goto("/admin/setup/go-live");
      await expect(main.locator('[data-fact="proven"]')).toHaveAttribute("data-holds", "false");
      await expect(main.locator('[data-fact="demo"]')).toHaveAttribute("data-holds", "false");
      await visitor.clean();
    }));

test("Support reads the message services and changes none, and sees no address for receipts.", ({ browser, server }) =>
  staffBrowser(browser, server, "support", {}, async ({ page, main }) => {
    for (const path of [
      "/admin/setup",
      "/admin/setup/go-live",
      "/admin/providers",
      "/admin/providers/demo",
      "/admin/providers/add?kind=twilio",
    ]) {
      expect([path, (await page.goto(path))?.status()]).toEqual([path, 200]);
      await expect(main.locator('button[name="act"]')).toHaveCount(0);
    }
    expect(await page.content()).not.toContain("/api/receipts/");
  }));
