import { mailServer } from "../lib/testing/smtp.ts";
import { Client, freshEmail, freshNumber, PASSWORD, register } from "./support/api.ts";
import { expect, HOST, PRODUCTION, test } from "./support/fixtures.ts";
import { askAs } from "./support/plain.ts";
import { addWebhook, openGateway } from "./support/provider.ts";
import type { Rows } from "./support/rows.ts";
import { type Instance, startInstance } from "./support/server.ts";
import { awaitingCode, awaitingNumber, become } from "./support/stages.ts";

// Pages and mails state what the installation does: in production the operator's name, contact and terms, calls only if one can be placed, a sender
// only if known. In demo mode they state whether texts are really sent.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench", CONTACT: "help@example.jp" } });

const OPERATOR = {
  SERVICE_NAME: "山田商店",
  SENDER_NUMBER: "0005 9876",
  MAIL_FROM: "no-reply@mail.example.jp",
  CONTACT: "0120-123-456",
  TERMS_URL: "https://example.jp/terms",
  PRIVACY_URL: "https://example.jp/privacy",
};
const OURS = /関所|Sekisho(?!-)|自社のサーバー|your own servers|0005 1234/;

/** Returns the visible text of a page: its title and words, without scripts, styles and tags. */
const read = (html: string) =>
  html
    .replace(/<(script|style)\b[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/&#x27;|&#39;/g, "'");

const pageOf = async (server: Instance, path: string, language = "ja", cookie = "") => {
  const { body } = await askAs(HOST, server.port, { path, headers: { "accept-language": language, ...(cookie ? { cookie } : {}) } });
  return body;
};

async function inProduction(env: Record<string, string>, run: (server: Instance) => Promise<void>): Promise<void> {
  const server = await startInstance({ env: { ...PRODUCTION, LOG_LEVEL: "warn", ...env } });
  try {
    await run(server);
  } finally {
    await server.stop();
  }
}

test("An operator's production speaks in his name: pages, the front door's own pages, contact, terms, and no word of ours.", () =>
  inProduction(OPERATOR, async (server) => {
    for (const language of ["ja", "en"]) {
      for (const path of ["/", "/sign-in", "/sign-up", "/not-arriving", "/nowhere"]) {
        const html = await pageOf(server, path, language);
        expect(read(html), path).not.toMatch(OURS);
        for (const link of ['href="https://example.jp/terms"', 'href="https://example.jp/privacy"', 'href="tel:0120123456"'])
          expect(html, path).toContain(link);
      }
      for (const asked of [{ path: "/demo" }, { path: "/", method: "PUT" }])
        expect(read((await askAs(HOST, server.port, { ...asked, headers: { "accept-language": language } })).body)).toMatch(/山田商店/);
      expect(read((await askAs("elsewhere.example", server.port, { path: "/" })).body)).toMatch(/山田商店/);
    }
    const home = read(await pageOf(server, "/"));
    expect(/<main[\s\S]*<\/main>/.exec(await pageOf(server, "/"))?.[0].replace(/<[^>]+>/g, "")).toBe("山田商店のログインログイン新規登録");
    expect(home).toContain("山田商店のログイン");
    expect(read(await pageOf(server, "/sign-up"))).toMatch(
      /「登録を始める」を押すと、\s*利用規約\s*に同意し、\s*プライバシーポリシー\s*を確認したものとします。/,
    );
    expect(read(await pageOf(server, "/not-arriving"))).toContain("0005 9876 から届きます");
    expect(server.log()).not.toContain("settings.unset");
  }));

test("A production without the operator's words says at the start which are missing, and its pages promise nothing in their place.", () =>
  inProduction({}, async (server) => {
    const warning = server.log().match(/.*settings\.unset.*/)?.[0] ?? "";
    for (const name of Object.keys(OPERATOR)) expect(warning).toContain(name);
    expect(warning).toContain('"level":"warn"');
    expect(read(await pageOf(server, "/sign-up"))).not.toMatch(/利用規約|プライバシーポリシー|押すと/);
    const help = read(await pageOf(server, "/not-arriving"));
    expect(help).not.toContain("0005");
    expect(help).not.toMatch(/\{sender\}|null|undefined/);
  }));

test("The number that texts come from is not shown as the origin of a call.", async ({ server }) => {
  const { client } = await awaitingCode(server.url);
  const texted = await client.get("/api/v1/challenge");
  expect(texted.body).toMatchObject({ delivery: { method: "sms", sender: "0005 1234" } });
  await client.post("/challenge/send", { method: "voice" });
  await expect
    .poll(async () => (await client.get("/api/v1/challenge")).body)
    .toMatchObject({ delivery: { method: "voice", status: "delivered" } });
  expect((await client.get("/api/v1/challenge")).body).not.toHaveProperty("delivery.sender");
});

const CALL = /自動音声の電話|通話のできる番号|固定電話で|automated call|number that takes calls|landline (?:at home|will do)/i;

/** Removes every route of calls, for the rest of this file. */
const noCalls = (rows: Rows) => rows.query("DELETE FROM provider_routes WHERE channel = 'VOICE'");

test("Where no account carries calls, no page speaks of one, in both languages; where one does, they do.", async ({ server, rows }) => {
  const binding = await awaitingNumber(server.url);
  const person = await register(new Client(server.url));
  const pages: [Client, string][] = [
    [new Client(server.url), "/sign-up"],
    [new Client(server.url), "/not-arriving"],
    [binding, "/sign-up/phone"],
    [person.client, "/account"],
    [(await awaitingCode(server.url, person)).client, "/verify"],
  ];
  const speaks = async (expected: boolean) => {
    for (const [client, path] of pages)
      for (const language of ["ja", "en"]) {
        const { text, status } = await client.call("GET", path, undefined, { "accept-language": language });
        const main = read(/<main[\s\S]*<\/main>/.exec(text)?.[0] ?? "");
        expect(status, path).toBe(200);
        expect(CALL.test(main), `${path} in ${language}: ${CALL.exec(main)?.[0] ?? "no call"}`).toBe(expected);
      }
  };
  await speaks(true);
  await noCalls(rows);
  await speaks(false);
});

test("Where nobody may call, no call is offered, and a landline is told so.", async ({ visitor, server, rows }) => {
  const { page } = visitor;
  await noCalls(rows);
  await become(visitor, await awaitingNumber(server.url), "/sign-up/phone");
  await expect(page.locator('[name="channel"]')).toHaveCount(1);
  await visitor.send({ number: "03-1234-5678", acceptRisk: true });
  expect(await visitor.refused()).toContain("自動音声の電話では認証コードをお伝えできません");
  await visitor.send({ number: freshNumber(), acceptRisk: true });
  await visitor.at("/verify");
  await expect(page.locator('button[value="sms"]')).toHaveCount(1);
  await expect(page.locator('button[value="voice"]')).toHaveCount(0);
});

test("The demo says that texts really leave once an account of a real provider is entered, and only then.", async () => {
  const server = await startInstance();
  const gateway = await openGateway();
  const told = async (path: string) => read((await new Client(server.url).get(path)).text);
  expect(await told("/sign-in")).toContain("外へ送られず、デモの電話に届きます");
  expect(await told("/demo/phone")).toContain("実際には誰にも送られません");
  await addWebhook(server.databaseUrl, "real", gateway, 9);
  await expect.poll(() => told("/sign-in"), { timeout: 15_000 }).toContain("登録した送信サービスからも、実際に送られます");
  expect(await told("/sign-in")).not.toContain("外へ送られず");
  expect(await told("/demo/phone")).not.toContain("誰にも送られません");
  await gateway.close();
  await server.stop();
});

test("An account without any way left is told where to ask.", async ({ page, server, rows }) => {
  const { client, person } = await awaitingCode(server.url);
  await rows.query(
    "UPDATE authenticators SET disabled_at = app_now() WHERE user_id = (SELECT id FROM users WHERE email = $1)",
    person.email,
  );
  await rows.query(
    "UPDATE recovery_codes SET used_at = app_now() WHERE set_id IN (SELECT id FROM authenticators WHERE user_id = (SELECT id FROM users WHERE email = $1))",
    person.email,
  );
  await page.context().addCookies([...client.cookies].map(([name, value]) => ({ name, value, url: server.url })));
  await page.goto(`${server.url}/verify`);
  await expect(page.getByRole("main")).toContainText("お問い合わせ窓口にご連絡ください");
  await expect(page.getByRole("main").getByRole("link", { name: "help@example.jp" })).toHaveAttribute("href", "mailto:help@example.jp");
});

test("A mail comes from the operator's address under the service's name, its id is of that domain, and it holds no link.", async () => {
  const sink = await mailServer();
  await inProduction({ ...OPERATOR, SMTP_URL: sink.url }, async (server) => {
    const email = freshEmail();
    const json = { email, password: PASSWORD };
    expect((await askAs(HOST, server.port, { method: "POST", path: "/api/v1/sign-up", json })).status).toBe(202);
    await expect.poll(() => sink.taken.length, { timeout: 15_000 }).toBe(1);
    const [head = "", ...body] = (sink.taken[0] ?? "").split("\r\n\r\n");
    const encoded = Buffer.from("山田商店").toString("base64");
    expect(head).toContain(`=?UTF-8?B?${encoded}?= <no-reply@mail.example.jp>`);
    expect(head).toMatch(/^Message-ID: <[0-9a-f-]{36}@mail\.example\.jp>$/m);
    const text = /base64/i.test(head) ? Buffer.from(body.join("\r\n"), "base64").toString() : decoded(body.join("\r\n\r\n"));
    expect(text).toContain("山田商店の新規登録で、このメールアドレスが入力されました。");
    expect(text).toContain("お問い合わせ窓口: 0120-123-456");
    expect(text).not.toMatch(/:\/\/|login\.example\.jp/);
  });
  await sink.close();
});

/** Decodes quoted-printable (RFC 2045 6.7). */
const decoded = (text: string): string =>
  Buffer.from(
    text.replace(/=\r?\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  ).toString("utf8");
