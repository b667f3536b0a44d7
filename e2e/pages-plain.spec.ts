import { Client, freshNumber, otherThan, PASSWORD, register } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import type { Visitor } from "./support/person.ts";
import type { Instance } from "./support/server.ts";
import { awaitingCode, awaitingNumber, become } from "./support/stages.ts";

// All ways work without JavaScript; each refusal says what happened and how to continue.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" }, look: { scripts: false } });

const atVerify = async (server: Instance, visitor: Visitor) => {
  const pending = await awaitingCode(server.url);
  await become(visitor, pending.client, "/verify");
  return pending;
};
const atPhone = async (server: Instance, visitor: Visitor) => become(visitor, await awaitingNumber(server.url), "/sign-up/phone");

test("A wrong password keeps what was typed, but the password, and says what to do.", async ({ visitor, server }) => {
  const { email } = await register(new Client(server.url));
  await visitor.open("/sign-in");
  await visitor.send({ identifier: email, password: "wrong" });
  expect(await visitor.refused()).toContain("もう一度入力してください");
  await expect(visitor.field("identifier")).toHaveValue(email);
  await expect(visitor.field("password")).toHaveValue("");
  await visitor.send({ password: PASSWORD });
  await visitor.at("/verify");
});

test("A wrong code is refused, an empty one costs nothing, and the right one is still taken.", async ({ visitor, server }) => {
  const { code } = await atVerify(server, visitor);
  await visitor.send({ code: otherThan(code) });
  expect(await visitor.refused()).toContain("コードが違います");
  await visitor.send({ code: "" });
  expect(await visitor.refused()).toContain("入力してください");
  await visitor.send({ code });
  await visitor.at("/account");
});

test("An expired code says so and leads back to the start.", async ({ visitor, server }) => {
  const { code, client } = await atVerify(server, visitor);
  await client.clock(660);
  await visitor.send({ code });
  await expect(visitor.page.getByRole("heading", { level: 1 })).toHaveText("有効期限が切れました");
  await visitor.page.getByRole("link", { name: "ログインをやり直す" }).click();
  await visitor.at("/sign-in");
  await client.clock(0);
});

test("Ten wrong codes lock the account: the page says until when and what is possible meanwhile, also when it is opened anew.", async ({
  visitor,
  server,
}) => {
  const { person, client, code } = await atVerify(server, visitor);
  for (let step = 1; step <= 5; step += 1) await client.post("/challenge/verify", { code: otherThan(code, step) });
  const again = await awaitingCode(server.url, person);
  await become(visitor, again.client, "/verify");
  for (let step = 1; step <= 5; step += 1) {
    await visitor.send({ code: otherThan(again.code, step) });
    if (step < 5) await visitor.refused();
  }
  const locked = async () => {
    await expect(visitor.page.getByRole("heading", { level: 1 })).toHaveText("しばらくお待ちください");
    await expect(visitor.page.getByRole("timer")).toHaveText("15分");
    await expect(visitor.main).toContainText(/\d\d:\d\d に再開します/);
    await expect(visitor.main).toContainText("すでにログインしている端末では、これまでどおり使えます");
  };
  await locked();
  await become(visitor, (await awaitingCode(server.url, person)).client, "/verify");
  await locked();
});

test("A landline typed for texts is led to the call in one step, and its code works.", async ({ visitor, server }) => {
  await atPhone(server, visitor);
  const number = `03-5${String(Math.random()).slice(2, 5)}-${String(Math.random()).slice(2, 6)}`;
  await visitor.send({ number, acceptRisk: true });
  expect(await visitor.refused()).toContain("固定電話には SMS が届きません");
  await expect(visitor.field("number")).toHaveValue(number);
  await expect(visitor.field("acceptRisk")).toBeChecked();
  await visitor.submit("number");
  await visitor.at("/verify");
  await visitor.send({ code: await visitor.code(`+81${number.slice(1).replaceAll("-", "")}`) });
  await visitor.at("/recovery-codes");
});

