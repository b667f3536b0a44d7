import type { Page } from "@playwright/test";
import { Client, freshNumber, register } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import { awaitingCode, become } from "./support/stages.ts";

// The demo phone rings, is answered, and says the code three times after a key press, with the words on the screen. Wide windows show it beside the
// site.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

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

test("A call rings, greets, says the code three times after the key press, in words that are shown, and hangs up.", async ({
  visitor,
  server,
}) => {
  const { page, call } = visitor;
  await recordSpeech(page);
  const { client, code } = await awaitingCode(server.url);
  await visitor.open("/demo/phone");
  await client.post("/challenge/send", { method: "voice" });
  await expect(call).toHaveAccessibleName("着信中");
  await expect(call.getByRole("status")).toHaveText("着信中");
  await page.getByRole("button", { name: "着信音" }).focus();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "切る" })).toBeFocused();
  expect(await spoken(page)).toEqual([]);
  await call.getByRole("button", { name: "出る" }).click();
  await expect(call.getByRole("log")).toContainText("数字の「1」を押してください");
  const spell = (part: string) => [...part].map((digit) => digits[Number(digit)]).join("、");
  const said = `${spell(code.slice(0, 3))}。${spell(code.slice(3))}、です。`;
  expect((await spoken(page)).join()).not.toContain(said);
  await call.getByRole("button", { name: "「1」を押す" }).click();
  await expect(call.getByRole("log").getByText(said)).toHaveCount(3);
  expect((await spoken(page)).filter((text) => text.startsWith("ja-JP ") && text.endsWith(said))).toHaveLength(3);
  await expect(call.getByRole("log").locator('[data-now="true"]')).toHaveCount(1);
  await call.getByRole("button", { name: "切る" }).click();
  await expect(call).toHaveCount(0);
  await page.getByRole("button", { name: "通話を聞く" }).first().click();
  await expect(call.getByRole("button", { name: "「1」を押す" })).toBeVisible();
});

test("A declined call is gone and can be listened to from the list; its sound is off until somebody switches it on.", async ({
  visitor,
  server,
}) => {
  const { page } = visitor;
  // A text that arrives later stops an older call's ringing.
  const { client } = await awaitingCode(server.url);
  await visitor.open("/demo/phone");
  const sound = page.getByRole("button", { name: "着信音" });
  await expect(sound).toHaveAttribute("aria-pressed", "false");
  await sound.click();
  await expect(sound).toHaveAttribute("aria-pressed", "true");
  await client.post("/challenge/send", { method: "voice" });
  await visitor.call.getByRole("button", { name: "切る" }).click();
  await expect(visitor.call).toHaveCount(0);
  await expect(visitor.messages.getByRole("button", { name: "通話を聞く" }).first()).toBeVisible();
});

test("A call that nobody answers is a missed one and does not ring.", async ({ visitor, server }) => {
  const person = await register(new Client(server.url), { number: freshNumber("0007") });
  const { client } = await awaitingCode(server.url, person);
  await visitor.open("/demo/phone");
  await client.post("/challenge/send", { method: "voice" });
  await expect(visitor.messages.filter({ hasText: "不在着信" })).toHaveCount(1);
  await expect(visitor.call).toHaveCount(0);
});

test("Texts and mails appear by themselves, and every fixed number has its sentence.", async ({ visitor, server }) => {
  const { page } = visitor;
  await visitor.open("/demo/phone");
  await expect(page.getByRole("region", { name: "試せる番号" }).getByRole("term")).toHaveCount(9);
  const { person, code } = await awaitingCode(server.url);
  // Mails and texts have queues of their own, so their order is open.
  await expect(visitor.messages.filter({ hasText: code })).toHaveCount(1);
  await expect(visitor.messages.filter({ hasText: "メール" }).first()).toContainText(person.email);
  await page.goto(`/demo/phone?to=${encodeURIComponent(person.number)}`);
  await expect(visitor.messages).toHaveCount(2);
});

test("What arrives is in its own language for a screen reader, also on a page in another one.", ({ visit, server }) =>
  visit({ locale: "en-US" }, async (visitor) => {
    const { person } = await awaitingCode(server.url);
    await visitor.open(`/demo/phone?to=${encodeURIComponent(person.number)}`);
    await expect(visitor.page.locator("html")).toHaveAttribute("lang", "en");
    await expect(visitor.messages.locator("[lang]").first()).toHaveAttribute("lang", "ja");
  }));

test("On a desktop the phone stands beside the site, keeps its place from page to page, and closes by keyboard.", ({ visit, server }) =>
  visit({ width: 1280, height: 800 }, async (visitor) => {
    const { page, phoneLink, dock } = visitor;
    await visitor.open("/sign-in");
    await expect(dock).toHaveCount(0);
    await phoneLink.click();
    await expect(dock.getByRole("heading", { name: "デモの電話" })).toBeFocused();
    const { client, code } = await awaitingCode(server.url);
    // A notice may arrive after the text.
    await expect(visitor.messages.locator("b", { hasText: code }).first()).toBeVisible();
    await become(visitor, client, "/verify");
    await phoneLink.click();
    await page.goto("/verify");
    await expect(visitor.messages.first()).toBeVisible();
    const [form, panel] = [await visitor.field("code").boundingBox(), await dock.boundingBox()];
    expect((form?.x ?? Number.NaN) + (form?.width ?? Number.NaN)).toBeLessThan(panel?.x ?? Number.NaN);
    await dock.getByRole("button", { name: "閉じる" }).focus();
    await page.keyboard.press("Escape");
    await expect(dock).toHaveCount(0);
    await page.reload();
    await expect(dock).toHaveCount(0);
  }));

test("On a phone the link is a page of its own, full screen, that leads back and not to itself.", async ({ visitor }) => {
  await visitor.open("/sign-in");
  const [opened] = await Promise.all([visitor.page.context().waitForEvent("page"), visitor.phoneLink.click()]);
  await opened.waitForURL("**/demo/phone");
  const box = await opened.getByText("関所モバイル").locator("..").boundingBox();
  expect(box).toMatchObject({ x: 0, width: 390 });
  await expect(opened.getByRole("banner")).toBeHidden();
  await expect(opened.getByRole("link", { name: "デモの電話を開く" })).toBeHidden();
  await expect(opened.locator('a[href="/"]:visible')).toHaveCount(1);
});

test("Nothing of the demo phone is loaded before somebody opens it.", ({ visit }) =>
  visit({ width: 1280, height: 800 }, async ({ page, phoneLink, dock }) => {
    const loaded: string[] = [];
    page.on("response", (answer) => loaded.push(new URL(answer.url()).pathname));
    await page.goto("/sign-in", { waitUntil: "networkidle" });
    const before = loaded.filter((path) => path.endsWith(".js")).length;
    expect(loaded).not.toContain("/api/demo/messages");
    await phoneLink.click();
    await dock.getByText("関所モバイル").waitFor();
    expect(loaded.filter((path) => path.endsWith(".js")).length).toBeGreaterThan(before);
  }));
