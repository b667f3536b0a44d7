import { Client, freshNumber, otherThan, PASSWORD } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import type { Visitor } from "./support/person.ts";
import { openRows } from "./support/rows.ts";
import { type Instance, startInstance } from "./support/server.ts";
import { awaitingCode, awaitingNumber, become, lockedOut } from "./support/stages.ts";
import { visit as visitAt } from "./support/visit.ts";

// The waiting page shows only stored state and puts the useful way first. The countdown is visual; only its start and end are announced.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

/** Brings a visitor to the waiting page with a number of fixed behaviour. */
async function waitingFor(server: Instance, visitor: Visitor, digits: string): Promise<string> {
  await become(visitor, await awaitingNumber(server.url), "/sign-up/phone");
  const number = freshNumber(digits);
  await visitor.send({ number, acceptRisk: true });
  await visitor.at("/verify");
  return number;
}

/** The buttons that stand out: those with the background of the first one. */
const loud = ({ main }: Visitor) =>
  main.getByRole("button").evaluateAll((all) => {
    const paint = (one: Element) => getComputedStyle(one).backgroundColor;
    return all.filter((one) => paint(one) === paint(all[0] as Element)).map((one) => one.textContent);
  });

test("With the worker stopped the line stays at queued, however long one waits.", async ({ browser }) => {
  const idle = await startInstance({ env: { SEKISHO_LIMITS: "bench", SEKISHO_WORKER: "off" } });
  await visitAt(browser, idle.url, {}, async (visitor) => {
    await visitor.open("/sign-up");
    await visitor.send({ email: visitor.email, password: PASSWORD });
    await visitor.at("/verify");
    await visitor.page.waitForTimeout(2_500);
    await expect(visitor.line.locator('[aria-current="step"]')).toHaveText("送信");
    await expect(visitor.page.getByText("受け付けました。送信の順番を待っています。")).toBeVisible();
  });
  await idle.stop();
});

test("A text shows its status, since when, and the number it comes from.", async ({ visitor, server }) => {
  await waitingFor(server, visitor, "4321");
  await expect(visitor.line).toHaveText(/受付（済み）送信（済み）到着（済み）/);
  await expect(visitor.main).toContainText(/\d\d:\d\d:\d\d 更新送信元 0005 1234/);
});

for (const [digits, station, says] of [
  ["0001", "拒否", "お使いの回線が SMS を拒否しました"],
  ["0002", "届かず", "SMS がついていません"],
] as const)
  test(`A text that met ${digits} says why, and the call comes first; the focus goes on to the code.`, async ({ visitor, server }) => {
    await waitingFor(server, visitor, digits);
    await expect(visitor.line).toHaveText(`受付（済み）送信（済み）${station}`);
    await expect(visitor.main).toContainText(says);
    await expect.poll(() => loud(visitor)).toEqual(["自動音声の電話で受け取る"]);
    await visitor.main.getByRole("button").first().click();
    await expect(visitor.line).toContainText("応答");
    await expect(visitor.field("code")).toBeFocused();
    await expect.poll(() => loud(visitor)).toEqual(["確認する"]);
  });

test("With every provider down the recovery code comes first once the call has failed too.", async ({ visitor, server }) => {
  const { page } = visitor;
  await become(visitor, (await awaitingCode(server.url)).client, "/verify");
  // Simulates the challenge view of an outage; the test checks what the page renders from it.
  await page.route("**/api/v1/challenge", async (route) => {
    const answer = await route.fetch();
    const view = (await answer.json()) as { delivery: object };
    const delivery = { ...view.delivery, method: "voice", status: "failed", reason: "provider_down" };
    await route.fulfill({ response: answer, json: { ...view, delivery } });
  });
  await expect.poll(() => loud(visitor)).toEqual(["リカバリーコードを使う"]);
  await expect(visitor.main).toContainText("送信サービスに障害が起きています");
});

test("Twenty seconds without a receipt offer the call, fifteen do not.", async ({ visitor, server, clock }) => {
  const { page } = visitor;
  await waitingFor(server, visitor, "0003");
  await expect(visitor.line).toContainText("送信（済み）");
  const among = page.getByRole("region", { name: "ほかの方法" }).getByRole("button", { name: "自動音声の電話で受け取る" });
  const sent = await page.evaluate(async () => {
    const view = await (await fetch("/api/v1/challenge")).json();
    return (Date.parse(view.serverTime) - Date.parse(view.delivery.at)) / 1000;
  });
  await clock(Math.floor(15 - sent));
  await page.waitForTimeout(1_500);
  await expect(among).toBeVisible();
  await clock(Math.ceil(20 - sent));
  await expect(among).toHaveCount(0);
  await expect(page.getByRole("button", { name: "自動音声の電話で受け取る" })).toBeVisible();
  await expect(visitor.main).toContainText("まだ届いていません");
});

