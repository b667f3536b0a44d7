import { Client, freshNumber, otherThan, PASSWORD, register } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import type { Look } from "./support/visit.ts";

// The shortest complete journey in a browser, with and without JavaScript, with its error paths and axe on every page.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const looks: Look[] = [
  { scripts: false },
  { scripts: true },
  { scripts: true, locale: "en-US", colorScheme: "dark", width: 1280 },
  { scripts: true, locale: "en-US", width: 320 },
];

for (const look of looks) {
  const name = `${look.scripts ? "with" : "without"} JavaScript, ${look.locale ?? "ja-JP"}, ${look.colorScheme ?? "light"}, ${look.width ?? 390} px`;

  test(`A person signs up, sees the account, signs out and signs in, ${name}.`, ({ visit }) =>
    visit(look, async (visitor) => {
      await visitor.open("/");
      await visitor.signUp();
      await expect(visitor.main).toContainText(visitor.number.slice(-4));
      await visitor.signOut();
      await visitor.at("/sign-in");
      await visitor.page.goto("/account");
      await visitor.at("/sign-in");
      await visitor.send({ code: await visitor.passPassword() });
      await visitor.at("/account");
      await visitor.open("/demo/phone");
      await expect(visitor.page.getByRole("region", { name: /^(メッセージ|Messages)$/ })).toContainText("@localhost");
      expect(await visitor.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    }));

  test(`What goes wrong is said on top and at its field, and what was typed stays, ${name}.`, ({ visit }) =>
    visit(look, async (visitor) => {
      const { page } = visitor;
      await visitor.open("/sign-in");
      await visitor.send({ identifier: "nobody@example.jp", password: "a wrong password" });
      await visitor.refused();
      await expect(visitor.field("identifier")).toHaveValue("nobody@example.jp");
      await expect(visitor.field("password")).toHaveValue("");
      await visitor.open("/sign-up");
      await visitor.send({ email: visitor.email, password: "password" });
      await visitor.refused();
      await expect(visitor.field("password")).toHaveAttribute("aria-invalid", "true");
      await expect(page).toHaveTitle(/エラー|Error/);
    }));
}

for (const scripts of [true, false]) {
  const name = scripts ? "with JavaScript" : "without JavaScript";

  test(`A wrong code is counted down and the fifth closes the challenge, ${name}.`, ({ visit }) =>
    visit({ scripts }, async (visitor) => {
      await visitor.signUp();
      await visitor.signOut();
      const code = await visitor.passPassword();
      for (const left of [4, 3, 2, 1]) {
        await visitor.send({ code: otherThan(code, left) });
        if (left <= 3) await expect(visitor.field("code")).toHaveAccessibleDescription(new RegExp(`あと${left}回`));
        await visitor.refused();
      }
      await visitor.send({ code: otherThan(code, 9) });
      await expect(visitor.page.getByRole("heading", { level: 1 })).toHaveText("この手続きは使えなくなりました");
      await visitor.clean();
    }));

  test(`A call is offered instead of a text and a recovery code instead of both, and the first code still works, ${name}.`, ({ visit }) =>
    visit({ scripts }, async (visitor) => {
      await visitor.signUp();
      await visitor.signOut();
      const text = await visitor.passPassword();
      const before = await visitor.latest(visitor.number);
      await visitor.page.getByRole("button", { name: "自動音声の電話で受け取る" }).click();
      expect(await visitor.code(visitor.number, before)).toBe(text);
      // The form ignores a second press while the first is in progress.
      await expect(visitor.line).toContainText("発信");
      await visitor.page.getByRole("button", { name: "リカバリーコードを使う" }).click();
      await visitor.page.waitForURL("**/verify?with=recovery_code");
      await visitor.send({ code: "0000-0000-0000-0000" });
      await visitor.refused();
      await visitor.page.goto("/verify");
      await visitor.send({ code: ` ${[...text].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join(" ")} ` });
      await visitor.at("/account");
    }));

  test(`A number bound elsewhere is told only after its code, with the ways out, ${name}.`, ({ visit, server }) =>
    visit({ scripts }, async (visitor) => {
      const number = freshNumber();
      await register(new Client(server.url), { number });
      const before = await visitor.latest(number);
      await visitor.open("/sign-up");
      await visitor.send({ email: visitor.email, password: PASSWORD });
      await visitor.at("/verify");
      await visitor.send({ code: await visitor.code(visitor.email) });
      await visitor.at("/sign-up/phone");
      await visitor.send({ number, acceptRisk: true });
      await visitor.at("/verify");
      await visitor.send({ code: await visitor.code(number, before) });
      await visitor.at("/sign-up/phone");
      await expect(visitor.main).toContainText("すでにほかのアカウントに登録されています");
      await visitor.send({ number: visitor.number, acceptRisk: true });
      await visitor.at("/verify");
    }));

  test(`A number that is not accepted says why, ${name}.`, ({ visit }) =>
    visit({ scripts }, async (visitor) => {
      await visitor.open("/sign-up");
      await visitor.send({ email: visitor.email, password: PASSWORD });
      await visitor.at("/verify");
      await visitor.send({ code: await visitor.code(visitor.email) });
      await visitor.at("/sign-up/phone");
      await visitor.send({ number: "03-1234-5678", acceptRisk: true });
      expect(await visitor.refused()).toContain("固定電話には SMS が届きません");
      // The call is preselected for a landline; a mobile number returns to texts.
      await expect(visitor.page.getByRole("radio", { name: "自動音声の電話" })).toBeChecked();
      await expect(visitor.field("number")).toHaveValue("03-1234-5678");
      await visitor.send({ channel: true, number: freshNumber("0001"), acceptRisk: true });
      await visitor.at("/verify");
      if (!scripts) await visitor.page.waitForTimeout(1_000).then(() => visitor.page.reload());
      await expect(visitor.line).toContainText("拒否");
    }));
}
