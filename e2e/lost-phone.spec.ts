import { Client, PASSWORD } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import { atSignIn, caseNotice, decide, requestCase } from "./support/lost-phone.ts";
import type { Visitor } from "./support/person.ts";
import { become } from "./support/stages.ts";
import type { Look } from "./support/visit.ts";

// A person who has nothing but the mailbox and the password is back after two people and the wait, in counted pages and clicks; every page and state
// is judged by axe (LP-01, E13).
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });
test.afterEach(({ server }) => new Client(server.url).clock(0));

const looks: Look[] = [
  { scripts: true },
  { scripts: false },
  { scripts: true, locale: "en-US", colorScheme: "dark", width: 1280 },
  { scripts: false, locale: "en-US", width: 1280 },
];

const HOURS = 3600;

/** Counts what a person opens and presses. */
class Steps {
  pages = 0;
  clicks = 0;
  readonly visitor: Visitor;
  constructor(visitor: Visitor) {
    this.visitor = visitor;
  }
  async press(name: RegExp, leadsTo: string, role: "button" | "link" = "button"): Promise<void> {
    await this.visitor.main.getByRole(role, { name }).click();
    this.clicks += 1;
    await this.at(leadsTo);
  }
  async at(path: string): Promise<void> {
    await this.visitor.at(path);
    this.pages += 1;
  }
}

/** A disclosure of the page, opened as the browser does. */
const unfold = (visitor: Visitor) => visitor.page.locator("#cannot-use > summary").click();

for (const look of looks) {
  const name = `${look.scripts ? "with" : "without"} JavaScript, ${look.locale ?? "ja-JP"}, ${look.width ?? 390} px`;

  test(`A person who lost everything but the mailbox and the password is back after the wait, ${name}.`, ({ visit, server }) =>
    visit(look, async (visitor) => {
      const { page, email } = visitor;
      const inbox = new Client(server.url);
      await visitor.signUp();
      await page.context().clearCookies();
      const steps = new Steps(visitor);

      // The request: five pages, and five presses of a button or link.
      await visitor.open("/sign-in");
      steps.pages += 1;
      await visitor.send({ identifier: email, password: PASSWORD });
      steps.clicks += 1;
      await steps.at("/verify");
      await unfold(visitor);
      steps.clicks += 1;
      await visitor.clean();
      const ways = visitor.page.locator("#cannot-use ol.ways button");
      await expect(ways).toHaveText([/自動音声の電話|automated call/i, /リカバリーコード|recovery code/i]);
      await steps.press(/^(復旧を申請する|Request a recovery)$/, "/lost-phone", "link");
      await page.locator("details#stop-line > summary").click();
      await visitor.clean();
      await visitor.page.locator('[name="reason"][value="stolen"]').check();
      await visitor.field("note").fill("駅で盗まれました。");
      const before = await inbox.latest(email);
      await visitor.submit("reason");
      steps.clicks += 1;
      await steps.at("/verify");
      const { code } = await inbox.awaited(email, before, (message) => message.code !== null);
      await visitor.send({ code: code ?? "" });
      steps.clicks += 1;
      await steps.at("/lost-phone/status");
      await expect(visitor.main).toContainText(/1人目の担当者が確かめています|A first person is checking it/);
      await expect(visitor.main).toContainText(/ •••@|•••@example\.jp/);
      const reference = /R-[0-9A-Z]{8}/.exec(await visitor.main.innerText())?.[0] ?? "";

      // Two people, and the wait, seen at the status page.
      await decide(server.databaseUrl, reference, "review");
      await page.reload();
      await visitor.clean();
      await expect(visitor.main).toContainText(/別の担当者の承認を待っています|waits for the approval of a second person/);
      await decide(server.databaseUrl, reference, "approve");
      await page.reload();
      await visitor.clean();
      await expect(visitor.main.getByRole("img")).toHaveAccessibleName(/72/);
      const waiting = await inbox.latest(email);
      await inbox.clock(72 * HOURS + 60);
      const ready = await caseNotice(inbox, email, waiting, "code");

      // Back: five more pages.
      await page.context().clearCookies();
      await visitor.open("/sign-in");
      steps.pages += 1;
      await visitor.send({ identifier: email, password: PASSWORD });
      steps.clicks += 1;
      await steps.at("/verify");
      await visitor.main.getByRole("button", { name: /復旧の認証コードを使う|Use the verification code of the recovery/ }).click();
      steps.clicks += 1;
      await expect(page).toHaveURL(/with=recovery_mail/);
      steps.pages += 1;
      await visitor.clean();
      await visitor.send({ code: "00000-00000" });
      await visitor.refused();
      await visitor.send({ code: ready.code ?? "" });
      steps.clicks += 1;
      await steps.at("/sign-up/phone");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(/新しい電話番号を登録|Add your new phone number/);
      const number = `+8190${visitor.number.slice(-8, -4)}${String((Number(visitor.number.slice(-4)) + 4321) % 10_000).padStart(4, "5")}`;
      await visitor.send({ number, acceptRisk: true });
      steps.clicks += 2;
      await steps.at("/verify");
      await visitor.send({ code: await visitor.code(number) });
      steps.clicks += 1;
      await steps.at("/recovery-codes");
      await expect(visitor.main).toContainText(/大切な操作|important changes/);
      await visitor.send({ saved: true });
      steps.clicks += 2;
      await steps.at("/account");
      await expect(visitor.main).toContainText(number.slice(-4));
      await expect(visitor.main).not.toContainText(visitor.number.slice(-4));
      expect({ pages: steps.pages, clicks: steps.clicks }).toEqual({ pages: 12, clicks: 13 });
    }));

  test(`The status is shown for its code, and says how each request ended, ${name}.`, ({ visit, server }) =>
    visit(look, async (visitor) => {
      const inbox = new Client(server.url);
      await visitor.signUp();
      await visitor.page.context().clearCookies();
      const person = { email: visitor.email, number: visitor.number, codes: [], client: inbox };
      const before = await inbox.latest(visitor.email);
      await requestCase(person, new Client(server.url));
      const mail = await caseNotice(inbox, visitor.email, before, "statusCode");
      await visitor.open("/");
      await visitor.page
        .getByRole("contentinfo")
        .getByRole("link", { name: /^(復旧の申請の状況|Status of a recovery request)$/ })
        .click();
      await visitor.at("/lost-phone/status");
      await visitor.send({ reference: "", statusCode: "" });
      await visitor.refused();
      await visitor.send({ reference: mail.reference ?? "", statusCode: "00000-00000" });
      await visitor.refused();
      await expect(visitor.field("statusCode")).toHaveValue("");
      await visitor.send({ reference: mail.reference ?? "", statusCode: mail.statusCode ?? "" });
      await expect(visitor.main).toContainText(mail.reference ?? "-");
      await visitor.clean();
      await visitor.send({ stopCode: "00000-00000" });
      await visitor.refused();
      await decide(server.databaseUrl, mail.reference ?? "", "reject");
      await visitor.page.goto("/lost-phone/status");
      await expect(visitor.main).toContainText(/申請をお受けできませんでした|The request was not accepted/);
      await visitor.clean();
      await expect(visitor.main.getByRole("link", { name: /パスワードの再設定の画面へ|Go to the password reset/ })).toHaveAttribute(
        "href",
        "/forgot-password",
      );
    }));
}