test("A text that comes late still arrives on the page by itself.", async ({ visitor, server, clock }) => {
  await waitingFor(server, visitor, "0006");
  await expect(visitor.line).toContainText("送信（済み）");
  await clock(21);
  await expect(visitor.line).toContainText("到着（済み）", { timeout: 15_000 });
});

test("With every send spent and nothing arrived the page says what to do now.", async ({ visitor, server }) => {
  const { page } = visitor;
  await waitingFor(server, visitor, "0005");
  const left = () => page.evaluate(async () => (await (await fetch("/api/v1/challenge")).json()).sendsLeft as number);
  while ((await left()) > 0) {
    await page.locator('button[name="method"]').first().click();
    await page.waitForTimeout(400);
  }
  await expect(visitor.main.getByRole("status")).toContainText("はじめからやり直してください");
  await expect(page.locator('button[name="method"]')).toHaveCount(0);
  await visitor.main.getByRole("status").getByRole("link").click();
  await visitor.at("/sign-in");
});

test("A code that is over before its sign-up is replaced by another one on the same page.", async ({ visitor, server, clock }) => {
  const { page } = visitor;
  const number = await waitingFor(server, visitor, "4321");
  const before = await visitor.latest(number);
  await clock(11 * 60);
  await expect(visitor.main).toContainText("認証コードの有効期限が切れました");
  // The delivery line would contradict the new message, so it is gone.
  await expect(visitor.line).toHaveCount(0);
  await expect(visitor.field("code")).toHaveCount(0);
  await visitor.clean();
  await page.getByRole("button", { name: "もう一度送る" }).click();
  await visitor.send({ code: await visitor.code(number, before) });
  await visitor.at("/recovery-codes");
});

test("An account whose every way was stopped is told so, and whom to ask.", async ({ visitor, server }) => {
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
  await expect(visitor.main).toContainText("お問い合わせ窓口にご連絡ください");
});

test("A code may be pasted with spaces and in full width, and the browser fills in a text's own code.", async ({ visitor, server }) => {
  const { page } = visitor;
  const { client, code } = await awaitingCode(server.url);
  await page.addInitScript((text) => {
    Object.assign(globalThis, { OTPCredential: class {} });
    navigator.credentials.get = async (options) =>
      JSON.stringify(options).includes('"transport":["sms"]') ? ({ code: text, id: "", type: "otp" } as Credential) : null;
  }, code);
  await become(visitor, client, "/verify");
  await expect(visitor.field("code")).toHaveValue(code);
  await expect(visitor.field("code")).toHaveAttribute("autocomplete", "one-time-code");
  const wide = [...code].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join("");
  await visitor.send({ code: ` ${wide.slice(0, 3)}　${wide.slice(3)} ` });
  await visitor.at("/account");
});

test("Attempts are shown from three down, and the focus is where the error is said.", async ({ visitor, server }) => {
  const { client, code } = await awaitingCode(server.url);
  await become(visitor, client, "/verify");
  for (const left of [4, 3, 2, 1]) {
    await visitor.send({ code: otherThan(code, left) });
    await visitor.refused();
    const field = expect(visitor.field("code"));
    await (left > 3 ? field.not.toHaveAccessibleDescription(/回まで/) : field.toHaveAccessibleDescription(new RegExp(`あと${left}回まで`)));
  }
  await visitor.send({ code: otherThan(code, 9) });
  await expect(visitor.page.getByRole("heading", { level: 1 })).toBeFocused();
  await expect(visitor.page.getByRole("heading", { level: 1 })).toHaveText("この手続きは使えなくなりました");
});

test("A locked account counts down, and its code is taken when the lock is over.", async ({ visitor, server, clock }) => {
  const { page } = visitor;
  const { person } = await lockedOut(server.url);
  await clock(8 * 60);
  const { client, code } = await awaitingCode(server.url, person);
  await become(visitor, client, "/verify");
  await expect(page.getByRole("timer")).toHaveText(/^[67]:\d\d$/);
  await clock(15 * 60 + 1);
  await page.reload();
  await visitor.send({ code });
  await visitor.at("/account");
});

test("A countdown is seen for each way, holds it back, and is spoken at its start and at its end alone.", async ({ browser }) => {
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
