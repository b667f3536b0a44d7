import { Client, expectStatus, freshEmail, PASSWORD, register } from "./support/api.ts";
import { addApp, stepUp } from "./support/factor-plays.ts";
import { expect, test } from "./support/fixtures.ts";
import { command } from "./support/provider.ts";
import { giveRole, newStaff, onRows, staffBrowser } from "./support/staff.ts";
import { become } from "./support/stages.ts";
import type { Look } from "./support/visit.ts";

// How a person becomes staff and is staff no longer: the set-up of a demo, invitations, commands; and what all others see of the console.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const looks: Look[] = [
  { scripts: true, width: 1280 },
  { scripts: false, locale: "en-US", width: 390 },
];

test("A demo prints the set-up of its first administrator at its start; opening it changes nothing, its button makes one, once.", async ({
  server,
  visitor,
}) => {
  const url = /Administrator:\s+(\S+)/.exec(server.log())?.[1] ?? "";
  const path = new URL(url).pathname;
  expect(path).toMatch(/^\/invite\/[\w-]{43}$/);
  await visitor.open(path);
  await expect(visitor.main.getByRole("link", { name: "ログインして続ける" })).toHaveAttribute(
    "href",
    `/sign-in?returnTo=${encodeURIComponent(path)}`,
  );
  const [owner, late] = [await register(new Client(server.url)), await register(new Client(server.url))];
  await become(visitor, owner.client, path);
  expect(await onRows(server, (rows) => rows.count("SELECT count(*) FROM users WHERE roles <> '{}'"))).toBe(0);
  await visitor.page.locator('form[name="accept-invite"] button').click();
  await expect(visitor.page.getByRole("heading", { level: 1 })).toHaveText("役割が付きました");
  await visitor.clean();
  expectStatus(await owner.client.get("/api/v1/session"), 401);
  await become(visitor, late.client, path);
  await expect(visitor.page.getByRole("heading", { level: 1 })).toHaveText("この招待は、もう使われています");
  expect(await onRows(server, (rows) => rows.count("SELECT count(*) FROM users WHERE 'administrator' = ANY(roles)"))).toBe(1);
  const again = await server.log();
  expect(again.match(/Administrator:/g)).toHaveLength(1);
});

test("A person without a role finds no console; with one and a text alone they are led to an app, and with an app to its proof.", async ({
  server,
  visitor,
  person,
}) => {
  const pages = ["/admin/cases", "/admin/people", "/admin/cases/R-7K2M9PQR", "/admin/enter"];
  for (const client of [new Client(server.url), person.client])
    for (const path of pages) {
      const { status, text } = await client.get(path);
      // The same page as for a path that no build has: it is whole without scripts, and says nothing of a console.
      expect([path, status, /<h1>[^<]*見つかりません/.test(text), text.includes("管理")]).toEqual([path, 404, true, false]);
    }
  const staff = await register(new Client(server.url));
  await giveRole(server, staff.email, "support");
  await become(visitor, staff.client, "/account");
  await visitor.page.goto("/admin/cases");
  await visitor.at("/account/factors");
  await expect(visitor.main.getByRole("alert")).toContainText("パスキーか認証アプリが必要です");
  await stepUp(staff);
  await addApp(staff.client);
  await become(visitor, staff.client, "/account/factors");
  await visitor.main.getByRole("link", { name: "管理の画面へ" }).click();
  await visitor.page.goto("/admin/cases");
  await visitor.at("/admin/enter");
});

