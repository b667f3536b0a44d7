import { Client, freshNumber, PASSWORD } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import { decide, enterAgain, staffBrowser } from "./support/staff.ts";
import { become } from "./support/stages.ts";
import type { Look } from "./support/visit.ts";

// The whole way of a lost phone with three people at once: the person, a member of support and an administrator, each at a browser of their own, and
// the product's clock between them (LP-01, E13).
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });
test.afterEach(({ server }) => new Client(server.url).clock(0));

const HOUR = 3600;
const looks: [person: Look, staff: Look][] = [
  [{ scripts: true }, { scripts: false, width: 1280 }],
  [
    { scripts: false, locale: "en-US" },
    { scripts: true, locale: "en-US", width: 390, colorScheme: "dark" },
  ],
];

for (const [mine, theirs] of looks)
  test(`A person who lost the phone is back by two people and the wait, and each of the three sees whose turn it is: staff ${theirs.scripts ? "with" : "without"} JavaScript.`, ({
    browser,
    server,
    visit,
  }) =>
    visit(mine, (person) =>
      staffBrowser(browser, server, "support", theirs, (support) =>
        staffBrowser(browser, server, "administrator", theirs, async (admin, administrator) => {
          const inbox = new Client(server.url);
          await person.signUp();
          await person.page.context().clearCookies();

          // Nothing waits, and the list says what would stand there.
          await support.open("/admin/cases");
          await expect(support.main).toContainText(/進行中の復旧申請はありません|No recovery case is open/);

          await person.open("/sign-in");
          await person.send({ identifier: person.email, password: PASSWORD });
          await person.at("/verify");
          await person.page.goto("/lost-phone");
          await person.page.locator('[name="reason"][value="stolen"]').check();
          await person.field("note").fill("<b>駅</b>で盗まれました。");
          const before = await inbox.latest(person.email);
          await person.submit("reason");
          await person.at("/verify");
          const { code } = await inbox.awaited(person.email, before, (message) => message.code !== null);
          await person.send({ code: code ?? "" });
          await person.at("/lost-phone/status");
          const reference = /R-[0-9A-Z]{8}/.exec(await person.main.innerText())?.[0] ?? "";
          const path = `/admin/cases/${reference}`;

          // Support finds it, reads it beside the account's timeline, and reviews it.
          await support.open("/admin/cases");
          await support.page.getByRole("link", { name: reference }).click();
          await support.at(path);
          await support.clean();
          await expect(support.main).toContainText("<b>駅</b>で盗まれました。");
          await expect(support.main).toContainText(/はじめて見るブラウザー|browser that the account does not know/);
          await expect(support.page.locator("main")).not.toContainText(person.email);
          await expect(support.page.locator("main")).not.toContainText(person.number.slice(-4));
          await expect(support.page.locator('form[name="decide"] button[value="approve"]')).toHaveCount(0);
          await decide(support, "review", "窓口の電話で、盗難届の番号を聞いた", ["history", "notices"]);
          await support.page.waitForURL(`**${path}?done=review`);
          await support.clean();
          await expect(support.page.locator('form[name="decide"]')).toHaveCount(0);
          await expect(support.main).toContainText(administrator.email);

          // The administrator sees the seal of the review, and approves.
          await admin.open(path);
          await admin.clean();
          await expect(admin.main.getByRole("img", { name: /^(確認|Review) \d\d\.\d\d\.\d\d / })).toBeVisible();
          await expect(admin.main).toContainText("窓口の電話で、盗難届の番号を聞いた");
          await decide(admin, "approve", "記録を読み、不自然なところがない");
          await admin.page.waitForURL(`**${path}?done=approve`);
          await expect(admin.main.getByRole("img", { name: /^(承認|Approval) \d\d\.\d\d\.\d\d / })).toBeVisible();
          await expect(admin.main.getByRole("img", { name: /^(待つ期間は72時間|The wait is 72 hours)/ })).toBeVisible();
          await admin.clean();

          await person.page.reload();
          await expect(person.main.getByRole("img")).toHaveAccessibleName(/72/);
          const waiting = await inbox.latest(person.email);
          await inbox.clock(72 * HOUR + 60);
          const mail = await inbox.awaited(person.email, waiting, (message) => message.code !== null);

          await person.page.context().clearCookies();
          await person.open("/sign-in");
          await person.send({ identifier: person.email, password: PASSWORD });
          await person.at("/verify");
          await person.page.goto("/verify?with=recovery_mail");
          await person.send({ code: mail.code ?? "" });
          await person.at("/sign-up/phone");
          const number = freshNumber();
          await person.send({ number, acceptRisk: true });
          await person.at("/verify");
          await person.send({ code: await person.code(number) });
          await person.at("/recovery-codes");
          await person.send({ saved: true });
          await person.at("/account");

          // The session of the administrator has ended meanwhile; after another sign-in the case stands there as done.
          expect((await admin.page.goto(path))?.status()).toBe(404);
          await expect(admin.page.getByRole("heading", { level: 1 })).toHaveText(/ページが見つかりません|This page does not exist/);
          const again = await enterAgain(server, administrator);
          await become(admin, again.client, `${path}`);
          await expect(admin.main).toContainText(/復旧ずみ|recovered/);
          await expect(admin.page.locator('form[name="decide"]')).toHaveCount(0);
          await admin.open("/admin/cases?state=done");
          await expect(admin.main.getByRole("link", { name: reference })).toBeVisible();
          await admin.clean();
        }),
      ),
    ));

test("A case without a reason, without a step-up or after another decision changes nothing and says why.", ({ browser, server, visit }) =>
  visit({}, (person) =>
    staffBrowser(browser, server, "administrator", { scripts: false, width: 390 }, async (first) =>
      staffBrowser(browser, server, "administrator", { scripts: false, width: 390 }, async (second) => {
        await person.signUp();
        const { requestCase } = await import("./support/lost-phone.ts");
        const whose = { email: person.email, number: person.number, codes: [], client: new Client(server.url) };
        const { request } = (await requestCase(whose, new Client(server.url))).body as unknown as { request: { reference: string } };
        const path = `/admin/cases/${request.reference}`;
        await first.open(path);
        await second.open(path);
        await first.page.locator('form[name="decide"] input[name="reason"]').evaluate((input) => input.removeAttribute("required"));
        await first.page.locator('form[name="decide"] button[value="reject"]').click();
        await first.page.waitForURL(`**${path}?refused=invalid_input`);
        await expect(first.main.getByRole("alert")).toContainText("3〜200文字");
        await first.clean();
        await decide(first, "reject", "本人と確かめられなかった");
        await first.page.waitForURL(`**${path}?done=reject`);
        await decide(second, "review", "遅れて押した");
        await second.page.waitForURL(`**${path}?refused=other_state`);
        await expect(second.main.getByRole("alert")).toContainText("別の状態");
        await expect(second.page.locator('form[name="decide"]')).toHaveCount(0);
      }),
    ),
  ));
