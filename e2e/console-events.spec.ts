import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { root } from "../scripts/machine/place.ts";
import { Client, register } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import { staffBrowser } from "./support/staff.ts";
import type { Look } from "./support/visit.ts";

// Endpoints, events and keys of other systems as an administrator uses them, and the receiver of docs/events.md as it is written.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const looks: Look[] = [
  { scripts: true, width: 1280 },
  { scripts: false, locale: "en-US", width: 390 },
];

/** A receiver that keeps what came and answers as it is told. */
async function receiver(): Promise<{
  url: string;
  came: { body: string; headers: Record<string, string> }[];
  status: number;
  server: Server;
}> {
  const made = { url: "", came: [] as { body: string; headers: Record<string, string> }[], status: 200, server: createServer() };
  made.server.on("request", async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    made.came.push({ body: Buffer.concat(parts).toString(), headers: request.headers as Record<string, string> });
    response.writeHead(made.status).end();
  });
  await new Promise<void>((resolve) => made.server.listen(0, "127.0.0.1", resolve));
  made.url = `http://127.0.0.1:${(made.server.address() as AddressInfo).port}/hook`;
  return made;
}

for (const look of looks)
  test(`An administrator adds an endpoint, tries it, sees what came of it, sends it again and removes it, ${look.scripts ? "with" : "without"} JavaScript.`, ({
    browser,
    server,
  }) =>
    staffBrowser(browser, server, "administrator", look, async (visitor) => {
      const { page } = visitor;
      const other = await receiver();
      await visitor.open("/admin/events");
      const add = page.locator('form:has(button[name="act"][value="add"])');
      await add.locator('[name="url"]').fill("https://10.0.0.7/hook");
      await add.locator('button[name="act"]').click();
      await expect(visitor.alert).toContainText("EVENTS_PRIVATE_HOSTS");
      await add.locator('[name="url"]').fill(other.url);
      await add.locator('button[name="act"]').click();
      const secret = await page.getByRole("status").locator("code").innerText();
      expect(secret).toMatch(/^whsec_/);
      await visitor.clean();
      await visitor.open("/admin/events");
      await expect(page.locator("main")).not.toContainText(secret);

      await page.locator('button[name="act"][value="test"]').click();
      await page.waitForURL("**/admin/events?done=test");
      await expect.poll(() => other.came.length, { timeout: 15_000 }).toBe(1);
      const [tried] = other.came;
      expect(new Webhook(secret).verify(tried?.body ?? "", tried?.headers ?? {})).toMatchObject({ type: "endpoint.test" });
      const person = await register(new Client(server.url));
      expect(person.email).toBeTruthy();
      await expect.poll(() => other.came.length, { timeout: 15_000 }).toBeGreaterThan(2);
      expect(other.came.map(({ body }) => body).join()).not.toContain(person.email);
      await visitor.open("/admin/events?type=account.registered");
      await page.getByRole("row").nth(1).getByRole("link").first().click();
      await page.waitForURL("**/admin/events/*-*");
      await visitor.clean();
      await expect(page.locator("main")).toContainText("account.registered");
      const before = other.came.length;
      await page.locator('button[name="act"][value="resend"]').click();
      await page.waitForURL("**?done=resend");
      await expect.poll(() => other.came.length, { timeout: 15_000 }).toBeGreaterThan(before);
      const ids = other.came.map(({ headers }) => headers["webhook-id"]);
      expect(new Set(ids).size).toBe(ids.length - 1);

      await visitor.open("/admin/events");
      await page.locator("main section:has(> h2#endpoints) summary").click();
      await page.locator('button[name="act"][value="remove"]').click();
      await page.waitForURL("**/admin/events?done=remove");
      other.server.closeAllConnections();
      other.server.close();
    }));

