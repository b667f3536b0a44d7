import { expect, test } from "@playwright/test";
import { Client, freshNumber, PASSWORD, register } from "./support/api.ts";
import { openRows } from "./support/rows.ts";
import { startInstance } from "./support/server.ts";
import { awaitingNumber, become } from "./support/stages.ts";
import { visit } from "./support/visit.ts";

// The pages offer only what can be sent: a spent budget leads to the recovery code, and without a voice provider no call is offered.

for (const scripts of [true, false])
  test(`A spent budget says so, puts the recovery code first and lets in by it; JavaScript ${scripts ? "on" : "off"}.`, async ({
    browser,
  }) => {
    // The registration uses the single text of this budget.
    const server = await startInstance({ env: { SENDS_PER_DAY: "1" } });
    const person = await register(new Client(server.url));
    await visit(browser, server.url, { scripts }, async (visitor) => {
      const { page } = visitor;
      await visitor.open("/sign-in");
      await visitor.send({ identifier: person.email, password: PASSWORD });
      await visitor.at("/verify");
      await expect(visitor.main).toContainText("このサービスからの送信を一時的に止めているため");
      const first = visitor.main.getByRole("button").first();
      await expect(first).toHaveText("リカバリーコードを使う");
      await first.click();
      await page.waitForURL("**/verify?with=recovery_code");
      await visitor.send({ code: person.codes[1] ?? "" });
      await visitor.at("/account");
    });
    await server.stop();
  });

test("Where nobody may call, no call is offered, and a landline is told so.", async ({ browser }) => {
  const server = await startInstance({});
  const rows = await openRows(server.databaseUrl);
  await rows.query("DELETE FROM provider_routes WHERE channel = 'VOICE'");
  await visit(browser, server.url, {}, async (visitor) => {
    const { page } = visitor;
    await become(visitor, await awaitingNumber(server.url), "/sign-up/phone");
    await expect(page.locator('[name="channel"]')).toHaveCount(1);
    await visitor.send({ number: "03-1234-5678", acceptRisk: true });
    expect(await visitor.refused()).toContain("自動音声の電話では認証コードをお伝えできません");
    await visitor.send({ number: freshNumber(), acceptRisk: true });
    await visitor.at("/verify");
    await expect(page.locator('button[value="sms"]')).toHaveCount(1);
    await expect(page.locator('button[value="voice"]')).toHaveCount(0);
  });
  await rows.close();
  await server.stop();
});
