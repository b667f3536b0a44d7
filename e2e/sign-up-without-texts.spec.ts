import type { CDPSession, Page } from "@playwright/test";
import { Client, freshEmail, PASSWORD, register } from "./support/api.ts";
import { shownBy } from "./support/factor-plays.ts";
import { expect, test } from "./support/fixtures.ts";
import type { Visitor } from "./support/person.ts";
import { allowAtSignUp } from "./support/sign-up-factor-plays.ts";
import { awaitingNumber, become } from "./support/stages.ts";

// People whose plan has no texts register with an app or a passkey, and a browser that can makes a passkey by itself after a text.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

/** Gives the page an authenticator of Chromium's own. */
async function withAuthenticator(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return session;
}

const save = async (visitor: Visitor) => {
  await visitor.at("/recovery-codes");
  await visitor.send({ saved: true });
  await visitor.at("/account");
};

for (const scripts of [true, false])
  test(`An app completes a sign-up and is asked for at the next sign-in; JavaScript ${scripts ? "on" : "off"}.`, async ({
    visit,
    server,
  }) => {
    await allowAtSignUp(server.databaseUrl, ["phone", "totp", "passkey"]);
    const email = freshEmail();
    await visit({ scripts }, async (visitor) => {
      const { page } = visitor;
      await become(visitor, await awaitingNumber(server.url, email), "/sign-up/phone");
      await expect(page.locator("#no-texts")).toContainText("SMS を受け取れない方は、認証アプリかパスキーで登録できます");
      await page.locator('main a[href="/sign-up/app"]').click();
      await visitor.at("/sign-up/app");
      await page.locator("form > button.button").click();
      await expect(page.locator("main svg[role=img]")).toBeVisible();
      const secret = ((await page.locator("main a[href^='otpauth:']").getAttribute("href")) ?? "").match(/secret=([A-Z2-7]+)/)?.[1] ?? "";
      await visitor.send({ code: "000000" });
      expect(await visitor.refused()).toContain("認証コードが違います");
      await visitor.send({ code: shownBy(secret) });
      await save(visitor);
      await page.context().clearCookies();
      await visitor.open("/sign-in");
      await visitor.send({ identifier: email, password: PASSWORD });
      await visitor.at("/verify");
      await expect(page.locator("h1")).toHaveText("認証アプリの認証コードを入力");
    });
  });

test("A passkey completes a sign-up, and without JavaScript its page leads to what works.", async ({ visit, server }) => {
  await allowAtSignUp(server.databaseUrl, ["totp", "passkey"]);
  await visit({}, async (visitor) => {
    const { page } = visitor;
    await become(visitor, await awaitingNumber(server.url), "/sign-up/phone");
    await expect(page.locator("[name=number]")).toHaveCount(0);
    await withAuthenticator(page);
    await page.locator('a[href="/sign-up/passkey"]').click();
    await visitor.at("/sign-up/passkey");
    await page.locator("button.button").click();
    await save(visitor);
  });
  await visit({ scripts: false }, async (visitor) => {
    const { page } = visitor;
    await become(visitor, await awaitingNumber(server.url), "/sign-up/passkey");
    expect(await (await page.request.get("/sign-up/passkey")).text()).toContain("JavaScript がなくても、次の方法で登録できます");
    await page.locator('a[href="/sign-up/app"]').click();
    await visitor.at("/sign-up/app");
  });
});

test("A kind that the operator does not allow says so and leads to the others, and the help page knows.", async ({ visit, server }) => {
  await allowAtSignUp(server.databaseUrl, ["phone"]);
  await visit({}, async (visitor) => {
    const { page } = visitor;
    await become(visitor, await awaitingNumber(server.url), "/sign-up/phone");
    await expect(page.locator("#no-texts")).toHaveCount(0);
    for (const path of ["/sign-up/app", "/sign-up/passkey"]) {
      await visitor.open(path);
      await expect(page.locator("main")).toContainText("いまは、この方法では登録できません");
      await expect(page.locator('a[href="/sign-up/phone"]')).toBeVisible();
    }
    await visitor.open("/not-arriving");
    await expect(page.locator("main")).not.toContainText("電話番号を使わずに登録する");
    await allowAtSignUp(server.databaseUrl, ["phone", "totp"]);
    await visitor.open("/not-arriving");
    await expect(page.locator("main")).toContainText("電話番号を使わずに登録する");
  });
});

