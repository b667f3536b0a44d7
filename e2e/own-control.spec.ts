import { Client, expectStatus, freshEmail, freshNumber, PASSWORD, type Person, register } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import { addPhone, codeOf, NEW_PASSWORD, noticeOf, phonesOf, stepUp } from "./support/own-control.ts";
import type { Visitor } from "./support/person.ts";
import { become } from "./support/stages.ts";
import type { Look } from "./support/visit.ts";

// A person's own control in a browser: a forgotten password, step-up and every act behind it, and the codes of notices that stop and undo.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const looks: Look[] = [
  { scripts: true, locale: "ja-JP" },
  { scripts: false, locale: "en-US" },
];

/** Words in either language, as the whole name of a button, link or heading. */
const named = (ja: string, en: string) => new RegExp(`^(?:${ja}|${en})$`);
const press = (visitor: Visitor, ja: string, en: string) =>
  visitor.main
    .getByRole("button", { name: named(ja, en) })
    .first()
    .click();
const said = (visitor: Visitor) => visitor.main.getByRole("status").filter({ hasText: /\S/ }).first();

/** Counts the pages that a person sees, and the seconds until the last one, as the log of the run shows them. */
function counted(visitor: Visitor, flow: string) {
  const started = performance.now();
  let pages = 1;
  visitor.page.on("response", (answer) => {
    const request = answer.request();
    if (request.isNavigationRequest() ? answer.status() === 200 : "next-action" in request.headers()) pages += 1;
  });
  return () => console.log(`${flow}: ${pages} pages, ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** Passes the step-up that a page asks for by the texted code, and comes back to that page. */
async function proves(visitor: Visitor, { client, number }: Person, page: string): Promise<void> {
  const code = await codeOf(client, number, async () => {
    await press(visitor, "本人確認をする", "Confirm that it is me");
    await visitor.at("/verify");
  });
  await visitor.send({ code });
  await visitor.at(page);
}

/** Submits fields that send a code to an address or number, and proves that code. */
async function sendsAndProves(visitor: Visitor, client: Client, to: string, fields: Record<string, string | true>): Promise<void> {
  const code = await codeOf(client, to, async () => {
    await visitor.send(fields);
    await visitor.at("/verify");
  });
  await visitor.send({ code });
}

/** Signs in through the API, in another browser. */
async function signedIn(person: Person, password = PASSWORD): Promise<Client> {
  const client = new Client(person.client.url);
  const code = await codeOf(client, person.number, async () =>
    expectStatus(await client.post("/sign-in", { identifier: person.email, password }), 200),
  );
  expectStatus(await client.post("/challenge/verify", { code }), 200);
  return client;
}

const alive = async (client: Client) => (await client.get("/api/v1/session")).status === 200;

for (const look of looks) {
  const name = `${look.scripts ? "with" : "without"} JavaScript, ${look.locale}`;

  test(`A person who forgot the password proves mailbox and phone, sets another one, and signs in with it, ${name}.`, ({ visit, server }) =>
    visit(look, async (visitor) => {
      const person = await register(new Client(server.url));
      const { client, email, number } = person;
      await visitor.open("/sign-in");
      await visitor.page.getByRole("link", { name: named("パスワードをお忘れの方", "Forgot your password\\?") }).click();
      await visitor.at("/forgot-password");
      const done = counted(visitor, `reset ${name}`);
      const mailed = await codeOf(client, email, async () => {
        await visitor.send({ identifier: email });
        await visitor.at("/verify");
      });
      await visitor.send({ code: mailed === "0000000000" ? "1111111111" : "0000000000" });
      await visitor.refused();
      const texted = await codeOf(client, number, async () => {
        await visitor.send({ code: mailed });
        await expect(visitor.main).toContainText(/メールを確認できました|Your mailbox is confirmed/);
      });
      await visitor.send({ code: texted });
      await visitor.at("/reset-password");
      await visitor.send({ password: "short" });
      await visitor.refused();
      await visitor.send({ password: NEW_PASSWORD });
      await visitor.at("/sign-in");
      await expect(visitor.main).toContainText(/パスワードを再設定しました|Your password has been reset/);
      done();
      expect(await alive(client)).toBe(false);
      expectStatus(await new Client(server.url).post("/sign-in", { identifier: email, password: PASSWORD }), 401);
      await sendsAndProves(visitor, client, number, { identifier: email, password: NEW_PASSWORD });
      await visitor.at("/account");
    }));

  test(`A person changes the password after step-up, and every other session ends, ${name}.`, ({ visit, server }) =>
    visit(look, async (visitor) => {
      const person = await register(new Client(server.url));
      const other = await signedIn(person);
      await become(visitor, person.client, "/account/password");
      await expect(visitor.field("password")).toHaveCount(0);
      const done = counted(visitor, `step-up ${name}`);
      const code = await codeOf(person.client, person.number, async () => {
        await press(visitor, "本人確認をする", "Confirm that it is me");
        await visitor.at("/verify");
      });
      await visitor.send({ code: code === "000000" ? "111111" : "000000" });
      await visitor.refused();
      await visitor.send({ code });
      await visitor.at("/account/password");
      done();
      await visitor.send({ password: "short" });
      await visitor.refused();
      await expect(visitor.page).toHaveTitle(/^(エラー|Error): (パスワード|Password) – /);
      await visitor.send({ password: NEW_PASSWORD });
      await expect(said(visitor)).toContainText(/パスワードを変えました|Your password was changed/);
      expect(await alive(other)).toBe(false);
      expect(await alive(await signedIn(person, NEW_PASSWORD))).toBe(true);
    }));

  test(`A person adds a phone, names it, replaces one and removes one, but never the last, ${name}.`, ({ visit, server }) =>
    visit(look, async (visitor) => {
      const person = await register(new Client(server.url));
      const { client } = person;
      const [added, replacing] = [freshNumber(), freshNumber()];
      await become(visitor, client, "/account/phones/add");
      const done = counted(visitor, `a phone added ${name}`);
      await proves(visitor, person, "/account/phones/add");
      await visitor.send({ number: "12", acceptRisk: true });
      await visitor.refused();
      await sendsAndProves(visitor, client, added, { number: added, acceptRisk: true });
      await visitor.at("/account/phones");
      await expect(said(visitor)).toContainText(/電話番号を登録しました|The phone number was added/);
      done();
      const row = (number: string) => visitor.main.getByRole("listitem").filter({ hasText: number.slice(-4) });
      const edit = async (number: string) => {
        await row(number)
          .getByRole("link", { name: named("名前・受け取り方", "Name and delivery") })
          .click();
        await visitor.page.waitForURL(/\/account\/phones\/[0-9a-f-]{36}$/);
      };
      await expect(row(person.number)).toContainText(/いつもの番号|Usual number/);
      await edit(added);
      await visitor.send({ name: "わたしの携帯", preferred: true });
      await expect(said(visitor)).toContainText(/保存しました|Saved/);
      await expect(row(added)).toContainText("わたしの携帯");
      await expect(row(added)).toContainText(/いつもの番号|Usual number/);
      const changed = counted(visitor, `a phone changed ${name}`);
      await row(person.number)
        .getByRole("link", { name: named("番号を変える", "Change this number") })
        .click();
      await visitor.page.waitForURL("**/account/phones/add?replaces=*");
      await sendsAndProves(visitor, client, replacing, { number: replacing, acceptRisk: true });
      await visitor.at("/account/phones");
      await expect(row(replacing)).toHaveCount(1);
      await expect(row(person.number)).toHaveCount(0);
      changed();
      await edit(replacing);
      await press(visitor, "この番号を削除する", "Remove this number");
      await expect(said(visitor)).toContainText(/電話番号を削除しました|The phone number was removed/);
      await expect(row(replacing)).toHaveCount(0);
      await edit(added);
      await expect(visitor.main).toContainText(/ただひとつの番号|your only number/);
      await expect(visitor.main.getByRole("button", { name: named("この番号を削除する", "Remove this number") })).toHaveCount(0);
    }));

  test(`A person changes the e-mail address, and adds and removes a second one, ${name}.`, ({ visit, server }) =>
    visit(look, async (visitor) => {
      const person = await register(new Client(server.url));
      const { client } = person;
      const [email, second] = [freshEmail(), freshEmail()];
      await become(visitor, client, "/account/email");
      await proves(visitor, person, "/account/email");
      await visitor.send({ email: "none" });
      await visitor.refused();
      await sendsAndProves(visitor, client, email, { email });
      await visitor.at("/account/email");
      await expect(said(visitor)).toContainText(/確認し、登録しました|confirmed and saved/);
      await expect(visitor.main).toContainText(email);
      await visitor.open("/account/email?second");
      await sendsAndProves(visitor, client, second, { email: second });
      await visitor.at("/account/email");
      await expect(visitor.main).toContainText(second);
      await expect(visitor.main).toContainText(/から使えます|Counts from/);
      await visitor.open("/account/email?second");
      await press(visitor, "予備のアドレスを削除する", "Remove the second address");
      await expect(said(visitor)).toContainText(/削除しました|was removed/);
      await expect(visitor.main).not.toContainText(second);
      expectStatus(await new Client(server.url).post("/sign-in", { identifier: email, password: PASSWORD }), 200);
    }));

  test(`A person makes new recovery codes, and the old ones are worth nothing, ${name}.`, ({ visit, server }) =>
    visit(look, async (visitor) => {
      const person = await register(new Client(server.url));
      await become(visitor, person.client, "/account/recovery-codes");
      await proves(visitor, person, "/account/recovery-codes");
      await press(visitor, "新しい10個を作る", "Make ten new recovery codes");
      await visitor.at("/recovery-codes");
      await expect(visitor.recoveryCodes).toHaveCount(10);
      const [code = ""] = await visitor.recoveryCodes.allInnerTexts();
      await visitor.send({ saved: true });
      await visitor.at("/account");
      const signsIn = async (typed: string) => {
        const client = new Client(server.url);
        expectStatus(await client.post("/sign-in", { identifier: person.email, password: PASSWORD }), 200);
        return (await client.post("/challenge/verify", { method: "recovery_code", code: typed })).status;
      };
      expect([await signsIn(person.codes[3] ?? ""), await signsIn(code.match(/[\dA-Z-]{10,}/)?.[0] ?? "")]).toEqual([422, 200]);
    }));

  test(`A stop code of a mail cancels a deletion and ends every session, and one of a text stops important acts, ${name}.`, ({
    visit,
    server,
    rows,
  }) =>
    visit(look, async (visitor) => {
      const person = await register(new Client(server.url));
      const { client, email, number } = person;
      const deleteAt = async () =>
        (await rows.query<{ at: Date | null }>("SELECT delete_at AS at FROM users WHERE email = $1", email))[0]?.at;
      await stepUp(person, "delete_account");
      const before = await client.latest(number);
      const mail = await noticeOf(client, email, "stopCode", async () => expectStatus(await client.call("DELETE", "/api/v1/account"), 202));
      const text = await client.awaited(number, before, ({ stopCode }) => stopCode !== null);
      expect(await deleteAt()).not.toBeNull();
      await visitor.open("/stop");
      await visitor.send({ reference: text.reference ?? "", stopCode: mail.stopCode === "00000-00000" ? "11111-11111" : "00000-00000" });
      await visitor.refused();
      await visitor.send({ reference: text.reference ?? "", stopCode: text.stopCode ?? "" });
      await expect(said(visitor)).toContainText(/停止しました|Stopped/);
      await visitor.at("/stop");
      expect([await alive(client), (await deleteAt()) === null]).toEqual([false, false]);
      await become(visitor, await signedIn(person), "/account/phones");
      await expect(visitor.main).toContainText(/一時的に止めています|stopped for a while/);
      await visitor.open("/stop");
      await visitor.send({ reference: mail.reference ?? "", stopCode: mail.stopCode ?? "" });
      await expect(said(visitor)).toContainText(/停止しました|Stopped/);
      expect(await deleteAt()).toBeNull();
      await visitor.page.goto("/account");
      await visitor.at("/sign-in");
    }));

  test(`The undo code of a mail and the password bring a replaced number back, ${name}.`, ({ visit, server }) =>
    visit(look, async (visitor) => {
      const person = await register(new Client(server.url));
      const { client, email } = person;
      await stepUp(person, "manage_factors");
      const [phone] = await phonesOf(client);
      const { reference, undoCode } = await noticeOf(client, email, "undoCode", () => addPhone(client, freshNumber(), phone?.id));
      await visitor.open("/undo");
      await visitor.send({ reference: reference ?? "", undoCode: undoCode ?? "", password: "wrong" });
      await visitor.refused();
      await expect(visitor.field("password")).toHaveValue("");
      await visitor.send({ reference: reference ?? "", undoCode: undoCode ?? "", password: PASSWORD });
      await expect(said(visitor)).toContainText(/元に戻し|was undone/);
      await visitor.at("/undo");
      expect(await alive(client)).toBe(false);
      expect((await phonesOf(await signedIn(person))).map(({ id }) => id)).toEqual([phone?.id]);
    }));
}
