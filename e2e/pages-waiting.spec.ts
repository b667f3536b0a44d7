import { type Browser, expect, type Page, test } from "@playwright/test";
import { Client, freshNumber, otherThan } from "./support/api.ts";
import type { Visitor } from "./support/person.ts";
import { openRows } from "./support/rows.ts";
import { type Instance, startInstance } from "./support/server.ts";
import { awaitingCode, awaitingNumber, become, lockedOut } from "./support/stages.ts";
import { visit as visitAt } from "./support/visit.ts";

// The waiting page shows only stored state and puts the useful way first. The countdown is visual; only its start and end are announced.
let server: Instance;
test.beforeAll(async () => {
  server = await startInstance({ env: { SEKISHO_LIMITS: "bench" } });
});
test.afterAll(() => server.stop());

const visit = (browser: Browser, run: (visitor: Visitor) => Promise<void>) => visitAt(browser, server.url, {}, run);

/** Brings a visitor to the waiting page with a number of fixed behaviour. */
async function waitingFor(visitor: Visitor, digits: string): Promise<string> {
  await become(visitor, await awaitingNumber(server.url), "/sign-up/phone");
  const number = freshNumber(digits);
  await visitor.send({ number, acceptRisk: true });
  await visitor.at("/verify");
  return number;
}

const primary = (page: Page) => page.locator("button.button:not(.quiet)");
const moveClock = (seconds: number) => new Client(server.url).clock(seconds);

test("with the worker stopped the line stays at queued, however long one waits", async ({ browser }) => {
  const idle = await startInstance({ env: { SEKISHO_LIMITS: "bench", SEKISHO_WORKER: "off" } });
  await visitAt(browser, idle.url, {}, async ({ page, email }) => {
    await page.goto("/sign-up");
    await page.fill("#email", email);
    await page.fill("#password", "ながい あいことば 42");
    await page.locator("main form button.button").click();
    await page.waitForURL("**/verify");
    await page.waitForTimeout(2_500);
    await expect(page.locator('.road [data-state="now"]')).toHaveText("送信");
    await expect(page.locator(".delivery-says")).toHaveText("受け付けました。送信の順番を待っています。");
  });
  await idle.stop();
});

test("a text shows its status, since when, and the number it comes from", ({ browser }) =>
  visit(browser, async (visitor) => {
    await waitingFor(visitor, "4321");
    await expect(visitor.page.locator(".road")).toHaveText(/受付（済み）送信（済み）到着（済み）/);
    await expect(visitor.page.locator(".delivery-facts")).toHaveText(/\d\d:\d\d:\d\d 更新送信元 0005 1234/);
  }));

for (const [digits, station, says] of [
  ["0001", "拒否", "お使いの回線が SMS を拒否しました"],
  ["0002", "届かず", "SMS がついていません"],
] as const)
  test(`a text that met ${digits} says why, and the call comes first; the focus goes on to the code`, ({ browser }) =>
    visit(browser, async (visitor) => {
      const { page } = visitor;
      await waitingFor(visitor, digits);
      await expect(page.locator('.road [data-state="stopped"]')).toHaveText(station);
      await expect(page.locator(".note").first()).toContainText(says);
      await expect(primary(page)).toHaveCount(1);
      await expect(primary(page)).toHaveText("自動音声の電話で受け取る");
      await primary(page).click();
      await expect(page.locator(".road")).toContainText("応答");
      await expect(page.locator("#code")).toBeFocused();
      await expect(primary(page)).toHaveText("確認する");
    }));

test("with every provider down the recovery code comes first once the call has failed too", ({ browser }) =>
  visit(browser, async (visitor) => {
    const { page } = visitor;
    await become(visitor, (await awaitingCode(server.url)).client, "/verify");
    // Simulates the challenge view of an outage; the test checks what the page renders from it.
    await page.route("**/api/v1/challenge", async (route) => {
      const answer = await route.fetch();
      const view = (await answer.json()) as { delivery: object };
      const delivery = { ...view.delivery, method: "voice", status: "failed", reason: "provider_down" };
      await route.fulfill({ response: answer, json: { ...view, delivery } });
    });
    await expect(primary(page)).toHaveText("リカバリーコードを使う");
    await expect(page.locator(".note").first()).toContainText("送信サービスに障害が起きています");
  }));

