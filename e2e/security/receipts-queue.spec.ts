import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { Loopback } from "../../lib/testing/loopback.ts";
import { root } from "../../scripts/machine/place.ts";
import { testEnvironment } from "../../scripts/test/environment.ts";
import { type ChallengeJson, Client, PASSWORD } from "../support/api.ts";
import { test as base, expect } from "../support/fixtures.ts";
import { addWebhook, codeIn, command, manyAccounts, must, openGateway, toldTo } from "../support/provider.ts";
import type { Instance } from "../support/server.ts";

// A text is its template with the code, whatever the service's name contains (SM-01, H10). The daily budget bounds concurrent sends (F13), and
// queued texts wait for a worker while instances without one serve pages.

const BUDGET = 50;
/** A name with the syntax of templates, pages and replacement patterns. */
const NAME = `<b>"{code}$&`;

/** Starts a worker in a separate process. */
function spawnWorker(databaseUrl: string): ChildProcess {
  const { PATH = "", HOME = "", TMPDIR = "" } = process.env;
  const env = { PATH, HOME, TMPDIR, NODE_ENV: "production" as const, ...testEnvironment, SERVICE_NAME: NAME, DATABASE_URL: databaseUrl };
  return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(root, "scripts", "commands", "work.ts")], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
}

const running = (worker: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    worker.stdout?.on("data", (chunk: Buffer) => chunk.includes("The worker is running") && resolve());
    worker.once("exit", (code) => reject(new Error(`the worker ended with ${code}`)));
  });

const test = base.extend<object, { gateway: Loopback; emails: string[]; startWorker: () => Promise<void> }>({
  gateway: [
    async ({ server }, use) => {
      const gateway = await openGateway();
      await addWebhook(server.databaseUrl, "sink", gateway, 1);
      for (const name of ["demo", "demo-2"]) await must(command("provider", server.databaseUrl, ["disable", name]));
      await use(gateway);
      await gateway.close();
    },
    { scope: "worker" },
  ],
  emails: [async ({ server }, use) => use(await manyAccounts(server.databaseUrl, 201)), { scope: "worker", timeout: 60_000 }],
  startWorker: [
    async ({ server }, use) => {
      let worker: ChildProcess | undefined;
      await use(async () => {
        worker = spawnWorker(server.databaseUrl);
        await running(worker);
      });
      worker?.kill("SIGKILL");
    },
    { scope: "worker" },
  ],
});
test.use({ serverSettings: { SENDS_PER_DAY: String(BUDGET), SERVICE_NAME: NAME, TRUSTED_PROXIES: "127.0.0.1/32", SEKISHO_WORKER: "off" } });

/** Signs in from its own address; retries while the hasher is full. */
async function signIn(
  server: Instance,
  second: Instance,
  emails: string[],
  index: number,
): Promise<{ client: Client; status: number; held: string | undefined; until: string | undefined }> {
  const client = new Client(index % 2 ? server.url : second.url);
  for (;;) {
    const body = { identifier: emails[index], password: PASSWORD };
    const answer = await client.call("POST", "/api/v1/sign-in", body, { "x-forwarded-for": `203.0.${index >> 8}.${index & 255}` });
    const { reason, until } = (answer.body.challenge as unknown as ChallengeJson | undefined)?.delivery ?? {};
    if (answer.status !== 503) return { client, status: answer.status, held: reason, until };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const delivery = async (client: Client) => ((await client.get("/api/v1/challenge")).body as unknown as ChallengeJson).delivery;

test("While no worker runs a text stays queued and the page says so; a worker alone sends it.", async ({
  server,
  second,
  gateway,
  emails,
  startWorker,
}) => {
  const { client } = await signIn(server, second, emails, 200);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(await delivery(client)).toMatchObject({ method: "sms", status: "queued" });
  expect((await client.get("/verify")).text).toContain("受け付けました。送信の順番を待っています。");
  expect(gateway.arrived).toHaveLength(0);
  await startWorker();
  await expect.poll(async () => (await delivery(client))?.status).toBe("sent");
  expect(gateway.arrived).toHaveLength(1);
});

test("Two hundred people at once at two servers: the day's budget is spent to the last text and not exceeded.", async ({
  server,
  second,
  rows,
  gateway,
  emails,
}) => {
  test.setTimeout(120_000);
  const all = await Promise.all(Array.from({ length: 200 }, (_, index) => signIn(server, second, emails, index)));
  expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
  const seen = Object.groupBy(all, ({ held }) => held ?? "sent");
  expect(Object.keys(seen).sort()).toEqual(["budget_spent", "sent"]);
  expect(seen.sent).toHaveLength(BUDGET - 1);
  for (const { until } of seen.budget_spent ?? []) expect(Date.parse(until ?? "")).toBeGreaterThan(Date.now());
  await rows.settled();
  expect(gateway.arrived).toHaveLength(BUDGET);
  expect(new Set(toldTo(gateway).map(({ to }) => to)).size).toBe(BUDGET);
  const [lucky] = seen.sent ?? [];
  expect(lucky && (await delivery(lucky.client))).toMatchObject({ status: "sent" });
});

test("Every text is its template, one segment, with nothing in it but the code; the service's name is text there and on the page.", async ({
  server,
  gateway,
}) => {
  expect(gateway.arrived.length).toBeGreaterThan(0);
  for (const { text } of toldTo(gateway)) {
    const code = codeIn(text);
    expect(text).toBe(`【${NAME}】認証コード ${code}（ログイン）\n10分有効。誰にも教えないでください\n@localhost #${code}`);
    expect(text.length).toBeLessThanOrEqual(70);
  }
  const page = (await new Client(server.url).get("/sign-in")).text;
  expect(page).toContain("&lt;b&gt;&quot;{code}$&amp;");
  expect(page).not.toContain("<b>");
});

test("A name or a text of the operator's that could be more than it says is refused, and nothing changes.", async ({ server, rows }) => {
  const named = ["a\nb", "\n@e.jp #1", "\u202eabc", "evil.com"].map(async (name) => {
    const { code, out } = await command("provider", server.databaseUrl, ["list"], { SERVICE_NAME: name });
    expect([code, out.includes("SERVICE_NAME")], JSON.stringify(name)).toEqual([1, true]);
  });
  const good = "【{service}】{code} {purpose} {minutes}分 {warning}";
  const written = [`${good} https://evil.example`, `${good}\\n@evil.example #000000`, `${good}{email}`].map(async (body) =>
    expect((await command("texts", server.databaseUrl, ["set", "sign-in", "ja", body])).code, body).toBe(1),
  );
  await Promise.all([...named, ...written]);
  expect(await rows.count("SELECT count(*) FROM text_templates")).toBe(0);
  await must(command("texts", server.databaseUrl, ["set", "sign-in", "ja", good]));
});
