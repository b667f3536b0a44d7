import { randomUUID } from "node:crypto";
import { expect, test } from "@playwright/test";
import { PASSWORD } from "./support/api.ts";
import { openRows } from "./support/rows.ts";
import { startInstance } from "./support/server.ts";
import { visit } from "./support/visit.ts";

// When a mail server permanently rejects a mail, the waiting page says so and links back to the address.

const said = {
  ja: ["メールを届けられませんでした", "相手のメールサーバーに受け取りを断られました", "メールアドレスを直す"],
  en: ["could not be delivered", "refused the e-mail", "Change the e-mail address"],
} as const;

for (const scripts of [true, false])
  for (const locale of ["ja", "en"] as const)
    test(`says what happened and what to do now, ${locale}, JavaScript ${scripts ? "on" : "off"}`, async ({ browser }) => {
      const server = await startInstance({});
      const rows = await openRows(server.databaseUrl);
      await visit(browser, server.url, { scripts, locale }, async (visitor) => {
        const { page } = visitor;
        await visitor.open("/sign-up");
        await visitor.send({ email: `${randomUUID()}@example.jp`, password: PASSWORD });
        await visitor.at("/verify");
        await rows.query("UPDATE messages SET status = 'failed', reason = 'address_refused' WHERE channel = 'EMAIL'");
        await page.goto(`${server.url}/verify`);
        const [lead, reason, button] = said[locale];
        await expect(page.locator(".lead")).toContainText(lead);
        await expect(page.locator(".note").first()).toContainText(reason);
        await page.locator("a.button", { hasText: button }).click();
        await page.waitForURL("**/sign-up");
      });
      await rows.close();
      await server.stop();
    });
