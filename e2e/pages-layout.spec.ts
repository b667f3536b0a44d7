import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { root } from "../scripts/machine/place.ts";
import { Client } from "./support/api.ts";
import type { Visitor } from "./support/person.ts";
import { type Instance, startInstance } from "./support/server.ts";
import { awaitingCode, awaitingNumber, become, lockedOut, savingCodes } from "./support/stages.ts";
import { pages } from "./support/surface.ts";
import { adopt, type Look, visit as visitAt } from "./support/visit.ts";

// Every page works with a keyboard, at 200 % zoom, with large text and without motion; the codes print on one page.
let server: Instance;
test.beforeAll(async () => {
  server = await startInstance({ env: { SEKISHO_LIMITS: "bench" } });
});
test.afterAll(() => server.stop());

const visit = (browser: Browser, look: Look, run: (visitor: Visitor) => Promise<void>) => visitAt(browser, server.url, look, run);

/** Visits every page of the build as a user who may open it. */
async function everyPage(visitor: Visitor, look: (page: Page, path: string) => Promise<void>): Promise<void> {
  const { page } = visitor;
  const pending = await awaitingCode(server.url);
  const people = [new Client(server.url), await awaitingNumber(server.url), await savingCodes(server.url), pending.client];
  const left = new Set(pages());
  for (const client of [...people, pending.person.client]) {
    await page.context().clearCookies();
    await adopt(page.context(), client);
    for (const path of left) {
      await page.goto(path);
      if (new URL(page.url()).pathname !== path) continue;
      await look(page, path);
      left.delete(path);
    }
  }
  expect([...left]).toEqual([]);
}

/** Returns elements that extend beyond the window, and buttons squeezed until their words stand below each other. What stands in a region that scrolls by itself is judged by that region. */
const lost = (page: Page) =>
  page.evaluate(() => {
    const tooWide = document.documentElement.scrollWidth - innerWidth;
    const cut = [...document.querySelectorAll("main :is(h1,h2,p,a,button,label,li,input,select,[data-scrolls])")].filter((one) => {
      const box = one.getBoundingClientRect();
      const hidden =
        box.width <= 1 ||
        getComputedStyle(one).visibility === "hidden" ||
        (one.closest(".sr-only") ?? one.parentElement?.closest("[data-scrolls]"));
      return !hidden && (box.left < -1 || box.right > innerWidth + 1);
    });
    const squeezed = [...document.querySelectorAll(".button")].filter((one) => {
      const { width, height } = one.getBoundingClientRect();
      return height > width;
    });
    return [...(tooWide > 0 ? [`page ${tooWide}px too wide`] : []), ...[...cut, ...squeezed].map((one) => one.outerHTML.slice(0, 120))];
  });

for (const [name, width, locale] of [
  ["200 % zoom of 1280 px", 640, "ja-JP"],
  ["400 % zoom of 1280 px", 320, "en-US"],
  ["a phone", 390, "ja-JP"],
] as const)
  test(`no page loses anything at ${name}`, ({ browser }) =>
    visit(browser, { width, locale }, (visitor) =>
      everyPage(visitor, async (page, path) => expect([path, ...(await lost(page))]).toEqual([path])),
    ));

/** Returns parts of a page whose text is cut off by their own box, and buttons and links on a line of their own that are too small for a finger. */
const cramped = (page: Page) =>
  page.evaluate(() => {
    const all = [...document.querySelectorAll<HTMLElement>("main *")].filter((one) => one.checkVisibility() && !one.closest(".sr-only"));
    const cut = all.filter((one) => getComputedStyle(one).overflowX !== "visible" && !one.matches("[data-scrolls], input, select"));
    const clipped = cut.filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);
    const targets = all.filter((one) =>
      one.matches("button, select, summary, input:not([type=radio], [type=checkbox]), label.check, a.button, nav a"),
    );
    const small = targets.filter((one) => one.getBoundingClientRect().height < 44);
    return [...clipped, ...small].map((one) => one.outerHTML.slice(0, 120));
  });

for (const width of [390, 1280])
  for (const colorScheme of ["light", "dark"] as const)
    test(`every part of the pages is shown whole in both themes at ${width} px, on a device that is ${colorScheme}`, ({ browser }, info) =>
      visit(browser, { width, colorScheme }, async ({ page }) => {
        await page.goto("/demo/ui");
        expect(await lost(page)).toEqual([]);
        expect(await cramped(page)).toEqual([]);
        const named = (await page.locator("[data-theme=dark] h3").allInnerTexts()).flatMap((name) => name.split(", "));
        for (const file of readdirSync(join(root, "components/ui"))) expect(named).toContain(file.replace(".tsx", ""));
        const ground = (theme: string) => page.locator(`[data-theme=${theme}]`).evaluate((one) => getComputedStyle(one).backgroundColor);
        expect([await ground("light"), await ground("dark")]).toEqual(["rgb(246, 242, 232)", "rgb(20, 18, 14)"]);
        const region = page.locator("[data-theme=light] [data-scrolls]");
        await region.focus();
        await page.keyboard.press("ArrowRight");
        if (width === 390) await expect.poll(() => region.evaluate((one) => one.scrollLeft)).toBeGreaterThan(0);
        await info.attach(`parts-${width}-${colorScheme}`, { body: await page.screenshot({ fullPage: true }), contentType: "image/png" });
      }));

test("no page loses anything with text of twice the size", ({ browser }) =>
  visit(browser, { width: 1280, height: 800 }, (visitor) =>
    everyPage(visitor, async (page, path) => {
      await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
      expect([path, ...(await lost(page))]).toEqual([path]);
    }),
  ));

