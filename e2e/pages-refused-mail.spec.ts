import { randomUUID } from "node:crypto";
import { PASSWORD } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";

// When a mail server permanently rejects a mail, the waiting page says so and links back to the address.

test.use({ serverSettings: {} });

const said = {
  ja: ["メールを届けられませんでした", "相手のメールサーバーに受け取りを断られました", "メールアドレスを直す"],
  en: ["could not be delivered", "refused the e-mail", "Change the e-mail address"],
} as const;

for (const scripts of [true, false])
  for (const locale of ["ja", "en"] as const)
    test(`The waiting page says what happened to the mail and what to do now, ${locale}, JavaScript ${scripts ? "on" : "off"}.`, ({
      visit,
      rows,
    }) =>
      visit({ scripts, locale }, async (visitor) => {
        const { page } = visitor;
        await visitor.open("/sign-up");
        await visitor.send({ email: `${randomUUID()}@example.jp`, password: PASSWORD });
        await visitor.at("/verify");
        await rows.query("UPDATE messages SET status = 'failed', reason = 'address_refused' WHERE channel = 'EMAIL'");
        await page.reload();
        const [lead, reason, button] = said[locale];
        await expect(page.getByRole("main")).toContainText(lead);
        await expect(page.getByRole("main")).toContainText(reason);
        await page.getByRole("link", { name: button }).first().click();
        await page.waitForURL("**/sign-up");
      }));
