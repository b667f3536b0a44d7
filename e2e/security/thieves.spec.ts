import { Client, expectStatus, freshEmail, freshNumber, type InboxMessage, PASSWORD, type Person, register } from "../support/api.ts";
import { expect, test } from "../support/fixtures.ts";
import { caseNotice, requestCase } from "../support/lost-phone.ts";
import { proveMailbox } from "../support/own-control.ts";
import type { Visitor } from "../support/person.ts";
import type { Instance } from "../support/server.ts";
import { decide, enterAgain, newStaff, onRows, type StaffPerson, startCase } from "../support/staff.ts";
import { become } from "../support/stages.ts";

// A thief who wants an account by the way of a lost phone: with the password, with the mailbox, with a member of staff who was talked over. None of them
// gets in. With password and mailbox the owner or the reviewer stops it; and what remains without a reaction is written down at the end (LP-01).
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });
test.afterEach(({ server }) => new Client(server.url).clock(0));

const HOUR = 3600;
const WHY = "記録と話が合っている";

type Case = { reference: string; state: string };

/** The state of the newest case of an account, or null. */
const caseOf = (server: Instance, { email }: Pick<Person, "email">): Promise<Case | null> =>
  onRows(server, async (rows) => {
    const [row] = await rows.query<Case>(
      "SELECT c.reference, c.state FROM recovery_cases c JOIN users u ON u.id = c.user_id WHERE u.email = $1 ORDER BY c.requested_at DESC LIMIT 1",
      email,
    );
    return row ?? null;
  });

/** What an address or number was sent about cases. */
async function told(server: Instance, to: string): Promise<InboxMessage[]> {
  const { body } = await new Client(server.url).get(`/api/demo/messages?to=${encodeURIComponent(to)}`);
  return (body as unknown as InboxMessage[]).filter(({ reference }) => reference?.startsWith("R-"));
}

/** Expects that nothing of the account is open to a browser, and that its phone is still the owner's. */
async function isOut(server: Instance, thief: Client, owner: Person): Promise<void> {
  expectStatus(await thief.get("/api/v1/session"), 401);
  const [row] = await onRows(server, (rows) =>
    rows.query<{ phones: string; roles: string[] }>(
      "SELECT count(*) AS phones FROM account_phones p JOIN users u ON u.id = p.user_id WHERE u.email = $1 AND p.verified_at IS NOT NULL",
      owner.email,
    ),
  );
  expect(row?.phones).toBe("1");
}

/** A request of a thief with password and mailbox; the owner's sessions stay for the reasons that end none. */
async function requested(server: Instance, owner: Person, reason = "new_contract"): Promise<{ thief: Client; reference: string }> {
  const thief = new Client(server.url);
  await requestCase(owner, thief, reason);
  const found = await caseOf(server, owner);
  expect(found?.state).toBe("requested");
  return { thief, reference: found?.reference ?? "" };
}

/** Decides on a case in the browser of a member of staff. */
async function decides(
  visitor: Visitor,
  staff: StaffPerson,
  reference: string,
  act: "review" | "approve" | "reject" | "cancel",
): Promise<void> {
  await become(visitor, staff.client, `/admin/cases/${reference}`);
  await decide(visitor, act, WHY, act === "review" ? ["history"] : []);
  await visitor.page.waitForURL(`**?done=${act}`);
}

test("With the password alone: the mail goes to the owner, and no request stands.", async ({ server }) => {
  const owner = await register(new Client(server.url));
  const thief = new Client(server.url);
  expectStatus(await thief.post("/sign-in", { identifier: owner.email, password: PASSWORD }), 200);
  const before = await owner.client.latest(owner.email);
  expectStatus(await thief.post("/lost-phone", { reason: "lost" }), 202);
  for (const code of ["000000", "111111", "222222", "333333", "444444"])
    expect((await thief.post("/challenge/verify", { method: "email", code })).status).not.toBe(200);
  expect(await caseOf(server, owner)).toBeNull();
  await isOut(server, thief, owner);
  // What the owner sees: the mail with the code says what was asked, and the own session goes on.
  const mail = await owner.client.awaited(owner.email, before, ({ code }) => code !== null);
  expect(mail.text).toContain("復旧の申請");
  expectStatus(await owner.client.get("/api/v1/session"), 200);
});

test("With the mailbox alone: a reset ends at the second factor, and a request needs the password.", async ({ server }) => {
  const owner = await register(new Client(server.url));
  const thief = new Client(server.url);
  expectStatus(await thief.post("/lost-phone", { reason: "lost" }), 404);
  await proveMailbox(thief, owner.email);
  expectStatus(await thief.post("/lost-phone", { reason: "lost" }), 404);
  expect((await thief.post("/challenge/verify", { method: "sms", code: "000000" })).status).not.toBe(200);
  expect((await thief.post("/challenge/send", { method: "recovery_mail" })).status).not.toBe(202);
  expect(await caseOf(server, owner)).toBeNull();
  await isOut(server, thief, owner);
  expectStatus(await owner.client.get("/api/v1/session"), 200);
});