/** A browser that makes passkeys by itself: where Chromium asks its password manager first, its authenticator answers in the manager's place. */
const conditionalCreate = () => {
  const own = PublicKeyCredential.getClientCapabilities?.bind(PublicKeyCredential);
  PublicKeyCredential.getClientCapabilities = async () => ({ ...(await own?.()), conditionalCreate: true });
  const create = navigator.credentials.create.bind(navigator.credentials);
  navigator.credentials.create = (options) => {
    const { mediation, ...rest } = options as CredentialCreationOptions & { mediation?: string };
    (window as unknown as { mediation?: string }).mediation = mediation;
    return create(rest);
  };
};

test("A browser that can makes a passkey by itself after a text, and the account is told.", async ({ visit, server, rows }) => {
  const person = await register(new Client(server.url));
  await visit({}, async (visitor) => {
    const { page } = visitor;
    await withAuthenticator(page);
    await page.addInitScript(conditionalCreate);
    const before = await visitor.latest(person.number);
    await visitor.open("/sign-in");
    await visitor.send({ identifier: person.email, password: PASSWORD });
    await visitor.at("/verify");
    await expect(page.locator('[name="canMake"]')).toHaveCount(1);
    await visitor.send({ code: await visitor.code(person.number, before) });
    await visitor.at("/account");
    await expect(page.locator("#passkey-made")).toBeVisible();
    await page.goBack();
    expect(new URL(page.url()).pathname).not.toBe("/verify/passkey");
  });
  expect(
    await rows.query(
      "SELECT p.needs_password FROM passkeys p JOIN authenticators a ON a.id = p.id JOIN users u ON u.id = a.user_id WHERE u.email = $1",
      person.email,
    ),
  ).toEqual([{ needs_password: true }]);
});

// Chromium's password manager has no account here: it refuses at once or, while a virtual authenticator takes its dialogs away, never answers.
test("A browser that refuses, does not answer, or has no script, arrives all the same within seconds, and the offer can be put off.", async ({
  visit,
  server,
}) => {
  test.setTimeout(120_000);
  for (const { scripts, silent } of [
    { scripts: true, silent: false },
    { scripts: true, silent: true },
    { scripts: false, silent: false },
  ]) {
    const person = await register(new Client(server.url));
    await visit({ scripts }, async (visitor) => {
      const { page } = visitor;
      if (scripts)
        await page.addInitScript(() => {
          PublicKeyCredential.getClientCapabilities = async () => ({ conditionalCreate: true });
        });
      if (silent) await withAuthenticator(page);
      const before = await visitor.latest(person.number);
      await visitor.open("/sign-in");
      await visitor.send({ identifier: person.email, password: PASSWORD });
      await visitor.at("/verify");
      if (scripts) await expect(page.locator('[name="canMake"]')).toHaveCount(1);
      await visitor.send({ code: await visitor.code(person.number, before) });
      if (!scripts) {
        await visitor.at("/account");
        await visitor.open("/verify/passkey?returnTo=/account/sessions");
        await page.locator("main a.button").click();
        await visitor.at("/account/sessions");
        await visitor.open("/account");
      }
      await visitor.at("/account");
      await expect(page.locator("#next")).toContainText("この端末にパスキーを作る");
      await page.locator('form[name="later"] button').click();
      await expect(page.locator("#next")).not.toContainText("この端末にパスキーを作る");
    });
  }
});
