import { EMPTY_PAGE, scriptBytes } from "../scripts/bench/script-size.ts";
import type { Client } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import { everybody } from "./support/stages.ts";
import { pages } from "./support/surface.ts";

// Over an empty page of the framework, /sign-in loads at most 6 kB of JavaScript (gzip), /verify with its six ways 9.5 kB, all others 30 kB.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const cookieOf = (client: Client) => [...client.cookies].map(([name, value]) => `${name}=${value}`).join("; ");

test("Every page keeps to its budget of JavaScript.", async ({ server }) => {
  const { clients, pathOf } = await everybody(server);
  const weights = new Map<string, number>();
  for (const client of clients)
    for (const path of pages().filter((one) => !weights.has(one)))
      if ((await client.get(pathOf(path))).status === 200)
        weights.set(path, (await scriptBytes(server.url, pathOf(path), cookieOf(client))) - EMPTY_PAGE);
  console.log([...weights].map(([path, bytes]) => `${path} ${(bytes / 1000).toFixed(1)} kB`).join(", "));
  expect([...weights.keys()].sort()).toEqual(pages().sort());
  for (const [path, bytes] of weights) expect.soft(bytes, path).toBeLessThan({ "/sign-in": 6_000, "/verify": 9_500 }[path] ?? 30_000);
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
