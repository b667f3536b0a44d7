import type { Page } from "@playwright/test";
import { Client, PASSWORD } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import type { Visitor } from "./support/person.ts";

// A passkey on a virtual authenticator: made, used alone and as second factor, refused, and removed, in both languages; and what is left without scripts.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

/** An authenticator in the device that verifies its user; `answers` turns its person away and back. */
async function addAuthenticator(page: Page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      ...{ protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: false },
    },
  });
  return {
    answers: (enabled: boolean) => cdp.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled }),
    count: async () => (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials.length,
  };
}

async function stepUpByText(visitor: Visitor): Promise<void> {
  const before = await visitor.latest(visitor.number);
  await visitor.page.locator('form:has([name="action"]) button').click();
  await visitor.at("/verify");
  await visitor.send({ code: await visitor.code(visitor.number, before) });
}

for (const look of [{ scripts: true }, { scripts: true, locale: "en-US", width: 320 }])
  test(`A passkey is made, signs in alone and after the password, and is removed: ${look.locale ?? "ja-JP"}.`, ({ visit }) =>
    visit(look, async (visitor) => {
      const { page } = visitor;
      const english = look.locale !== undefined;
      await visitor.signUp();
      const authenticator = await addAuthenticator(page);
      await visitor.open("/account/factors");
      await page.locator('main a[href="/account/factors/passkey"]').click();
      await visitor.at("/account/factors/passkey");
      await stepUpByText(visitor);
      await visitor.at("/account/factors/passkey");
      await authenticator.answers(true);
      await page.locator("main button.button").click();
      await visitor.at("/account/factors");
      expect(await authenticator.count()).toBe(1);
      await expect(page.getByRole("status").first()).toContainText(english ? "was added" : "登録しました");

      await page.goto("/account/factors/passkey");
      await page.locator("main button.button").click();
      await expect(page.locator("main")).toContainText(english ? "already has a passkey" : "もう登録されています");
      await visitor.clean();

      await authenticator.answers(false);
      await visitor.signOut();
      await visitor.at("/sign-in");
      const alone = page.getByRole("button", { name: english ? "Sign in with a passkey" : "パスキーでログイン" });
      await authenticator.answers(true);
      await alone.click();
      await visitor.at("/account");
      const session = await page.evaluate(async () => (await fetch("/api/v1/session")).json());
      expect(session).toMatchObject({ aal: 2, amr: ["hwk", "user"] });

      await authenticator.answers(false);
      await visitor.signOut();
      await visitor.at("/sign-in");
      await visitor.send({ identifier: visitor.email, password: PASSWORD });
      await visitor.at("/verify");
      await authenticator.answers(true);
      await page.locator('button[name="method"][value="passkey"]').click();
      await visitor.at("/account");
      expect(await page.evaluate(async () => (await fetch("/api/v1/session")).json())).toMatchObject({
        aal: 2,
        amr: ["pwd", "hwk", "user"],
      });

      await visitor.open("/account/factors");
      await page.locator('main a[href^="/account/factors/passkey/"]').click();
      await page.locator('form:has([name="action"]) button').click();
      await visitor.at("/verify");
      await page.locator('button[name="method"][value="passkey"]').click();
      await page.waitForURL((url) => url.pathname.startsWith("/account/factors/passkey/"));
      await visitor.send({ name: english ? "Phone" : "スマホ" });
      await visitor.at("/account/factors");
      await expect(page.locator("main")).toContainText(english ? "Phone" : "スマホ");
      await page.locator('main a[href^="/account/factors/passkey/"]').click();
      await page.locator("section[aria-labelledby=remove] button").click();
      await visitor.at("/account/factors");
      await expect(page.getByRole("status").first()).toContainText(english ? "was removed" : "削除しました");

      // The device keeps the passkey until this site reports it as unknown. The dialog opens before the authenticator answers, because the
      // suggestions in the field would take that answer.
      await authenticator.answers(false);
      await visitor.signOut();
      await visitor.at("/sign-in");
      expect(await authenticator.count()).toBe(1);
      // An authenticator that changes while a request arrives may leave it unanswered, so the page is opened anew then.
      await expect(async () => {
        await authenticator.answers(false);
        await page.goto("/sign-in");
        await alone.click();
        await authenticator.answers(true);
        await expect(page.locator("main")).toContainText(english ? "not registered here" : "登録されていません", { timeout: 5_000 });
      }).toPass();
      await expect.poll(() => authenticator.count()).toBe(0);
      await visitor.clean();
    }));

test("A dialog that is not answered has its own words, and the other ways go on.", async ({ visitor }) => {
  const { page } = visitor;
  await visitor.signUp();
  await visitor.open("/account/factors/passkey");
  await stepUpByText(visitor);
  await visitor.at("/account/factors/passkey");
  // Without an authenticator the browser refuses at once, as after a cancelled dialog.
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  await page.evaluate(() => {
    navigator.credentials.create = () => Promise.reject(new DOMException("cancelled", "NotAllowedError"));
  });
  await page.locator("main button.button").click();
  await expect(page.locator("main")).toContainText("確認が終わりませんでした");
  await page.evaluate(() => {
    navigator.credentials.create = () => Promise.reject(new DOMException("no", "SecurityError"));
  });
  await page.locator("main button.button").click();
  await expect(page.locator("main")).not.toContainText("確認が終わりませんでした");
  await page.route("**/api/v1/factors/passkeys", (route) => route.abort());
  await page.locator("main button.button").click();
  await expect(page.locator("main")).toContainText("通信できませんでした");
});

test("Without JavaScript the pages say what else works.", ({ visit }) =>
  visit({ scripts: false }, async (visitor) => {
    await visitor.signUp();
    await visitor.open("/account/factors/passkey");
    await expect(visitor.page.locator('noscript a[href="/account/factors/app"]')).toBeVisible();
    await visitor.open("/sign-in");
    await expect(visitor.page.locator("main")).not.toContainText("パスキーでログイン");
  }));

test("The well-known places lead to the pages.", async ({ server }) => {
  const client = new Client(server.url);
  expect((await client.get("/.well-known/passkey-endpoints")).body).toEqual({
    enroll: `${server.url}/account/factors/passkey`,
    manage: `${server.url}/account/factors`,
  });
  const changed = await client.get("/.well-known/change-password");
  expect([changed.status, changed.headers.get("location")]).toEqual([302, "/account/password"]);
});