test("Internet, premium and foreign numbers are refused with a reason, and so is a notice that was not accepted.", async ({
  visitor,
  server,
}) => {
  await atPhone(server, visitor);
  for (const [number, reason] of [
    ["050-3000-1234", "IP 電話"],
    ["0990-512-345", "有料"],
    ["+1 202 555 0123", "この国の電話番号"],
  ] as const) {
    await visitor.send({ number, acceptRisk: true });
    expect(await visitor.refused()).toContain(reason);
  }
  await visitor.field("acceptRisk").uncheck();
  await visitor.send({ number: visitor.number });
  expect(await visitor.refused()).toContain("チェックを入れてください");
  await expect(visitor.field("number")).toHaveValue(visitor.number);
});

test("A taken number is told after its code, with every way out.", async ({ visitor, server }) => {
  const { number } = await register(new Client(server.url));
  const before = await visitor.latest(number);
  await atPhone(server, visitor);
  await visitor.send({ number, acceptRisk: true });
  await visitor.at("/verify");
  await visitor.send({ code: await visitor.code(number, before) });
  await visitor.at("/sign-up/phone");
  for (const way of ["その番号でログインする", "別の番号を入力してください", "リカバリーコードを使う", "前にこの番号を使っていた方"])
    await expect(visitor.main).toContainText(way);
  await visitor.page.getByRole("link", { name: "その番号でログインする" }).click();
  await visitor.at("/sign-in");
  await visitor.page.getByRole("link", { name: "続きから始める" }).click();
  await visitor.at("/sign-up/phone");
});

test("The codes can be kept as a file, are asked for before anything else, and are the same when one comes back.", async ({
  visitor,
  server,
}) => {
  const { page } = visitor;
  await atPhone(server, visitor);
  await visitor.send({ number: visitor.number, acceptRisk: true });
  await visitor.at("/verify");
  await visitor.send({ code: await visitor.code(visitor.number) });
  await visitor.at("/recovery-codes");
  const codes = await visitor.recoveryCodes.allInnerTexts();
  expect(new Set(codes).size).toBe(10);
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "ファイルに保存" }).click()]);
  expect(file.suggestedFilename()).toBe("recovery-codes.txt");
  const text = Buffer.concat(await (await file.createReadStream()).toArray()).toString();
  for (const code of codes) expect(text).toContain(code);
  expect(text).not.toContain(visitor.email);
  await visitor.submit("saved");
  expect(await visitor.refused()).toContain("チェックを入れてください");
  await page.goto("/account");
  await visitor.at("/recovery-codes");
  expect(await visitor.recoveryCodes.allInnerTexts()).toEqual(codes);
  await visitor.send({ saved: true });
  await visitor.at("/account");
  const answer = await page.request.get("/recovery-codes/file");
  expect([new URL(answer.url()).pathname, await answer.text()]).toEqual(["/account", expect.not.stringContaining(codes[0] ?? "")]);
});

test("Whoever stops in the middle is led on: from sign-in, from sign-up, and by signing in when the browser has forgotten.", async ({
  visitor,
}) => {
  const { page } = visitor;
  await visitor.open("/sign-up");
  await visitor.send({ email: visitor.email, password: PASSWORD });
  await visitor.at("/verify");
  for (const path of ["/sign-in", "/sign-up"]) {
    await page.goto(path);
    await page.getByRole("link", { name: "続きから始める" }).click();
    await visitor.at("/verify");
  }
  await visitor.send({ code: await visitor.code(visitor.email) });
  await visitor.at("/sign-up/phone");
  await page.context().clearCookies();
  const before = await visitor.latest(visitor.email);
  await visitor.open("/sign-in");
  await visitor.send({ identifier: visitor.email, password: PASSWORD });
  await visitor.at("/verify");
  await visitor.send({ code: await visitor.code(visitor.email, before) });
  await visitor.at("/sign-up/phone");
});

