import { randomInt } from "node:crypto";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { awaitingNumber } from "../../e2e/support/stages.ts";
import { adopt } from "../../e2e/support/visit.ts";
import { findBrowser } from "../machine/browser.ts";
import { root } from "../machine/place.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";

/**
 * `node scripts/run.mjs picture URL`: takes docs/images/waiting.png, the waiting page beside the demo phone, from a running `npm start`.
 * Run by hand after the look of either has changed.
 */
await untilStopped(async () => {
  const [url] = process.argv.slice(2);
  if (!url) throw new CommandRefusal("node scripts/run.mjs picture http://localhost:PORT, where npm start says that it listens");
  const browser = await chromium.launch({ executablePath: await findBrowser(), args: ["--no-sandbox", "--disable-gpu"] });
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: 1280, height: 1000 },
    colorScheme: "light",
    locale: "ja-JP",
    timezoneId: "Asia/Tokyo",
    reducedMotion: "reduce",
  });
  await adopt(context, await awaitingNumber(url, `hana${randomInt(100, 1000)}@example.jp`));
  await context.addCookies([{ name: "demo-phone", value: "open", url }]);
  const page = await context.newPage();
  await page.goto("/sign-up/phone");
  await page.fill('[name="number"]', "090-1234-5678");
  await page.check('[name="acceptRisk"]');
  await page.click('form:has([name="number"]) > button[type="submit"]');
  await page.waitForURL("**/verify");
  await page.getByText("到着（済み）").waitFor();
  await page.locator(".dock .arrival").first().waitFor();
  await page.screenshot({ path: join(root, "docs", "images", "waiting.png") });
  await browser.close();
  await stopAll(0);
});
