import { Client, PASSWORD } from "./support/api.ts";
import { shownBy } from "./support/factor-plays.ts";
import { expect, test } from "./support/fixtures.ts";
import type { Look } from "./support/visit.ts";

// An authenticator app from its QR code to its removal, with and without JavaScript, in both languages.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const looks: Look[] = [{ scripts: false }, { scripts: true }, { scripts: true, locale: "en-US", width: 320 }];

for (const look of looks)
  test(`An app is set up, signs in, tells of a clock that is off, and is removed: ${look.scripts ? "with" : "without"} JavaScript, ${look.locale ?? "ja-JP"}.`, ({
    visit,
    server,
    clock,
  }) =>
    visit(look, async (visitor) => {
      const { page } = visitor;
      await visitor.signUp();
      await visitor.open("/account/factors");
      await page.locator('main a[href="/account/factors/app"]').click();
      await visitor.at("/account/factors/app");
      const before = await visitor.latest(visitor.number);
      await page.locator('form:has([name="action"]) button').click();
      await visitor.at("/verify");
      await visitor.send({ code: await visitor.code(visitor.number, before) });
      await visitor.at("/account/factors/app");
      await page.locator("main form button").first().click();
      await expect(page.locator('main svg[role="img"]')).toBeVisible();
      await visitor.clean();
      const secret = (await page.locator("ol.codes li").innerText()).replaceAll(/\s/g, "");
      expect(secret).toMatch(/^[A-Z2-7]{32}$/);
      await visitor.send({ code: "000000" });
      await visitor.refused();
      await visitor.send({ code: shownBy(secret) });
      await visitor.at("/account/factors");
      await expect(page.getByRole("status").first()).toContainText(look.locale ? "is set up" : "登録しました");
      await visitor.open("/account/factors/app");
      await expect(page.locator("main")).not.toContainText(secret.slice(0, 4));

      await visitor.signOut();
      const texts = await visitor.latest(visitor.number);
      await clock(60);
      await visitor.open("/sign-in");
      await visitor.send({ identifier: visitor.email, password: PASSWORD });
      await visitor.at("/verify");
      await expect(page.locator('input[name="method"][value="totp"]')).toBeAttached();
      await visitor.send({ code: shownBy(secret, 8) });
      expect(await visitor.refused()).toContain(look.locale ? "date and time" : "日付と時刻");
      await visitor.send({ code: shownBy(secret, 2) });
      await visitor.at("/account");
      const sent = await new Client(server.url).get(`/api/demo/messages?to=${encodeURIComponent(visitor.number)}&after=${texts}`);
      expect((sent.body as unknown as { code: string | null }[]).filter(({ code }) => code !== null)).toEqual([]);

      await clock(120);
      await visitor.open("/account/factors/app");
      await page.locator('form:has([name="action"]) button').click();
      await visitor.at("/verify");
      await visitor.send({ code: shownBy(secret, 4) });
      await visitor.at("/account/factors/app");
      await page.locator("section#remove, section[aria-labelledby=remove]").locator("button").click();
      await visitor.at("/account/factors");
      await expect(page.getByRole("status").first()).toContainText(look.locale ? "was removed" : "削除しました");
    }));