test("With a member of support who was talked over: a prepared case waits for password and mailbox, and the owner stops it.", async ({
  server,
  visitor,
}) => {
  const owner = await register(new Client(server.url));
  const support = await newStaff(server, "support");
  const before = await owner.client.latest(owner.email);
  const reference = await startCase(server, owner, support);
  await become(visitor, support.client, `/admin/cases/${reference}`);
  await expect(visitor.main).toContainText("まだ、パスワードとメールの認証コードを確かめていません");
  await expect(visitor.page.locator('form[name="decide"]')).toHaveCount(0);
  // What the owner sees: a mail and a text at once, each with a stop code, and a banner where they are signed in.
  const mail = await caseNotice(owner.client, owner.email, before, "stopCode");
  expect(mail.text).toContain("準備");
  expect((await told(server, owner.number)).length).toBeGreaterThan(0);
  await become(visitor, owner.client, "/account");
  await expect(visitor.page.locator("#case-banner, [aria-labelledby=case-banner]").first()).toBeVisible();
  expectStatus(await new Client(server.url).post("/stop", { reference, stopCode: mail.stopCode }), 204);
  expect((await caseOf(server, owner))?.state).toBe("cancelled");
});

test("With an administrator who was talked over: alone they neither review what is not proven nor approve what they reviewed.", async ({
  server,
  visitor,
}) => {
  const owner = await register(new Client(server.url));
  const [admin] = [await newStaff(server, "administrator"), await newStaff(server, "support")];
  const prepared = await startCase(server, owner, admin);
  await become(visitor, admin.client, `/admin/cases/${prepared}`);
  await expect(visitor.page.locator('form[name="decide"] button[value="review"], form[name="decide"] button[value="approve"]')).toHaveCount(
    0,
  );
  // The person of the account proves both; the one administrator reviews it and then has no button to approve it.
  const thief = new Client(server.url);
  await requestCase(owner, thief);
  await decides(visitor, admin, prepared, "review");
  await expect(visitor.page.locator('form[name="decide"] button[value="approve"]')).toHaveCount(0);
  await expect(visitor.main).toContainText("承認は別の管理者が行います");
  await new Client(server.url).clock(100 * HOUR);
  expect((await caseOf(server, owner))?.state).toBe("reviewed");
  await isOut(server, thief, owner);
  expect((await told(server, owner.number)).length).toBeGreaterThan(0);
});

test("With password and mailbox: the code of the owner's text freezes it, staff cancel it, and no wait ends.", async ({
  server,
  visitor,
}) => {
  const owner = await register(new Client(server.url));
  const [support, admin] = [await newStaff(server, "support"), await newStaff(server, "administrator")];
  const before = await owner.client.latest(owner.number);
  const { thief, reference } = await requested(server, owner);
  await decides(visitor, support, reference, "review");
  await decides(visitor, admin, reference, "approve");
  const text = await caseNotice(owner.client, owner.number, before, "stopCode");
  expectStatus(await new Client(server.url).post("/stop", { reference: text.reference, stopCode: text.stopCode }), 204);
  expect((await caseOf(server, owner))?.state).toBe("frozen");
  await new Client(server.url).clock(100 * HOUR);
  expect((await caseOf(server, owner))?.state).toBe("frozen");
  const again = await enterAgain(server, admin);
  await become(visitor, again.client, `/admin/cases/${reference}`);
  await expect(visitor.main).toContainText("停止コードが使われました");
  await expect(visitor.page.locator('form[name="decide"] button[value="resume"]')).toBeVisible();
  await visitor.clean();
  await decide(visitor, "cancel", "持ち主から「申請していない」と連絡があった");
  await visitor.page.waitForURL("**?done=cancel");
  expect((await caseOf(server, owner))?.state).toBe("cancelled");
  await isOut(server, thief, owner);
});

test("With password and mailbox: the banner of a signed-in page stops it.", async ({ server, visitor }) => {
  const owner = await register(new Client(server.url));
  const { thief, reference } = await requested(server, owner);
  await become(visitor, owner.client, "/account");
  await expect(visitor.main).toContainText(reference);
  await visitor.clean();
  await visitor.page.locator('form[name="stop-case"] button').click();
  // A session of a text only freezes it: the phone may be the stolen thing.
  await expect.poll(async () => (await caseOf(server, owner))?.state).toBe("frozen");
  await expect(visitor.page.locator('form[name="stop-case"]')).toHaveCount(0);
  await new Client(server.url).clock(100 * HOUR);
  expect((await caseOf(server, owner))?.state).toBe("frozen");
  await isOut(server, thief, owner);
});

