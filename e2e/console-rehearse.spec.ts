import { Client } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import { staffBrowser } from "./support/staff.ts";

// The third step of the set-up guide, played by a first-time operator against the demo phone.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

test("From the four steps to a third step that is done, with nothing but the screen, in fifty clicks at most.", async ({
  browser,
  server,
}) => {
  await staffBrowser(browser, server, "administrator", { width: 390 }, async (visitor) => {
    const { page, main } = visitor;
    let clicks = 0;
    const began = Date.now();
    const click = async (role: "link" | "button" | "radio" | "checkbox", name: string | RegExp) => {
      clicks += 1;
      await main.getByRole(role, { name }).first().click();
    };
    await visitor.open("/admin/setup");
    await click("link", "計算して選ぶ");
    await click("button", "計算する");
    await click("link", "準備の4段階に戻る");
    await click("link", /^つなぐ$/);
    await click("link", "準備の4段階に戻る");
    await click("link", "実際に送る");
    await visitor.clean();
    for (const number of ["090-1234-5678", "090-1234-5679", "090-1234-5670", "090-1234-5671"]) {
      await click("link", /^次に送る/);
      await main.locator('[name="number"]').fill(number);
      await click("checkbox", /同意しています/);
      await click("button", "認証コードを送る");
      await click("radio", "全部見えた");
      await click("button", "記録する");
      await expect(main.getByText("全部見えた")).toBeVisible();
    }
    for (const [number, sentence] of [
      ["090-1234-0001", "お使いの回線が SMS を拒否しました"],
      ["090-1234-0002", "ご契約の回線に SMS がついていません"],
      ["090-1234-5678", "使わなかった送信サービス"],
    ] as const) {
      await click("link", /^次に送る/);
      await main.locator('[name="number"]').fill(number);
      await click("checkbox", /同意しています/);
      await click("button", "認証コードを送る");
      await expect(main).toContainText(sentence);
      await expect(main.locator('[data-standing="passed"]')).toBeVisible();
    }
    await click("link", /^次に送る/);
    await click("button", "練習を始める（誰にも送りません）");
    await expect(main).toContainText("ただいま、認証コードをお届けできません");
    await expect(main.getByRole("listitem").filter({ hasText: "パスキー" })).toBeVisible();
    await visitor.clean();
    await click("link", "そろいました。本番稼働へ進む");
    await expect(main.locator('[data-fact="proven"]')).toHaveAttribute("data-holds", "false");
    await visitor.open("/admin/setup");
    await expect(main.getByRole("listitem").filter({ hasText: "済み" })).toHaveCount(1);
    expect(clicks).toBeLessThanOrEqual(50);
    console.log(`from /admin/setup to a done third step: ${clicks} clicks, ${Math.round((Date.now() - began) / 1000)} s by a browser`);
    await page.goto("/admin/setup/rehearse/report");
    await visitor.clean();
    await expect(main.getByRole("table")).toContainText("末尾 78");
    expect(await page.content()).not.toMatch(/1234-?567/);
    await expect(page.locator('.console-room[href="/admin/setup"]')).toHaveAttribute("aria-current", "true");
    await page.emulateMedia({ media: "print" });
    await expect(page.locator("#rooms")).toBeHidden();
    await expect(main.getByRole("table")).toBeVisible();
  });
});

test("Without scripts a handset is sent to, a wrong code is refused at its field and nothing is lost, and the right one is recorded.", async ({
  browser,
  server,
}) => {
  await staffBrowser(browser, server, "administrator", { scripts: false, width: 1280 }, async (visitor) => {
    const { page, main } = visitor;
    await visitor.open("/admin/setup/rehearse/send?handset=uq-android");
    await main.locator('[name="number"]').fill("090-4444-5656");
    await main.locator('button[value="send"]').click();
    await expect(main.getByRole("alert")).toContainText("チェックを入れてください");
    await expect(main.locator('[name="number"]')).toHaveValue("090-4444-5656");
    await main.locator('[name="consent"]').check();
    await main.locator('button[value="send"]').click();
    await page.waitForURL(/rehearse\/[0-9a-f-]{36}$/);
    await expect(main.getByRole("heading", { level: 1 })).toHaveText("UQ mobile・Android");
    const { code } = await new Client(server.url).message("+819044445656");
    if (!code) throw new Error("the text has no code");
    await main.locator('[name="shown"][value="whole"]').check();
    await main.locator('[name="autofill"]').selectOption("filled");
    await main.locator('[name="code"]').fill(code === "000000" ? "111111" : "000000");
    await main.locator('button[value="confirm"]').click();
    await expect(main.getByRole("alert")).toContainText("認証コードが違います");
    await expect(main.locator('[name="autofill"]')).toHaveValue("filled");
    await expect(main.locator('[name="shown"][value="whole"]')).toBeChecked();
    await main.locator('[name="code"]').fill(code);
    await main.locator('button[value="confirm"]').click();
    await expect(main).toContainText("送ったものと一致しました");
    await main.locator('button[value="again"]').click();
    await expect(main.locator('button[value="confirm"]')).toBeVisible();
    await visitor.open("/admin/setup/rehearse");
    await visitor.clean();
  });
});

test("Support reads the rehearsals and sends none.", ({ browser, server }) =>
  staffBrowser(browser, server, "support", {}, async ({ page, main }) => {
    for (const path of ["/admin/setup/rehearse", "/admin/setup/rehearse/send?scene=all_down", "/admin/setup/rehearse/report"]) {
      expect([path, (await page.goto(path))?.status()]).toEqual([path, 200]);
      await expect(main.locator('button[name="act"]')).toHaveCount(0);
      await expect(main.locator('a[href*="rehearse/send"]')).toHaveCount(0);
    }
    await page.goto("/admin/setup/rehearse.csv");
    expect(new URL(page.url()).pathname).toBe("/admin/setup/rehearse/report");
  }));
