import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { root } from "../scripts/machine/place.ts";
import { expect, test } from "./support/fixtures.ts";
import type { Visitor } from "./support/person.ts";
import type { Instance } from "./support/server.ts";
import { awaitingCode, awaitingNumber, become, everybody, lockedOut, savingCodes } from "./support/stages.ts";
import { stayingPages } from "./support/surface.ts";
import { adopt } from "./support/visit.ts";

// Every page works with a keyboard, at 200 % zoom, with large text and without motion; the codes print on one page.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

/** Visits every page of the build as a user who may open it. */
async function everyPage(server: Instance, visitor: Visitor, look: (page: Page, path: string) => Promise<void>): Promise<void> {
  const { page } = visitor;
  const { clients, pathOf } = await everybody(server);
  const left = new Set(stayingPages());
  for (const client of clients) {
    await page.context().clearCookies();
    await adopt(page.context(), client);
    for (const path of left) {
      await page.goto(pathOf(path));
      if (new URL(page.url()).pathname !== pathOf(path)) continue;
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
      // What only a screen reader gets is cut to one pixel, with everything in it.
      const cutOff = (part: Element | null): boolean => !!part && (part.getBoundingClientRect().width <= 1 || cutOff(part.parentElement));
      const hidden = cutOff(one) || getComputedStyle(one).visibility === "hidden" || one.parentElement?.closest("[data-scrolls]");
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
  test(`No page loses anything at ${name}.`, ({ visit, server }) =>
    visit({ width, locale }, (visitor) =>
      everyPage(server, visitor, async (page, path) => expect([path, ...(await lost(page))]).toEqual([path])),
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
    test(`Every part of the pages is shown whole in both themes at ${width} px, on a device that is ${colorScheme}.`, ({ visit }, info) =>
      visit({ width, colorScheme }, async ({ page }) => {
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

test("No page loses anything with text of twice the size.", ({ visit, server }) =>
  visit({ width: 1280, height: 800 }, (visitor) =>
    everyPage(server, visitor, async (page, path) => {
      await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
      expect([path, ...(await lost(page))]).toEqual([path]);
    }),
  ));

test("Nothing moves for those who asked for that.", ({ visit, server }) =>
  visit({ reducedMotion: "reduce" }, (visitor) =>
    everyPage(server, visitor, async (page, path) => {
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

test("A person signs in by keyboard alone: the order is that of the page, each stop is seen, and the first leads past the frame.", async ({
  visitor,
  server,
}) => {
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
});

test("The keyboard leads to an error of a form: the summary has the focus, and its link the field.", async ({ visitor, server }) => {
  const { page } = visitor;
  await become(visitor, await awaitingNumber(server.url), "/sign-up/phone");
  await visitor.field("number").fill("12");
  await page.keyboard.press("Enter");
  await expect(visitor.alert).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(visitor.field("number")).toBeFocused();
  await expect(visitor.field("number")).toHaveAttribute("aria-describedby", /number-error/);
  await expect(visitor.field("number")).toHaveAttribute("aria-invalid", "true");
});

test("Password managers know the fields: address, password old and new, number, code.", async ({ visitor, server }) => {
  const { page } = visitor;
  const kinds = async (path: string) => {
    await page.goto(path);
    return page
      .locator("main input[autocomplete]")
      .evaluateAll((all) => all.map((one) => `${one.getAttribute("name")} ${one.getAttribute("autocomplete")}`));
  };
  expect(await kinds("/sign-up")).toEqual(["email username", "password new-password"]);
  expect(await kinds("/sign-in")).toEqual(["identifier username webauthn", "password current-password"]);
  await become(visitor, await awaitingNumber(server.url), "/sign-up/phone");
  expect(await kinds("/sign-up/phone")).toEqual(["number tel"]);
  await become(visitor, (await awaitingCode(server.url)).client, "/verify");
  expect(await kinds("/verify")).toEqual(["code one-time-code"]);
});

test("The recovery codes print on one sheet of A4 with what they are for, whose and where, and nothing of the screen.", ({
  visit,
  server,
}) =>
  visit({ width: 1280 }, async (visitor) => {
    const { page } = visitor;
    await become(visitor, await savingCodes(server.url), "/recovery-codes");
    const codes = await visitor.recoveryCodes.allInnerTexts();
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

test("A lock is no dead end: the page counts down, and the way to begin anew is there.", async ({ visitor, server }) => {
  const { page } = visitor;
  await become(visitor, (await lockedOut(server.url)).client, "/verify");
  await expect(page.getByRole("timer")).toHaveText(/^1[45]:\d\d$/);
  const before = await page.getByRole("timer").innerText();
  await expect(page.getByRole("timer")).not.toHaveText(before);
  await expect(visitor.main.getByRole("link", { name: "ログインをやり直す" })).toBeVisible();
});

test("The landing page says what this is and leads to trying it in one screen.", async ({ visit }) => {
  for (const [width, height] of [
    [1280, 800],
    [390, 844],
  ] as const)
    for (const locale of ["ja-JP", "en-US"])
      await visit({ width, height, locale }, async ({ page, main }) => {
        await page.goto("/");
        for (const one of ["h1", "h1 + p", 'a[href="/sign-up"]', 'a[href="/sign-in"]', "svg"]) {
          const box = await main.locator(one).boundingBox();
          expect([one, box !== null && box.y + box.height <= height]).toEqual([one, true]);
        }
      });
});