test("Whoever is signed in is told so before they sign in or sign up again.", async ({ visitor, server }) => {
  const { email, client } = await register(new Client(server.url));
  for (const path of ["/sign-in", "/sign-up"]) {
    await become(visitor, client, path);
    await expect(visitor.main).toContainText(`${email} でログインしています。`);
    await visitor.page.getByRole("link", { name: "アカウントの画面へ" }).click();
    await visitor.at("/account");
  }
});

test("The page for those whom nothing reaches leads back to a code that is waited for, and to sign-in without one.", async ({
  visitor,
  server,
}) => {
  const { page } = visitor;
  await visitor.open("/not-arriving");
  for (const carrier of ["docomo", "au", "softbank", "rakuten", "ymobile", "uq", "mvno", "dataOnly", "foreign"])
    await expect(page.locator(`details#${carrier} p`)).toHaveCount(2);
  await page.getByRole("link", { name: "ログイン画面へ" }).first().click();
  await visitor.at("/sign-in");
  await atVerify(server, visitor);
  await page.getByRole("link", { name: "届かないときの確認" }).click();
  await visitor.at("/not-arriving");
  await page.getByRole("link", { name: "認証コードの入力に戻る" }).first().click();
  await visitor.at("/verify");
});

test("One session and all others are ended from their page, and the log tells it in plain words.", async ({ visitor, server }) => {
  const { page } = visitor;
  const person = await register(new Client(server.url));
  const others: Client[] = [];
  for (let count = 0; count < 3; count += 1) {
    const { client, code } = await awaitingCode(server.url, person);
    await client.post("/challenge/verify", { code });
    others.push(client);
  }
  const alive = async () => (await Promise.all(others.map((one) => one.get("/api/v1/session")))).filter(({ status }) => status === 200);
  await become(visitor, person.client, "/account/sessions");
  await page
    .getByRole("button", { name: /をログアウトさせる$/ })
    .first()
    .click();
  await expect(page.getByRole("status")).toContainText("もう使えません");
  expect(await alive()).toHaveLength(2);
  await page.getByRole("button", { name: "ほかの端末をすべてログアウトさせる" }).click();
  await expect(page.getByRole("status")).toContainText("この端末だけ");
  expect(await alive()).toHaveLength(0);
  await visitor.open("/account/activity");
  await expect(visitor.main).toContainText("ほかの端末をすべてログアウトしました");
  await expect(visitor.main).toContainText("ログインしましたSMS");
});

test("The language chosen while signed in is the account's, in another browser too.", async ({ visitor, server }) => {
  const person = await register(new Client(server.url));
  await become(visitor, person.client, "/account");
  await visitor.page.getByRole("contentinfo").getByRole("button", { name: "English" }).click();
  await expect(visitor.page.getByRole("heading", { level: 1 })).toHaveText("Your account");
  const { client, code } = await awaitingCode(server.url, person);
  await client.post("/challenge/verify", { code });
  expect((await client.get("/api/v1/session")).text).toContain('"locale":"en"');
  await become(visitor, client, "/account");
  await expect(visitor.page.locator("html")).toHaveAttribute("lang", "en");
});

test("A message that is refused, out of reach or failed is told after a reload, with what helps first.", async ({ visitor, server }) => {
  for (const [digits, station, way] of [
    ["0001", "拒否", "voice"],
    ["0002", "届かず", "voice"],
    ["0005", "失敗", "voice"],
  ] as const) {
    await atPhone(server, visitor);
    await visitor.send({ number: freshNumber(digits), acceptRisk: true });
    await visitor.at("/verify");
    await expect(async () => {
      await visitor.page.reload();
      await expect(visitor.line).toContainText(station, { timeout: 500 });
    }).toPass();
    await expect(visitor.main.getByRole("button").first()).toHaveAttribute("value", way);
  }
});