test("twenty seconds without a receipt offer the call, nineteen do not", ({ browser }) =>
  visit(browser, async (visitor) => {
    const { page } = visitor;
    await waitingFor(visitor, "0003");
    await expect(page.locator(".road")).toContainText("送信（済み）");
    const offer = page.locator('.note button[value="voice"]');
    const sent = await page.evaluate(async () => {
      const view = await (await fetch("/api/v1/challenge")).json();
      return (Date.parse(view.serverTime) - Date.parse(view.delivery.at)) / 1000;
    });
    await moveClock(Math.floor(15 - sent));
    await page.waitForTimeout(1_500);
    await expect(offer).toHaveCount(0);
    await moveClock(Math.ceil(20 - sent));
    await expect(offer).toBeVisible();
    await expect(page.locator(".note").first()).toContainText("まだ届いていません");
    await moveClock(0);
  }));

test("a text that comes late still arrives on the page by itself", ({ browser }) =>
  visit(browser, async (visitor) => {
    await waitingFor(visitor, "0006");
    await expect(visitor.page.locator(".road")).toContainText("送信（済み）");
    await moveClock(21);
    await expect(visitor.page.locator(".road")).toContainText("到着（済み）", { timeout: 15_000 });
    await moveClock(0);
  }));

test("with every send spent and nothing arrived the page says what to do now", ({ browser }) =>
  visit(browser, async (visitor) => {
    const { page } = visitor;
    await waitingFor(visitor, "0005");
    const left = () => page.evaluate(async () => (await (await fetch("/api/v1/challenge")).json()).sendsLeft as number);
    while ((await left()) > 0) {
      await page.locator('button[name="method"]').first().click();
      await page.waitForTimeout(400);
    }
    await expect(page.locator(".note.plain")).toContainText("はじめからやり直してください");
    await expect(page.locator('button[name="method"]')).toHaveCount(0);
    await page.locator(".note.plain a.button").click();
    await visitor.at("/sign-in");
  }));

test("a code that is over before its sign-up is replaced by another one on the same page", ({ browser }) =>
  visit(browser, async (visitor) => {
    const { page } = visitor;
    const number = await waitingFor(visitor, "4321");
    const before = await visitor.latest(number);
    await moveClock(11 * 60);
    await expect(page.locator(".note")).toContainText("認証コードの有効期限が切れました");
    // The delivery line would contradict the new message, so it is gone.
    await expect(page.locator(".road")).toHaveCount(0);
    await expect(page.locator("#code")).toHaveCount(0);
    await visitor.clean();
    await page.locator('button[value="sms"]').click();
    await visitor.send({ code: await visitor.code(number, before) });
    await visitor.at("/recovery-codes");
    await moveClock(0);
  }));

test("an account whose every way was stopped is told so, and whom to ask", ({ browser }) =>
  visit(browser, async (visitor) => {
    const { client, person } = await awaitingCode(server.url);
    const rows = await openRows(server.databaseUrl);
    await rows.query(
      "UPDATE authenticators SET disabled_at = app_now() WHERE user_id = (SELECT id FROM users WHERE email = $1)",
      person.email,
    );
    await rows.query(
      "UPDATE recovery_codes SET used_at = now() WHERE set_id IN (SELECT id FROM authenticators WHERE user_id = (SELECT id FROM users WHERE email = $1))",
      person.email,
    );
    await rows.close();
    await become(visitor, client, "/verify");
    await expect(visitor.page.locator("main")).toContainText("お問い合わせ窓口にご連絡ください");
  }));