test("nothing moves for those who asked for that", ({ browser }) =>
  visit(browser, { reducedMotion: "reduce" }, (visitor) =>
    everyPage(visitor, async (page, path) => {
      const moving = await page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === "running").length);
      expect([path, moving]).toEqual([path, 0]);
    }),
  ));

/** Returns the names of the Tab stops from the top of the page. */
async function stops(page: Page, count: number): Promise<string[]> {
  const names: string[] = [];
  for (let step = 0; step < count; step += 1) {
    await page.keyboard.press("Tab");
    names.push(
      await page.evaluate(() => {
        const one = document.activeElement as HTMLElement;
        const ring = getComputedStyle(one).outlineStyle !== "none" && one.getBoundingClientRect().width > 0;
        return `${one.getAttribute("name") ?? one.getAttribute("aria-label") ?? one.textContent?.trim() ?? ""}${ring ? "" : " (no ring)"}`;
      }),
    );
  }
  return names;
}

test("sign-in by keyboard alone: the order is that of the page, each stop is seen, and the first leads past the frame", ({ browser }) =>
  visit(browser, {}, async (visitor) => {
    const { page } = visitor;
    const { person } = await awaitingCode(server.url);
    await page.goto("/sign-in");
    expect(await stops(page, 6)).toEqual(["本文へ移動", "デモの電話を開く", "関所", "identifier", "password", "パスワードを表示"]);
    await page.reload();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.type(person.email);
    await page.keyboard.press("Tab");
    await page.keyboard.type("ながい あいことば 42");
    await page.keyboard.press("Enter");
    await visitor.at("/verify");
    const order = await stops(page, 8);
    const code = order.indexOf("code");
    expect(order.slice(code, code + 5)).toEqual(["code", "確認する", "method", "method", "method"]);
  }));

test("an error of a form is led to by keyboard: the summary has the focus, and its link the field", ({ browser }) =>
  visit(browser, {}, async (visitor) => {
    const { page } = visitor;
    await become(visitor, await awaitingNumber(server.url), "/sign-up/phone");
    await page.locator("#number").fill("12");
    await page.keyboard.press("Enter");
    await expect(page.locator(".summary")).toBeFocused();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect(page.locator("#number")).toBeFocused();
    await expect(page.locator("#number")).toHaveAttribute("aria-describedby", /number-error/);
    await expect(page.locator("#number")).toHaveAttribute("aria-invalid", "true");
  }));

test("managers know the fields: address, password old and new, number, code", ({ browser }) =>
  visit(browser, {}, async (visitor) => {
    const { page } = visitor;
    const kinds = async (path: string) => {
      await page.goto(path);
      return page
        .locator("main input[autocomplete]")
        .evaluateAll((all) => all.map((one) => `${one.getAttribute("name")} ${one.getAttribute("autocomplete")}`));
    };
    expect(await kinds("/sign-up")).toEqual(["email username", "password new-password"]);
    expect(await kinds("/sign-in")).toEqual(["identifier username", "password current-password"]);
    await become(visitor, await awaitingNumber(server.url), "/sign-up/phone");
    expect(await kinds("/sign-up/phone")).toEqual(["number tel"]);
    await become(visitor, (await awaitingCode(server.url)).client, "/verify");
    expect(await kinds("/verify")).toEqual(["code one-time-code"]);
  }));

test("the recovery codes print on one sheet of A4 with what they are for, whose and where, and nothing of the screen", ({ browser }) =>
  visit(browser, { width: 1280 }, async (visitor) => {
    const { page } = visitor;
    await become(visitor, await savingCodes(server.url), "/recovery-codes");
    const codes = await page.locator(".codes li").allInnerTexts();
    await page.emulateMedia({ media: "print" });
    await page.setViewportSize({ width: 643, height: 985 });
    const paper = await page.locator("body").innerText();
    for (const text of [...codes, "関所", "•••@example.jp", "発行日", new URL(server.url).host, "使い方", "電話とは別の"])
      expect(paper).toContain(text);
    for (const text of ["コピー", "完了する", "ログアウト", "English", "デモモード"]) expect(paper).not.toContain(text);
    expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(985);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
    expect(pdf.match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(1);
    expect(
      /\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/
        .exec(pdf)
        ?.slice(1)
        .map((side) => Math.round(Number(side))),
    ).toEqual([595, 842]);
  }));

test("a lock is no dead end: the page counts down, and at its end the way on is there", ({ browser }) =>
  visit(browser, {}, async (visitor) => {
    const { page } = visitor;
    await become(visitor, (await lockedOut(server.url)).client, "/verify");
    await expect(page.locator(".countdown [role=timer]")).toHaveText(/^1[45]:\d\d$/);
    const before = await page.locator(".countdown [role=timer]").innerText();
    await expect(page.locator(".countdown [role=timer]")).not.toHaveText(before);
    await expect(page.locator('main a.button[href="/sign-in"]')).toBeVisible();
  }));

test("the landing page says what this is and leads to trying it in one screen", async ({ browser }) => {
  for (const [width, height] of [
    [1280, 800],
    [390, 844],
  ] as const)
    for (const locale of ["ja-JP", "en-US"])
      await visit(browser, { width, height, locale }, async ({ page }) => {
        await page.goto("/");
        for (const one of ["h1", ".say", '.go a[href="/sign-up"]', '.go a[href="/sign-in"]', ".scene"]) {
          const box = await page.locator(one).boundingBox();
          expect([one, (box?.y ?? 0) + (box?.height ?? 0) <= height]).toEqual([one, true]);
        }
      });
});