test("A live session says who asked for the recovery and stops it; one of a text only puts it on hold.", ({ visit, server, rows }) =>
  visit({ scripts: false }, async (visitor) => {
    await visitor.signUp();
    const person = { email: visitor.email, number: visitor.number, codes: [], client: new Client(server.url) };
    const { body } = await requestCase(person, new Client(server.url));
    const { reference } = body.request as { reference: string };
    await visitor.page.goto("/account");
    const banner = visitor.main.getByRole("region", { name: "このアカウントの復旧が申請されています" });
    await expect(banner).toContainText(reference);
    await visitor.clean();
    await banner.getByRole("button", { name: "申請をいったん止める" }).click();
    await visitor.page.waitForURL("**/account?case=frozen");
    await expect(visitor.main.getByRole("status").first()).toContainText("担当者が確かめます");
    await expect(banner).toContainText("申請は止まっています");
    await expect(banner.getByRole("button")).toHaveCount(0);
    // The same account in a session that an app proved.
    await rows.query("UPDATE sessions SET amr = '{pwd,otp}' WHERE user_id = (SELECT id FROM users WHERE email = $1)", visitor.email);
    await visitor.page.goto("/account");
    await banner.getByRole("button", { name: "申請を取り消す" }).click();
    await visitor.page.waitForURL("**/account?case=cancelled");
    await expect(banner).toHaveCount(0);
  }));

test("While a request stands, the sign-in names it and offers no other; without a sign-in there is no request.", ({ visit, server }) =>
  visit({ scripts: false }, async (visitor) => {
    await visitor.page.goto("/lost-phone");
    await visitor.at("/sign-in");
    await visitor.signUp();
    await visitor.page.context().clearCookies();
    const person = { email: visitor.email, number: visitor.number, codes: [], client: new Client(server.url) };
    const { body } = await requestCase(person, new Client(server.url));
    const { reference } = body.request as { reference: string };
    await become(visitor, await atSignIn(person, new Client(server.url)), "/verify");
    await unfold(visitor);
    await expect(visitor.page.locator("#cannot-use")).toContainText(reference);
    await expect(visitor.main.getByRole("link", { name: "復旧を申請する" })).toHaveCount(0);
    await visitor.clean();
    await visitor.open("/lost-phone");
    await expect(visitor.main).toContainText(reference);
    await expect(visitor.field("reason")).toHaveCount(0);
  }));

test("The mailed code is sent again from the sign-in, and the page says so.", ({ visit, server }) =>
  visit({ scripts: false }, async (visitor) => {
    const inbox = new Client(server.url);
    await visitor.signUp();
    await visitor.page.context().clearCookies();
    const person = { email: visitor.email, number: visitor.number, codes: [], client: inbox };
    const { body } = await requestCase(person, new Client(server.url));
    const { reference } = body.request as { reference: string };
    await decide(server.databaseUrl, reference, "review", "approve");
    await inbox.clock(72 * HOURS + 60);
    const first = await caseNotice(inbox, visitor.email, "1970-01-01T00:00:00Z", "code");
    await become(visitor, await atSignIn(person, new Client(server.url)), "/verify");
    await unfold(visitor);
    await visitor.clean();
    await visitor.page.locator('form[name="mail-again"] button').first().click();
    await visitor.page.waitForURL("**/verify?with=recovery_mail&mailed");
    await expect(visitor.alert).toContainText("メールでお送りしました");
    await visitor.clean();
    const second = await inbox.awaited(visitor.email, first.at, ({ code }) => code !== null && code !== first.code);
    await visitor.send({ code: second.code ?? "" });
    await visitor.at("/sign-up/phone");
  }));