for (const look of looks)
  test(`An administrator invites, gives and takes roles, ${look.scripts ? "with" : "without"} JavaScript.`, ({ browser, server }) =>
    staffBrowser(browser, server, "administrator", look, async (visitor, admin) => {
      const { page } = visitor;
      const [invited, granted] = [await register(new Client(server.url)), await register(new Client(server.url))];
      await newStaff(server, "administrator");
      await visitor.open("/admin/people");
      const invite = page.locator('form:has(button[name="act"][value="invite"])');
      await invite.locator('[name="email"]').fill("no address");
      await invite.locator('button[name="act"]').click();
      await expect(visitor.alert).toBeVisible();
      const wrong = freshEmail();
      await invite.locator('[name="email"]').fill(wrong);
      await invite.locator('[name="role"][value="administrator"]').check();
      await invite.locator('button[name="act"]').click();
      await expect(page.getByRole("status").locator("code")).toBeVisible();
      await visitor.open("/admin/people");
      await visitor.clean();
      await page.getByRole("row").filter({ hasText: wrong }).locator('button[value="withdraw"]').click();
      await page.waitForURL("**/admin/people?done=withdraw");
      await expect(page.getByRole("row").filter({ hasText: wrong })).toHaveCount(0);
      await invite.locator('[name="email"]').fill(invited.email);
      await invite.locator('[name="role"][value="support"]').check();
      await invite.locator('button[name="act"]').click();
      const shown = page.getByRole("status").locator("code");
      const path = new URL(await shown.innerText()).pathname;
      await visitor.clean();
      await visitor.open("/admin/people");
      await expect(page.locator("main")).not.toContainText(path);

      const grant = page.locator('form[name="grant"]');
      await grant.locator('[name="email"]').fill(granted.email);
      await grant.locator('[name="role"][value="support"]').check();
      await grant.locator("button").click();
      await page.waitForURL("**/admin/people?done=grant");
      await expect(page.getByRole("status").first()).toBeVisible();
      expectStatus(await granted.client.get("/api/v1/session"), 401);
      const row = page.getByRole("row").filter({ hasText: granted.email });
      await row.locator("summary").click();
      await row.locator('[name="reason"]').fill("まちがえて付けました");
      await row.locator('button[value="revoke"]').click();
      await page.waitForURL("**/admin/people?done=revoke");
      await expect(page.getByRole("row").filter({ hasText: granted.email })).toHaveCount(0);

      await become(visitor, admin.client, path);
      await expect(visitor.main.getByRole("alert")).toContainText(admin.email);
      await expect(page.locator('form[name="accept-invite"]')).toHaveCount(0);
      await become(visitor, invited.client, path);
      await page.locator('form[name="accept-invite"] button').click();
      await page.waitForURL("**?accepted");
      await visitor.clean();
      await page.locator('main a[href="/sign-in?returnTo=/admin"]').click();
      await visitor.at("/sign-in");
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(
        look.locale ? "This invitation was used already" : "この招待は、もう使われています",
      );
    }));

test("Support sees who is staff and has no act there; before the step-up an administrator has none either.", async ({
  browser,
  server,
}) => {
  await staffBrowser(browser, server, "support", { width: 390 }, async (visitor, { client }) => {
    await visitor.open("/admin/people");
    await expect(visitor.page.locator('main button[name="act"]')).toHaveCount(0);
    await expect(visitor.main).toContainText("担当者の追加と取り消しは、管理者だけができます");
    expect((await client.get("/admin/people")).text).not.toContain('value="invite"');
  });
  await staffBrowser(browser, server, "administrator", { width: 1280 }, async (visitor, { email }) => {
    await onRows(server, (rows) =>
      rows.query(
        "UPDATE step_ups SET proven_at = proven_at - interval '11 minutes' FROM sessions s, users u WHERE s.id = session_id AND u.id = s.user_id AND u.email = $1",
        email,
      ),
    );
    await visitor.open("/admin/people");
    await expect(visitor.page.locator('main button[name="act"]')).toHaveCount(0);
    await expect(visitor.page.locator('main form:has([name="action"][value="administer"])')).toBeVisible();
  });
});

test("The command line invites, grants, revokes, lists cases and decides, keeps the last administrator, and explains what it refuses.", async ({
  server,
}) => {
  const admin = (...args: string[]) => command("admin", server.databaseUrl, args);
  const [one, two] = [await register(new Client(server.url)), await register(new Client(server.url))];
  await onRows(server, (rows) => rows.query("UPDATE users SET roles = '{}'"));
  expect(await admin("grant", one.email, "administrator")).toMatchObject({
    code: 0,
    out: expect.stringContaining("has the role administrator"),
  });
  expectStatus(await one.client.get("/api/v1/session"), 401);
  const invited = await admin("invite", two.email, "support");
  expect(invited).toMatchObject({ code: 0, out: expect.stringMatching(/\/invite\/[\w-]{43}/) });
  for (const args of [
    ["revoke", one.email],
    ["suspend", one.email],
  ])
    expect(await admin(...args)).toMatchObject({ code: 1, out: expect.stringContaining("last administrator") });
  expect(await admin("cases")).toMatchObject({ code: 0, out: expect.stringContaining("No lost-phone case is open") });
  for (const args of [
    ["grant", one.email],
    ["grant", one.email, "owner"],
    ["grant", "nobody@example.jp", "support"],
    ["grant", one.email, "administrator"],
    ["revoke", two.email],
    ["invite", "no address", "support"],
    ["case", "R-7K2M9PQR", "approve"],
    ["case", "R-7K2M9PQR", "review"],
    ["case", "R-7K2M9PQR"],
    ["cases", "all"],
  ]) {
    const { code, out } = await admin(...args);
    expect([args.join(" "), code, out], out).toEqual([args.join(" "), 1, expect.not.stringMatching(/ {4}at |undefined/)]);
  }
  const events = await onRows(server, (rows) =>
    rows.query<{ event: string; method: string }>(
      "SELECT event, method FROM audit_events WHERE event LIKE 'role.%' AND method LIKE '%cli:%' ORDER BY id",
    ),
  );
  expect(events.map(({ event }) => event)).toEqual(["role.granted", "role.invited"]);
  const back = new Client(server.url);
  expectStatus(await back.post("/sign-in", { identifier: one.email, password: PASSWORD }), 200);
});