test("a code may be pasted with spaces and in full width, and the browser fills in a text's own code", ({ browser }) =>
  visit(browser, async (visitor) => {
    const { page } = visitor;
    const { client, code } = await awaitingCode(server.url);
    await page.addInitScript((text) => {
      Object.assign(globalThis, { OTPCredential: class {} });
      navigator.credentials.get = async (options) =>
        JSON.stringify(options).includes('"transport":["sms"]') ? ({ code: text, id: "", type: "otp" } as Credential) : null;
    }, code);
    await become(visitor, client, "/verify");
    await expect(page.locator("#code")).toHaveValue(code);
    await expect(page.locator("#code")).toHaveAttribute("autocomplete", "one-time-code");
    const wide = [...code].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join("");
    await visitor.send({ code: ` ${wide.slice(0, 3)}　${wide.slice(3)} ` });
    await visitor.at("/account");
  }));

test("attempts are shown from three down, and the focus is where the error is said", ({ browser }) =>
  visit(browser, async (visitor) => {
    const { client, code } = await awaitingCode(server.url);
    await become(visitor, client, "/verify");
    for (const left of [4, 3, 2, 1]) {
      await visitor.send({ code: otherThan(code, left) });
      await visitor.refused();
      const hint = visitor.page.locator("#code-hint");
      await (left > 3 ? expect(hint).not.toContainText("回まで") : expect(hint).toContainText(`あと${left}回まで`));
    }
    await visitor.send({ code: otherThan(code, 9) });
    await expect(visitor.page.locator("h1")).toBeFocused();
    await expect(visitor.page.locator("h1")).toHaveText("この手続きは使えなくなりました");
  }));

test("a locked account counts down and goes on by itself, and what comes after is one step away", ({ browser }) =>
  visit(browser, async (visitor) => {
    const { page } = visitor;
    const { person } = await lockedOut(server.url);
    await moveClock(8 * 60);
    const { client, code } = await awaitingCode(server.url, person);
    await become(visitor, client, "/verify");
    await expect(page.locator(".countdown strong")).toHaveText(/^[67]:\d\d$/);
    await moveClock(15 * 60 + 1);
    await page.reload();
    await visitor.send({ code });
    await visitor.at("/account");
    await moveClock(0);
  }));

test("a countdown is seen for each way, holds it back, and is spoken at its start and at its end alone", async ({ browser }) => {
  const standard = await startInstance();
  await visitAt(browser, standard.url, {}, async (visitor) => {
    const { page } = visitor;
    await page.addInitScript(() => {
      const said: string[] = [];
      Object.assign(globalThis, { said });
      const note = (node: Node | null) => {
        const region = (node instanceof Element ? node : node?.parentElement)?.closest("[aria-live],[role=status],[role=alert]");
        if (region?.textContent) said.push(region.textContent);
      };
      new MutationObserver((changes) => {
        for (const change of changes) note(change.target);
      }).observe(document, { subtree: true, childList: true, characterData: true });
    });
    await become(visitor, (await awaitingCode(standard.url)).client, "/verify");
    const again = page.locator('button[name="method"][value="sms"]');
    const timer = page.locator('form:has(button[value="sms"]) [role="timer"]');
    await expect(timer).toHaveText(/あと 0:[012]\d/);
    await expect(again).toHaveAttribute("aria-disabled", "true");
    await again.click({ force: true });
    await page.waitForTimeout(3_000);
    // The button was held back and sent no request, so there is no second text.
    expect((await new Client(standard.url).get("/api/demo/messages")).text.match(/"channel":"sms"/g)).toHaveLength(2);
    await page.locator('button[name="method"][value="voice"]').click();
    await expect(page.locator('form:has(button[value="voice"]) [role="timer"]')).toHaveText(/あと 0:\d\d/);
    await new Client(standard.url).clock(45);
    await expect(again).not.toHaveAttribute("aria-disabled");
    await page.waitForTimeout(500);
    const said = await page.evaluate(() => (globalThis as unknown as { said: string[] }).said);
    const about = (way: string) => said.filter((text) => text.startsWith(`${way}:`));
    expect(new Set(about("SMS で受け取る").concat(about("もう一度送る"))).size).toBeLessThanOrEqual(4);
    expect(said.filter((text) => /\d:\d\d/.test(text))).toEqual([]);
    expect(said.some((text) => /使えるようになりました/.test(text))).toBe(true);
    expect(said.some((text) => /秒後に使えます/.test(text))).toBe(true);
  });
  await standard.stop();
});
