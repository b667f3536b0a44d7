import { type Browser, expect, test } from "@playwright/test";
import { Client, expectStatus, freshNumber, PASSWORD, passPassword, register } from "./support/api.ts";
import { command } from "./support/provider.ts";
import { openRows, type Rows } from "./support/rows.ts";
import { type Instance, startInstance } from "./support/server.ts";
import { awaitingNumber, become } from "./support/stages.ts";
import { visit } from "./support/visit.ts";

// While sending is stopped, the pages name the stopped ways, offer the remaining ones, and advise an account without another way (J08).

let a: Instance;
let rows: Rows;

test.beforeAll(async () => {
  a = await startInstance({ env: { SEKISHO_LIMITS: "bench" } });
  rows = await openRows(a.databaseUrl);
});
test.afterEach(() => rows.query("DELETE FROM sending_stops"));
test.afterAll(async () => {
  await rows.close();
  await a.stop();
});

const kill = (line: string) => command("kill", a.databaseUrl, line.split(" "));

for (const scripts of [true, false])
  test(`An open page loses the text, names what is stopped and goes on by call, and by recovery code when both are stopped; JavaScript ${scripts ? "on" : "off"}.`, async ({
    browser,
  }) => {
    const known = await register(new Client(a.url));
    await visit(browser, a.url, { scripts }, async (visitor) => {
      const { page } = visitor;
      await become(visitor, (await passPassword(known, new Client(a.url))).client, "/verify");
      const again = async () => (scripts ? undefined : void (await page.reload()));
      const way = (method: string) => page.locator(`button[value="${method}"]`);
      await expect(way("sms")).toHaveCount(1);
      expect((await kill("sms off")).code).toBe(0);
      await again();
      await expect(page.locator(".stopped")).toContainText("止めています: SMS。");
      await expect(page.locator(".stopped")).toContainText("すでに届いている認証コードは");
      await expect(way("sms")).toHaveCount(0);
      await visitor.clean();
      await way("voice").click();
      await expect(page.locator(".road")).toContainText("発信");
      expect((await kill("voice off")).code).toBe(0);
      await again();
      await expect(page.locator(".stopped")).toContainText("SMS、自動音声の電話");
      await expect(way("voice")).toHaveCount(0);
      await way("recovery_code").click();
      await page.waitForURL("**/verify?with=recovery_code");
      await visitor.send({ code: known.codes[1] ?? "" });
      await visitor.at("/account");
    });
  });

async function expectWords(browser: Browser, scripts: boolean, path: string, client: Client | null, words: RegExp) {
  await visit(browser, a.url, { scripts }, async (visitor) => {
    await (client ? become(visitor, client, path) : visitor.open(path));
    await expect(visitor.page.locator("main")).toContainText(words);
    await visitor.clean();
  });
}

test("Somebody without any other way is told what is stopped, that nothing is lost, and what to do; a sign-up says so before it asks for anything.", async ({
  browser,
}) => {
  const alone = await register(new Client(a.url));
  await rows.query(
    "DELETE FROM recovery_codes WHERE set_id IN (SELECT id FROM authenticators WHERE user_id = (SELECT id FROM users WHERE email = $1))",
    alone.email,
  );
  for (const channel of ["sms", "voice", "mail"]) expect((await kill(`${channel} off`)).code).toBe(0);
  const client = new Client(a.url);
  const { body } = expectStatus(await client.post("/sign-in", { identifier: alone.email, password: PASSWORD }), 200);
  expect(body.challenge).toMatchObject({
    methods: [],
    stopped: [{ method: "sms" }, { method: "voice" }],
    delivery: { status: "failed", reason: "sending_stopped" },
  });
  for (const scripts of [true, false]) {
    await expectWords(browser, scripts, "/verify", client, /再開までお待ちください.*お問い合わせ窓口/s);
    await expectWords(browser, scripts, "/sign-up", null, /メールの送信を止めているため、新規登録を受け付けていません/);
  }
  expect((await new Client(a.url).get("/sign-up")).text).not.toContain('name="password"');
  expect(expectStatus(await new Client(a.url).post("/sign-up", { email: "x@example.jp", password: PASSWORD }), 503).body.code).toBe(
    "sending_stopped",
  );
  await rows.query("DELETE FROM sending_stops WHERE channel = 'EMAIL'");
  const binding = await awaitingNumber(a.url);
  await expectWords(browser, true, "/sign-up/phone", binding, /電話番号を登録できません。ここまでの登録は残っています/);
  await rows.query("DELETE FROM sending_stops WHERE channel = 'VOICE'");
  await visit(browser, a.url, {}, async (visitor) => {
    await become(visitor, binding, "/sign-up/phone");
    await expect(visitor.page.locator('[name="channel"][value="sms"]')).toHaveCount(0);
    await visitor.send({ number: freshNumber(), acceptRisk: true });
    await visitor.at("/verify");
  });
});