for (const look of looks)
  test(`An administrator makes a key, changes and removes it, ${look.scripts ? "with" : "without"} JavaScript; it works between.`, ({
    browser,
    server,
  }) =>
    staffBrowser(browser, server, "administrator", look, async (visitor) => {
      const { page } = visitor;
      const answers = async (key: string) =>
        (
          await fetch(`${server.url}/api/v1/verifications/0f6f0b3e-7a5e-4f3a-9a53-3d3a6d9a5b10`, {
            headers: { authorization: `Bearer ${key}` },
          })
        ).status;
      await visitor.open("/admin/keys");
      const add = page.locator('form:has(button[name="act"][value="add"])');
      await add.locator('[name="name"]').fill("our shop");
      await add.locator('button[name="act"]').click();
      await expect(visitor.alert).toBeVisible();
      await add.locator('[name="name"]').fill("shop");
      await add.locator('[name="countries"]').fill("ｊｐ");
      await add.locator('[name="perDay"]').fill("５０００");
      await add.locator('button[name="act"]').click();
      const key = await page.getByRole("status").locator("code").innerText();
      expect(await answers(key)).toBe(404);
      await visitor.open("/admin/keys");
      await expect(page.locator("main")).not.toContainText(key);
      await expect(page.getByRole("row").nth(1)).toContainText("shop");
      const rotate = page.locator('form:has(button[name="act"][value="rotate"])');
      await rotate.locator('[name="overlap"]').fill("0");
      await rotate.locator('button[name="act"]').click();
      const fresh = await page.getByRole("status").locator("code").innerText();
      expect([await answers(key), await answers(fresh)]).toEqual([401, 404]);
      await visitor.clean();
      await page.goto("/admin/keys");
      await page.getByRole("row").nth(1).locator("summary").click();
      await page.locator('button[name="act"][value="remove"]').click();
      await page.waitForURL("**/admin/keys?done=remove");
      expect(await answers(fresh)).toBe(401);
    }));

test("Support sees keys and events and has no act there.", ({ browser, server }) =>
  staffBrowser(browser, server, "support", { width: 390 }, async (visitor) => {
    for (const path of ["/admin/keys", "/admin/events"]) {
      await visitor.open(path);
      await expect(visitor.page.locator('main button[name="act"]')).toHaveCount(0);
    }
  }));

test("The receiver of the documents takes what is signed with its secret, once, and nothing else.", async () => {
  const secret = `whsec_${Buffer.from("a secret of thirty-two characters").toString("base64")}`;
  const child: ChildProcess = spawn(process.execPath, [join(root, "examples", "events", "receiver.mjs")], {
    env: { ...process.env, SEKISHO_EVENT_SECRET: secret, PORT: "0" },
  });
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk));
  try {
    await expect.poll(() => output).toMatch(/listening on \d+/);
    const url = `http://127.0.0.1:${/\d+/.exec(output)?.[0]}/`;
    const body = JSON.stringify({ type: "account.deleted", timestamp: new Date().toISOString(), data: { account: "x" } });
    const send = async (by: string, at = new Date(), sent = body) => {
      const headers = {
        "webhook-id": "one",
        "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
        "webhook-signature": new Webhook(by).sign("one", at, body),
      };
      return (await fetch(url, { method: "POST", headers, body: sent })).status;
    };
    expect(await send(secret, new Date(), `${body} `)).toBe(401);
    expect(await send(`whsec_${Buffer.from("another secret").toString("base64")}`)).toBe(401);
    expect(await send(secret, new Date(Date.now() - 600_000))).toBe(401);
    // A request that breaks off, and one that is too long, end nothing.
    const broken = connect(Number(new URL(url).port), "127.0.0.1");
    broken.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc");
    await new Promise((resolve) => setTimeout(resolve, 100));
    broken.destroy();
    expect(await send(secret, new Date(), "x".repeat(100_000)).catch(() => 413)).toBe(413);
    expect([await send(secret), await send(secret)]).toEqual([204, 204]);
    await expect.poll(() => output.match(/account\.deleted/g)?.length).toBe(1);
  } finally {
    child.kill("SIGKILL");
  }
});

for (const secret of ["", " ", "whsec_"])
  test(`The receiver of the documents does not start with the secret "${secret}", which would be a key that everybody knows.`, async () => {
    const child = spawn(process.execPath, [join(root, "examples", "events", "receiver.mjs")], {
      env: { ...process.env, SEKISHO_EVENT_SECRET: secret, PORT: "0" },
    });
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(1);
  });
