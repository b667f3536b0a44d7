import { type Browser, expect, type Page, test } from "@playwright/test";
import { Client, freshNumber, register } from "./support/api.ts";
import type { Visitor } from "./support/person.ts";
import { type Instance, startInstance } from "./support/server.ts";
import { awaitingCode, become } from "./support/stages.ts";
import { type Look, visit as visitAt } from "./support/visit.ts";

// The demo phone rings, is answered, and says the code three times after a key press, with the words on the screen. Wide windows show it beside the
// site.
let server: Instance;
test.beforeAll(async () => {
  server = await startInstance({ env: { SEKISHO_LIMITS: "bench" } });
});
test.afterAll(() => server.stop());

const visit = (browser: Browser, look: Look, run: (visitor: Visitor) => Promise<void>) => visitAt(browser, server.url, look, run);

/** Records what the page passes to the browser's speech synthesis. */
const recordSpeech = (page: Page) =>
  page.addInitScript(() => {
    const spoken: string[] = [];
    Object.assign(globalThis, { spoken });
    speechSynthesis.speak = (speech) => {
      spoken.push(`${speech.lang} ${speech.text}`);
      speech.dispatchEvent(new Event("start"));
    };
  });
const spoken = (page: Page) => page.evaluate(() => (globalThis as unknown as { spoken: string[] }).spoken);
const digits = ["ゼロ", "いち", "にー", "さん", "よん", "ごー", "ろく", "なな", "はち", "きゅう"];

test("a call rings, greets, says the code three times after the key press, in words that are shown, and hangs up", ({ browser }) =>
  visit(browser, {}, async (visitor) => {
    const { page } = visitor;
    await recordSpeech(page);
    const { client, code } = await awaitingCode(server.url);
    await visitor.open("/demo/phone");
    await client.post("/challenge/send", { method: "voice" });
    const call = page.locator(".call");
    await expect(call).toHaveAttribute("data-stage", "ringing");
    await expect(page.locator('[role="status"]', { hasText: "着信中" })).toBeVisible();
    await page.locator(".status-bar button").focus();
    await page.keyboard.press("Tab");
    await expect(page.getByRole("button", { name: "切る" })).toBeFocused();
    expect(await spoken(page)).toEqual([]);
    await call.getByRole("button", { name: "出る" }).click();
    await expect(call.locator(".said")).toContainText("数字の「1」を押してください");
    const spell = (part: string) => [...part].map((digit) => digits[Number(digit)]).join("、");
    const said = `${spell(code.slice(0, 3))}。${spell(code.slice(3))}、です。`;
    expect((await spoken(page)).join()).not.toContain(said);
    await call.getByRole("button", { name: "「1」を押す" }).click();
    await expect(call.locator(".said p", { hasText: said })).toHaveCount(3);
    expect((await spoken(page)).filter((text) => text.startsWith("ja-JP ") && text.endsWith(said))).toHaveLength(3);
    await expect(call.locator('.said p[data-now="true"]')).toHaveCount(1);
    await call.getByRole("button", { name: "切る" }).click();
    await expect(call).toHaveCount(0);
    await page.getByRole("button", { name: "通話を聞く" }).first().click();
    await expect(call).toHaveAttribute("data-stage", "greeting");
  }));

test("a declined call is gone and can be listened to from the list; its sound is off until somebody switches it on", ({ browser }) =>
  visit(browser, {}, async (visitor) => {
    const { page } = visitor;
    // A text that arrives later stops an older call's ringing.
    const { client } = await awaitingCode(server.url);
    await visitor.open("/demo/phone");
    const sound = page.getByRole("button", { name: "着信音" });
    await expect(sound).toHaveAttribute("aria-pressed", "false");
    await sound.click();
    await expect(sound).toHaveAttribute("aria-pressed", "true");
    await client.post("/challenge/send", { method: "voice" });
    await page.locator(".call").getByRole("button", { name: "切る" }).click();
    await expect(page.locator(".call")).toHaveCount(0);
  }));

test("a call that nobody answers is a missed one and does not ring", ({ browser }) =>
  visit(browser, {}, async (visitor) => {
    const person = await register(new Client(server.url), { number: freshNumber("0007") });
    const { client } = await awaitingCode(server.url, person);
    await visitor.open("/demo/phone");
    await client.post("/challenge/send", { method: "voice" });
    await expect(visitor.page.locator(".arrival").first()).toContainText("不在着信");
    await expect(visitor.page.locator(".call")).toHaveCount(0);
  }));

test("texts and mails appear by themselves, and every fixed number has its sentence", ({ browser }) =>
  visit(browser, {}, async (visitor) => {
    const { page } = visitor;
    await visitor.open("/demo/phone");
    await expect(page.locator(".numbers dt")).toHaveCount(9);
    const { person, code } = await awaitingCode(server.url);
    await expect(page.locator(".arrival").first().locator("b")).toHaveText(code);
    await expect(page.locator('.arrival[data-channel="email"]').first()).toContainText(person.email);
    await page.goto(`/demo/phone?to=${encodeURIComponent(person.number)}`);
    await expect(page.locator(".arrival")).toHaveCount(2);
  }));

test("what arrives is in its own language for a screen reader, also on a page in another one", ({ browser }) =>
  visit(browser, { locale: "en-US" }, async (visitor) => {
    const { person } = await awaitingCode(server.url);
    await visitor.open(`/demo/phone?to=${encodeURIComponent(person.number)}`);
    await expect(visitor.page.locator("html")).toHaveAttribute("lang", "en");
    await expect(visitor.page.locator(".arrival .line").first()).toHaveAttribute("lang", "ja");
  }));

test("on a desktop the phone stands beside the site, keeps its place from page to page, and closes by keyboard", ({ browser }) =>
  visit(browser, { width: 1280, height: 800 }, async (visitor) => {
    const { page } = visitor;
    await visitor.open("/sign-in");
    await expect(page.locator(".dock")).toHaveCount(0);
    const opener = page.locator(".demo-banner a");
    await opener.click();
    await expect(page.locator("#dock")).toBeFocused();
    const { client, code } = await awaitingCode(server.url);
    // A notice may arrive after the text.
    await expect(page.locator(".dock .arrival b", { hasText: code }).first()).toBeVisible();
    await become(visitor, client, "/verify");
    await opener.click();
    await page.goto("/verify");
    await expect(page.locator(".dock .arrival").first()).toBeVisible();
    const [card, dock] = [await page.locator(".card").boundingBox(), await page.locator(".dock").boundingBox()];
    expect((card?.x ?? 0) + (card?.width ?? 0)).toBeLessThan(dock?.x ?? 0);
    await page.locator(".dock button").first().focus();
    await page.keyboard.press("Escape");
    await expect(page.locator(".dock")).toHaveCount(0);
    await page.reload();
    await expect(page.locator(".dock")).toHaveCount(0);
  }));

test("on a phone the link is a page of its own, full screen, that leads back and not to itself", ({ browser }) =>
  visit(browser, {}, async (visitor) => {
    await visitor.open("/sign-in");
    const [opened] = await Promise.all([visitor.page.context().waitForEvent("page"), visitor.page.locator(".demo-banner a").click()]);
    await opened.waitForURL("**/demo/phone");
    const box = await opened.locator(".handset").boundingBox();
    expect(box).toMatchObject({ x: 0, width: 390 });
    await expect(opened.locator(".site-header")).toBeHidden();
    await expect(opened.locator(".demo-banner a")).toBeHidden();
    await expect(opened.locator('a[href="/"]:visible')).toHaveCount(1);
  }));
