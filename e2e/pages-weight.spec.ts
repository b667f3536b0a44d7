import { expect, test } from "@playwright/test";
import { EMPTY_PAGE, scriptBytes } from "../scripts/bench/script-size.ts";
import { Client } from "./support/api.ts";
import { type Instance, startInstance } from "./support/server.ts";
import { awaitingCode, awaitingNumber, savingCodes } from "./support/stages.ts";
import { pages } from "./support/surface.ts";

// The sign-in pages load at most 8.5 kB of JavaScript (gzip) more than an empty page of the framework, all others at most 30 kB.
let server: Instance;
test.beforeAll(async () => {
  server = await startInstance({ env: { SEKISHO_LIMITS: "bench" } });
});
test.afterAll(() => server.stop());

const cookieOf = (client: Client) => [...client.cookies].map(([name, value]) => `${name}=${value}`).join("; ");

test("every page keeps to its budget of JavaScript", async () => {
  const pending = await awaitingCode(server.url);
  const people = [new Client(server.url), await awaitingNumber(server.url), await savingCodes(server.url), pending.client];
  const weights = new Map<string, number>();
  for (const client of [...people, pending.person.client])
    for (const path of pages().filter((one) => !weights.has(one)))
      if ((await client.get(path)).status === 200) weights.set(path, (await scriptBytes(server.url, path, cookieOf(client))) - EMPTY_PAGE);
  console.log([...weights].map(([path, bytes]) => `${path} ${(bytes / 1000).toFixed(1)} kB`).join(", "));
  expect([...weights.keys()].sort()).toEqual(pages().sort());
  for (const [path, bytes] of weights) expect.soft(bytes, path).toBeLessThan(path === "/sign-in" || path === "/verify" ? 8_500 : 30_000);
});

test("nothing of the demo phone is loaded before somebody opens it", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: server.url, viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const loaded: string[] = [];
  page.on("response", (answer) => loaded.push(new URL(answer.url()).pathname));
  await page.goto("/sign-in", { waitUntil: "networkidle" });
  const before = loaded.filter((path) => path.endsWith(".js")).length;
  expect(loaded).not.toContain("/api/demo/messages");
  await page.locator(".demo-banner a").click();
  await page.locator(".dock .handset").waitFor();
  expect(loaded.filter((path) => path.endsWith(".js")).length).toBeGreaterThan(before);
  await context.close();
});