test("With password and mailbox: the second address of the account is told as well, and its code cancels it.", async ({ server }) => {
  const owner = await register(new Client(server.url));
  const second = freshEmail();
  await onRows(server, (rows) =>
    rows.query(
      "INSERT INTO recovery_addresses (user_id, email, verified_at, counts_from) SELECT id, $2, app_now() - interval '30 days', app_now() FROM users WHERE email = $1",
      owner.email,
      second,
    ),
  );
  const { thief, reference } = await requested(server, owner, "stolen");
  // For a stolen phone every session of the owner has ended with the request.
  expectStatus(await owner.client.get("/api/v1/session"), 401);
  const mail = await caseNotice(new Client(server.url), second, "1970-01-01T00:00:00Z", "stopCode");
  expect(mail.text).toContain("すべての端末をログアウトさせました");
  expectStatus(await new Client(server.url).post("/stop", { reference, stopCode: mail.stopCode }), 204);
  expect((await caseOf(server, owner))?.state).toBe("cancelled");
  await new Client(server.url).clock(100 * HOUR);
  await isOut(server, thief, owner);
});

test("With password and mailbox: the reviewer rejects it, and the account is what it was.", async ({ server, visitor }) => {
  const owner = await register(new Client(server.url));
  const admin = await newStaff(server, "administrator");
  const before = await owner.client.latest(owner.email);
  const { thief, reference } = await requested(server, owner);
  expectStatus(await owner.client.get("/api/v1/session"), 200);
  expect((await owner.client.post("/step-up", { action: "change_password" })).status).toBe(200);
  await decides(visitor, admin, reference, "reject");
  expect((await caseOf(server, owner))?.state).toBe("rejected");
  await new Client(server.url).clock(100 * HOUR);
  await isOut(server, thief, owner);
  const mail = await owner.client.awaited(owner.email, before, ({ text }) => text.includes("お受けできませんでした"));
  expect(mail.text).toContain("申請の前のままです");
  expect(mail.text).toContain("ほかの人があなたのパスワードを知り");
});

test("With password and mailbox, where neither owner nor reviewer reacts: the thief is in after the wait, and every notice was there.", async ({
  server,
  visitor,
}) => {
  const owner = await register(new Client(server.url));
  const [support, admin] = [await newStaff(server, "support"), await newStaff(server, "administrator")];
  const { reference } = await requested(server, owner, "lost");
  await decides(visitor, support, reference, "review");
  await decides(visitor, admin, reference, "approve");
  const clock = new Client(server.url);
  const codes = async () => (await told(server, owner.email)).filter(({ code }) => code !== null);
  await clock.clock(72 * HOUR - 120);
  expect([(await caseOf(server, owner))?.state, await codes()]).toEqual(["waiting", []]);
  await clock.clock(72 * HOUR + 120);
  const mail = await caseNotice(clock, owner.email, "1970-01-01T00:00:00Z", "code");

  const thief = new Client(server.url);
  expectStatus(await thief.post("/sign-in", { identifier: owner.email, password: PASSWORD }), 200);
  expectStatus(await thief.post("/challenge/verify", { method: "recovery_mail", code: mail.code }), 200);
  const number = freshNumber();
  expectStatus(await thief.post("/phones", { number, channel: "sms", acceptRisk: true }), 202);
  expectStatus(await thief.post("/challenge/verify", { code: (await thief.message(number)).code }), 200);
  const { codes: fresh = [] } = expectStatus(await thief.post("/recovery-codes"), 200).body;
  expectStatus(await thief.post("/recovery-codes/confirm", { code: fresh[0] }), 200);
  expect((await caseOf(server, owner))?.state).toBe("done");

  // What was there meanwhile: three texts to the lost number and five mails, each text with a stop code of its own.
  const texts = await told(server, owner.number);
  expect(texts.length).toBeGreaterThanOrEqual(3);
  expect(texts.filter(({ stopCode }) => stopCode !== null).length).toBeGreaterThanOrEqual(3);
  expect((await told(server, owner.email)).length).toBeGreaterThanOrEqual(5);
  // And what the thief does not get for a day more: nothing that is guarded.
  for (const action of ["change_password", "change_email", "manage_factors"]) {
    const before = await thief.latest(number);
    const begun = await thief.post("/step-up", { action });
    if (begun.status === 200) {
      const { code } = await thief.awaited(number, before, (message) => message.code !== null);
      await thief.post("/challenge/verify", { method: "sms", code });
    }
  }
  expectStatus(await thief.post("/account/password", { password: "別の ながい ことば 77" }), 403);
  expectStatus(await thief.post("/account/email", { email: freshEmail() }), 403);
  expectStatus(await thief.post("/phones", { number: freshNumber(), channel: "sms", acceptRisk: true }), 403);
});
