import { crc32, deflateSync } from "node:zlib";
import { Client } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import { newStaff, staffBrowser } from "./support/staff.ts";

// Whose service it is, and the wording of its texts, as an administrator enters them and everybody sees them.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const chunk = (name: string, data: Buffer) => {
  const body = Buffer.concat([Buffer.from(name), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
};

/** A PNG of one colour, 64 pixels a side. */
function logo(): Buffer {
  const head = Buffer.from([0, 0, 0, 64, 0, 0, 0, 64, 8, 2, 0, 0, 0]);
  const line = Buffer.concat([Buffer.from([0]), Buffer.alloc(64 * 3, Buffer.from([0x0a, 0x7a, 0x50]))]);
  const pixels = deflateSync(Buffer.concat(Array(64).fill(line)));
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", head),
    chunk("IDAT", pixels),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

for (const scripts of [true, false])
  test(`An administrator says whose service it is, and pages show its name, logo, colour and documents (${scripts ? "with" : "without"} scripts).`, ({
    browser,
    server,
  }) =>
    staffBrowser(browser, server, "administrator", { scripts, width: scripts ? 390 : 1280 }, async (visitor) => {
      const { page, main } = visitor;
      const name = scripts ? "みなと銀行" : "ひがし商店";
      await visitor.open("/admin/setup");
      await main.getByRole("link", { name: "名前・ロゴ・色を決める" }).click();
      await page.waitForURL("**/admin/setup/service");
      await visitor.clean();
      await main.locator('[name="name"]').fill(name);
      await main.locator('[name="accentDay"]').fill("#ffcc00");
      await main.locator('[name="termsUrl"]').fill("https://minato.example/terms");
      await main.locator('[name="reason"]').fill("開業のため");
      await main.locator('button[value="change"]').click();
      await expect(main.getByRole("status").filter({ hasText: "いちばん近い読める色は" })).toContainText(/#[0-9a-f]{6} です/);
      await expect(main.locator('[name="name"]')).toHaveValue(name);
      await visitor.clean();
      await main.locator('[name="accentDay"]').fill("#0a6a46");
      await main.locator('[name="logo"]').setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: Buffer.from("<svg/>") });
      await main.locator('button[value="change"]').click();
      await expect(main.getByRole("alert")).toContainText("ロゴ");
      await main.locator('[name="logo"]').setInputFiles({ name: "logo.svg", mimeType: "image/svg+xml", buffer: logo() });
      await main.locator('button[value="change"]').click();
      await page.waitForURL("**?done=change");
      await visitor.clean();
      const stranger = new Client(server.url);
      const front = await stranger.get("/sign-in");
      expect(front.text).toContain(name);
      expect(front.text).toContain('href="https://minato.example/terms"');
      const [, image = ""] = /src="(\/service-logo\?v=[0-9a-f]{64})"/.exec(front.text) ?? [];
      const served = await stranger.get(image);
      expect([served.status, served.headers.get("content-type"), served.headers.get("x-content-type-options")]).toEqual([
        200,
        "image/png",
        "nosniff",
      ]);
      expect(served.headers.get("cache-control")).toContain("immutable");
      expect((await stranger.get(image.replace(/.$/, (last) => (last === "0" ? "1" : "0")))).status).toBe(404);
      await page.goto("/sign-in");
      const link = page.locator("footer a").first();
      expect(await link.evaluate((one) => getComputedStyle(one).color)).toBe("rgb(10, 106, 70)");
      expect(await page.locator("header img").evaluate((one: HTMLImageElement) => one.naturalWidth)).toBe(64);
      await visitor.clean();
    }));

test("An administrator words a text anew: a bad wording is refused in words, a preview saves nothing, and the change goes back.", ({
  browser,
  server,
}) =>
  staffBrowser(browser, server, "administrator", { width: 390 }, async (visitor) => {
    const { page, main } = visitor;
    await visitor.open("/admin/texts");
    await visitor.clean();
    await main.locator('a[href="/admin/texts/sign_in/ja"]').click();
    await page.waitForURL("**/admin/texts/sign_in/ja");
    await visitor.clean();
    const body = main.locator('[name="body"]');
    const shipped = await body.inputValue();
    await body.fill("【{service}】{purpose}\n{minutes}分有効。{warning}");
    await main.locator('button[value="preview"]').click();
    await expect(main.getByRole("status").filter({ hasText: "{code} がありません" })).toBeVisible();
    await body.fill("【{service}】{purpose}は {code}\n{minutes}分有効。{warning}");
    await main.locator('button[value="preview"]').click();
    await expect(main.getByRole("status").filter({ hasText: "（1通）" })).toContainText("012345");
    await visitor.clean();
    await main.locator('[name="reason"]').fill("短くします");
    await main.locator('button[value="change"]').click();
    await page.waitForURL("**?done=change");
    await expect(main).toContainText("自社の文面");
    await main.getByRole("link", { name: "はじめの文面に戻す" }).click();
    await page.waitForURL("**?version=product#change");
    await expect(body).toHaveValue(shipped);
    await main.locator('[name="reason"]').fill("元に戻します");
    await main.locator('button[value="change"]').click();
    await page.waitForURL("**?done=change");
    await expect(main.getByRole("table").getByRole("row")).toHaveCount(3);
    await visitor.clean();
  }));

test("Support reads whose service it is, the texts and the facts of go-live, and changes none; a wrong proof confirms nothing.", async ({
  browser,
  server,
}) => {
  const support = await newStaff(server, "support");
  for (const path of ["/admin/setup/service", "/admin/texts", "/admin/texts/sign_in/ja", "/admin/setup/go-live?confirm=keys"]) {
    const { status, text } = await support.client.get(path);
    expect([path, status, /name="act"/.test(text)]).toEqual([path, 200, false]);
  }
  expect((await support.client.get("/admin/texts/nothing/ja")).status).toBe(404);
  await staffBrowser(browser, server, "administrator", { width: 390, scripts: false }, async (visitor) => {
    const { page, main } = visitor;
    await visitor.open("/admin/setup/go-live");
    await expect(main.locator('[data-fact="keys"]')).toHaveAttribute("data-holds", "false");
    await main.locator('[data-fact="keys"]').getByRole("link").click();
    await main.locator('[name="proof"]').fill("00000000");
    await main.locator('button[value="keys"]').click();
    await expect(main.getByRole("alert")).toContainText("控えの鍵の8文字");
    await visitor.clean();
    await page.goto("/admin/setup/go-live");
    await expect(main.locator('[data-fact="keys"]')).toHaveAttribute("data-holds", "false");
  });
});
