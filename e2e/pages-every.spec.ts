import { EMPTY_PAGE, scriptBytes } from "../scripts/bench/script-size.ts";
import type { Client } from "./support/api.ts";
import { test as base, expect } from "./support/fixtures.ts";
import { lost } from "./support/layout.ts";
import type { Visitor } from "./support/person.ts";
import { everyPage, type Opened } from "./support/stages.ts";
import { pages } from "./support/surface.ts";
import { adopt } from "./support/visit.ts";

// Every page of the build, opened once in each of two looks by a client who may open it, and weighed. Pages come from the build, so new ones are
// included; /verify/passkey leads on by itself within a second, and is played in a sign-up without texts.
const test = base.extend<object, { everywhere: Opened[] }>({
  everywhere: [async ({ server }, use) => use(await everyPage(server, pages())), { scope: "worker" }],
});
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

/** Opens the pages one after the other, as their clients. */
async function walk({ page }: Visitor, everywhere: Opened[], look: (path: string) => Promise<void>): Promise<void> {
  let last: Opened["client"] | undefined;
  for (const { client, path } of everywhere) {
    if (path === "/verify/passkey") continue;
    if (client !== last) {
      await page.context().clearCookies();
      await adopt(page.context(), client);
      last = client;
    }
    await page.goto(path);
    expect(new URL(page.url()).pathname).toBe(path);
    await look(path);
  }
}

test("No page breaks a rule of axe in the light, or loses anything on a phone, at 200 % zoom or with text of twice the size.", ({
  visit,
  everywhere,
}) => {
  test.setTimeout(300_000);
  return visit({ colorScheme: "light", width: 390 }, (visitor) =>
    walk(visitor, everywhere, async (path) => {
      const { page } = visitor;
      await visitor.clean();
      const found = [await lost(page)];
      await page.setViewportSize({ width: 640, height: 844 });
      found.push(await lost(page));
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
      found.push(await lost(page));
      await page.setViewportSize({ width: 390, height: 844 });
      expect([path, ...found]).toEqual([path, [], [], []]);
    }),
  );
});

test("No page breaks a rule of axe in the dark, moves for people who asked for rest, or loses anything at 400 % zoom.", ({
  visit,
  everywhere,
}) => {
  test.setTimeout(300_000);
  return visit({ colorScheme: "dark", width: 1280, locale: "en-US", reducedMotion: "reduce" }, (visitor) =>
    walk(visitor, everywhere, async (path) => {
      const { page } = visitor;
      const moving = await page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === "running").length);
      await visitor.clean();
      await page.setViewportSize({ width: 320, height: 844 });
      expect([path, moving, ...(await lost(page))]).toEqual([path, 0]);
      await page.setViewportSize({ width: 1280, height: 844 });
    }),
  );
});

const cookieOf = (client: Client) => [...client.cookies].map(([name, value]) => `${name}=${value}`).join("; ");

test("Over an empty page of the framework /sign-in loads at most 6 kB of JavaScript, /verify with its six ways 9.5 kB, every other page 30 kB.", async ({
  server,
  everywhere,
}) => {
  const weights: [string, number][] = [];
  for (const { page, path, client } of everywhere)
    weights.push([page, (await scriptBytes(server.url, path, cookieOf(client))) - EMPTY_PAGE]);
  console.log(weights.map(([page, bytes]) => `${page} ${(bytes / 1000).toFixed(1)} kB`).join(", "));
  for (const [page, bytes] of weights) expect.soft(bytes, page).toBeLessThan({ "/sign-in": 6_000, "/verify": 9_500 }[page] ?? 30_000);
});
