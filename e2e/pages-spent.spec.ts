import { PASSWORD } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";

// The registration of this file's account uses the single text of the budget; from then on the pages put the recovery code first.
test.use({ serverSettings: { SENDS_PER_DAY: "1" } });

for (const scripts of [true, false])
  test(`A spent budget says so, puts the recovery code first and lets in by it; JavaScript ${scripts ? "on" : "off"}.`, ({
    visit,
    person,
  }) =>
    visit({ scripts }, async (visitor) => {
      const { page } = visitor;
      await visitor.open("/sign-in");
      await visitor.send({ identifier: person.email, password: PASSWORD });
      await visitor.at("/verify");
      await expect(visitor.main).toContainText("このサービスからの送信を一時的に止めているため");
      const first = visitor.main.getByRole("button").first();
      await expect(first).toHaveText("リカバリーコードを使う");
      await first.click();
      await page.waitForURL("**/verify?with=recovery_code");
      await visitor.send({ code: person.codes[scripts ? 1 : 2] ?? "" });
      await visitor.at("/account");
    }));
