import { Client, expectStatus, freshNumber, PASSWORD, passPassword, register } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import type { Visitor } from "./support/person.ts";
import { command } from "./support/provider.ts";
import type { Instance } from "./support/server.ts";
import { awaitingNumber, become } from "./support/stages.ts";

// While sending is stopped, the pages name the stopped ways, offer the remaining ones, and advise an account without another way (J08).

test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });
test.afterEach(({ rows }) => rows.query("DELETE FROM sending_stops"));

const kill = (server: Instance, line: string) => command("kill", server.databaseUrl, line.split(" "));

for (const scripts of [true, false])
  test(`An open page loses the text, names what is stopped and goes on by call, and by recovery code when both are stopped; JavaScript ${scripts ? "on" : "off"}.`, async ({
    visit,
    server,
  }) => {
    const known = await register(new Client(server.url));
    await visit({ scripts }, async (visitor) => {
      const { page } = visitor;
      await become(visitor, (await passPassword(known, new Client(server.url))).client, "/verify");
      const again = async () => (scripts ? undefined : void (await page.reload()));
      const way = (method: string) => page.locator(`button[name="method"][value="${method}"]`);
      await expect(way("sms")).toHaveCount(1);
      expect((await kill(server, "sms off")).code).toBe(0);
      await again();
      await expect(visitor.main).toContainText("止めています: SMS。");
      await expect(visitor.main).toContainText("すでに届いている認証コードは");
      await expect(way("sms")).toHaveCount(0);
      await visitor.clean();
      await way("voice").click();
      await expect(visitor.line).toContainText("発信");
      expect((await kill(server, "voice off")).code).toBe(0);
      await again();
      await expect(visitor.main).toContainText("SMS、自動音声の電話");
      await expect(way("voice")).toHaveCount(0);
      await way("recovery_code").click();
      await page.waitForURL("**/verify?with=recovery_code");
      await visitor.send({ code: known.codes[1] ?? "" });
      await visitor.at("/account");
    });
  });

const reads = (path: string, client: Client | null, words: RegExp) => async (visitor: Visitor) => {
  await (client ? become(visitor, client, path) : visitor.open(path));
  await expect(visitor.page.getByRole("main")).toContainText(words);
  await visitor.clean();
};

test("Somebody without any other way is told what is stopped, that nothing is lost, and what to do; a sign-up says so before it asks for anything.", async ({
  visit,
  server,
  rows,
}) => {
  const alone = await register(new Client(server.url));
  await rows.query(
    "DELETE FROM recovery_codes WHERE set_id IN (SELECT id FROM authenticators WHERE user_id = (SELECT id FROM users WHERE email = $1))",
    alone.email,
  );
  for (const channel of ["sms", "voice", "mail"]) expect((await kill(server, `${channel} off`)).code).toBe(0);
  const client = new Client(server.url);
  const { body } = expectStatus(await client.post("/sign-in", { identifier: alone.email, password: PASSWORD }), 200);
  expect(body.challenge).toMatchObject({
    methods: [],
    stopped: [{ method: "sms" }, { method: "voice" }],
    delivery: { status: "failed", reason: "sending_stopped" },
  });
  for (const scripts of [true, false]) {
    await visit({ scripts }, reads("/verify", client, /再開までお待ちください.*お問い合わせ窓口/s));
    await visit({ scripts }, reads("/sign-up", null, /メールの送信を止めているため、新規登録を受け付けていません/));
  }
  expect((await new Client(server.url).get("/sign-up")).text).not.toContain('name="password"');
  expect(expectStatus(await new Client(server.url).post("/sign-up", { email: "x@example.jp", password: PASSWORD }), 503).body.code).toBe(
    "sending_stopped",
  );
  await rows.query("DELETE FROM sending_stops WHERE channel = 'EMAIL'");
  const binding = await awaitingNumber(server.url);
  await visit({}, reads("/sign-up/phone", binding, /電話番号を登録できません。ここまでの登録は残っています/));
  await rows.query("DELETE FROM sending_stops WHERE channel = 'VOICE'");
  await visit({}, async (visitor) => {
    await become(visitor, binding, "/sign-up/phone");
    await expect(visitor.page.locator('[name="channel"][value="sms"]')).toHaveCount(0);
    await visitor.send({ number: freshNumber(), acceptRisk: true });
    await visitor.at("/verify");
  });
});
