import { Client, PASSWORD, type Person, register } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import type { Visitor } from "./support/person.ts";
import type { Instance } from "./support/server.ts";
import { newStaff, onRows, type StaffPerson, staffBrowser, startCase } from "./support/staff.ts";
import { adopt, type Look } from "./support/visit.ts";

// The rooms of the console: what needs a person, accounts found and helped, the policy, signs of abuse; with and without scripts, in both languages.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const looks: [string, Look][] = [
  ["Japanese, light, a phone", { width: 390 }],
  ["English, dark, wide", { width: 1280, locale: "en-US", colorScheme: "dark" }],
  ["without scripts", { scripts: false, width: 1280 }],
];

const idOf = (server: Instance, { email }: Pick<Person, "email">): Promise<string> =>
  onRows(server, async (rows) => (await rows.query<{ id: string }>("SELECT id FROM users WHERE email = $1", email))[0]?.id ?? "");

/** Presses the button of an act, with its reason, and waits for its own outcome: the page of the act before it looks the same. */
async function act({ page }: Visitor, name: string, reason: string): Promise<void> {
  await page.locator('textarea[name="reason"]').fill(reason);
  await page.locator(`button[name="act"][value="${name}"]`).click();
  await page.waitForURL(`**?done=${name}`);
}

/** Has the worker count the days now instead of at its next minute. */
async function counted(server: Instance): Promise<void> {
  await onRows(server, async (rows) => {
    await rows.query("UPDATE daily_figures SET counted_at = counted_at - interval '1 day'");
    await rows.query("SELECT graphile_worker.add_job('count_days')");
    await expect.poll(() => rows.count("SELECT count(*) FROM daily_figures WHERE sign_ins > 0"), { timeout: 30_000 }).toBeGreaterThan(0);
  });
}

for (const [index, [name, look]] of looks.entries()) {
  // The looks share a server, and a value that is set already is no change.
  const hours = String(48 + index);

  test(`Support finds an account by its number, reads what its person sees, and helps (${name}).`, ({ browser, server }) =>
    staffBrowser(browser, server, "support", look, async (visitor) => {
      const { page, main } = visitor;
      const person = await register(new Client(server.url));
      const id = await idOf(server, person);
      const begun = new Client(server.url);
      await begun.post("/sign-in", { identifier: person.email, password: PASSWORD });
      await visitor.open("/admin/users");
      await page.locator("main input[name=q]").last().fill(person.number.replace("+81", "0"));
      await page.locator("main form:has(input#q) button").click();
      await visitor.at(`/admin/users/${id}`);
      await visitor.clean();
      await expect(main.getByRole("heading", { level: 1 })).toHaveText(/^..•••@/);
      const screen = main.getByRole("region", { name: /^(この人が、いま見ている画面|What this person sees now)$/ });
      await expect(screen).toContainText(/ログイン|sign-in/i);
      await expect(page.locator('button[value="suspend"]')).toHaveCount(0);
      await act(visitor, "end_sessions", "本人から連絡がありました");
      await expect(main.getByRole("status")).toContainText(/ログアウト|ended|signed out/i);
      expect((await begun.get("/api/v1/challenge")).status).toBe(404);
      await expect(main).toContainText("本人から連絡がありました");
      await act(visitor, "require_reverification", "番号を手放したとのこと");
      await expect(main.getByRole("status")).toBeVisible();
      await act(visitor, "start_case", "店頭で本人と話しました");
      await expect(main.getByRole("link", { name: /R-[0-9A-Z]{8}/ }).first()).toBeVisible();
      await expect(page.locator('button[value="start_case"]')).toHaveCount(0);
      for (const show of ["sign_in", "sending", "changes", "cases"]) {
        await page.goto(`/admin/users/${id}?show=${show}`);
        await expect(main.getByRole("heading", { name: /^(起きたこと、すべて|Everything that happened)$/ })).toBeVisible();
      }
      await page.goto("/admin/users?q=nobody%40example.jp");
      await expect(main).toContainText(/見つかりませんでした|Nothing was found/);
      await visitor.clean();
    }));

  test(`An administrator suspends, resumes, changes a setting and a rule, and the overview says what it counted (${name}).`, ({
    browser,
    server,
  }) =>
    staffBrowser(browser, server, "administrator", look, async (visitor) => {
      const { page, main } = visitor;
      const id = await idOf(server, await register(new Client(server.url)));
      await visitor.open(`/admin/users/${id}`);
      await act(visitor, "suspend", "乗っ取りの疑い");
      await expect(main.getByRole("status")).toBeVisible();
      await act(visitor, "resume", "本人と確かめました");
      await expect(main.getByRole("status")).toBeVisible();
      await expect(page.locator('button[value="resume"]')).toHaveCount(0);

      await visitor.open("/admin/policy");
      await page.goto("/admin/policy?setting=lostPhoneWait");
      await visitor.clean();
      await page.locator('[name="lostPhoneWait.hours"]').fill("3");
      await page.locator('[name="reason"]').fill("試します");
      await page.locator('main form:has([name="setting"]) > button[type=submit]').click();
      await expect(visitor.alert).toBeVisible();
      await visitor.clean();
      await expect(page.locator('[name="lostPhoneWait.hours"]')).toHaveAttribute("aria-invalid", "true");
      await page.locator('[name="lostPhoneWait.hours"]').fill(hours);
      await page.locator('main form:has([name="setting"]) > button[type=submit]').click();
      await page.waitForURL(/done=lostPhoneWait/);
      await expect(main.getByRole("status")).toBeVisible();
      await expect(main).toContainText(hours);
      await page.goto("/admin/policy?setting=requirements");
      await visitor.clean();
      await page.locator('[name="requirements[0].who"]').selectOption("group");
      await page.locator('[name="requirements[0].group"]').fill("店舗");
      await page.locator('[name="requirements[0].from"]').fill("2099-04-01");
      await page.locator('[name="reason"]').fill("店舗から始めます");
      await page.locator('main form:has([name="setting"]) > button[type=submit]').click();
      await page.waitForURL(/done=requirements/);
      await expect(main).toContainText("店舗");
      await page.goto("/admin/policy?setting=requirements");
      await page.locator('[name="requirements[0].who"]').selectOption("none");
      await page.locator('[name="reason"]').fill("やめます");
      await page.locator('main form:has([name="setting"]) > button[type=submit]').click();
      await page.waitForURL(/done=requirements/);
      await page.goto("/admin/policy?setting=budgetPerCountry");
      await visitor.clean();
      await page.locator('[name="budgetPerCountry[0].country"]').selectOption("JP");
      await page.locator('[name="budgetPerCountry[0].mode"]').selectOption("monitor");
      for (const amount of ["sendsPerDay", "yenPerMonth"]) await page.locator(`[name="budgetPerCountry[0].${amount}"]`).fill("");
      await page.locator('[name="reason"]').fill("国ごとに見ます");
      await page.locator('main form:has([name="setting"]) > button[type=submit]').click();
      await expect(visitor.alert).toBeVisible();
      await expect(page.locator('[name="budgetPerCountry[0].sendsPerDay"]')).toHaveAttribute("aria-invalid", "true");
      await expect(page.locator('[name="budgetPerCountry[0].country"]')).toHaveValue("JP");
      await page.locator('[name="budgetPerCountry[0].sendsPerDay"]').fill(`${hours}00`);
      await page.locator('[name="budgetPerCountry[0].yenPerMonth"]').fill("150000");
      await page.locator('main form:has([name="setting"]) > button[type=submit]').click();
      await page.waitForURL(/done=budgetPerCountry/);
      await expect(main).toContainText(
        /日本: 24時間に[\d,]+通、1か月に150,000円（知らせるだけ）|Japan: [\d,]+ in 24 hours, ¥150,000 a month \(Only alert\)/,
      );

      await counted(server);
      await visitor.open("/admin");
      await expect(main.getByRole("img").first()).toBeVisible();
      await main.locator("details").first().locator("summary").click();
      await visitor.clean();
      await visitor.open("/admin/abuse");
      await page.goto("/admin/abuse?days=7");
      await visitor.clean();
    }));
}

test("The count of waiting cases stays current on an open page, and the page's own questions do not prolong the session.", ({
  browser,
  server,
}) =>
  staffBrowser(browser, server, "support", { width: 1280 }, async (visitor, staff) => {
    const { page } = visitor;
    await page.clock.install();
    await visitor.open("/admin");
    const room = page.locator('.console-room[href="/admin/cases"]');
    const before = Number((await room.locator("b").count()) === 0 ? 0 : ((await room.locator("b").textContent()) ?? "").match(/\d+/)?.[0]);
    const person = await register(new Client(server.url));
    await startCase(server, person, staff);
    await onRows(server, (rows) =>
      rows.query("UPDATE recovery_cases c SET proven_at = app_now() FROM users u WHERE u.id = c.user_id AND u.email = $1", person.email),
    );
    const used = () =>
      onRows(server, (rows) =>
        rows.query(
          "SELECT max(s.last_seen_at)::text AS at FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1",
          staff.email,
        ),
      );
    await onRows(server, (rows) =>
      rows.query(
        "UPDATE sessions s SET last_seen_at = app_now() - interval '5 minutes' FROM users u WHERE u.id = s.user_id AND u.email = $1",
        staff.email,
      ),
    );
    const last = await used();
    await page.clock.fastForward(20_000);
    await expect(room.locator("b")).toContainText(String(before + 1));
    expect(await used()).toEqual(last);
    await page.reload();
    const levels = await page.locator("main :is(h1, h2, h3, h4)").evaluateAll((all) => all.map(({ tagName }) => Number(tagName[1])));
    expect(levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1)).toEqual([]);
    await onRows(server, (rows) => rows.query("UPDATE users SET roles = '{}' WHERE email = $1", staff.email));
    expect((await staff.client.get("/admin/waiting")).status).toBe(404);
  }));

test("Keys lead to the search and to the rooms, and can be turned off.", ({ browser, server }) =>
  staffBrowser(browser, server, "support", { width: 1280 }, async (visitor) => {
    const { page } = visitor;
    await visitor.open("/admin");
    await expect(page.locator(".console-room[aria-current=page]")).toHaveAttribute("href", "/admin");
    await page.keyboard.press("/");
    await expect(page.locator("#console-search")).toBeFocused();
    await page.keyboard.type("gu");
    await expect(page.locator("#console-search")).toHaveValue("gu");
    await page.locator("#console-search").fill("");
    await page.locator("h1").click();
    await page.keyboard.press("g");
    await page.keyboard.press("u");
    await visitor.at("/admin/users");
    await page.locator("nav details summary").click();
    await page.locator("nav details input[type=checkbox]").click();
    await page.keyboard.press("Escape");
    await page.locator("h1").click();
    await page.keyboard.press("/");
    await expect(page.locator("#console-search")).not.toBeFocused();
  }));

test("The console has no page for a visitor and for an account without a role, and refuses support what is an administrator's.", async ({
  server,
  browser,
}) => {
  const person = await register(new Client(server.url));
  const id = await idOf(server, person);
  const paths = [
    "/admin",
    "/admin/users",
    `/admin/users/${id}`,
    "/admin/policy",
    "/admin/abuse",
    "/admin/usage",
    "/admin/usage.csv",
    "/admin/setup/rehearse",
    "/admin/setup/rehearse/report",
    "/admin/setup/rehearse.csv",
    "/admin/health",
  ];
  for (const client of [new Client(server.url), person.client])
    for (const path of paths) expect([path, (await client.get(path)).status]).toEqual([path, 404]);
  await staffBrowser(browser, server, "support", {}, async (visitor) => {
    await visitor.open("/admin/policy");
    await expect(visitor.main.getByRole("link", { name: /変える/ })).toHaveCount(0);
    await visitor.page.goto("/admin/policy?setting=publicSignUp");
    await expect(visitor.page.locator('[name="reason"]')).toHaveCount(0);
  });
});

/** What no answer to staff may hold, of an account with a session, a code on its way and an app. */
async function secretsOf(server: Instance, person: Person): Promise<string[]> {
  const rows = await onRows(server, (db) =>
    db.query<{ all: (string | null)[] }>(
      `SELECT ARRAY[u.password_hash, p.number_sealed, encode(p.number_hash, 'hex'), encode(p.number_hash, 'base64'), t.seed_sealed, s.hash,
         (SELECT k.sealed FROM challenge_codes k JOIN challenges c ON c.id = k.challenge_id WHERE c.user_id = u.id LIMIT 1)] AS all
       FROM users u JOIN authenticators a ON a.user_id = u.id JOIN phones p ON p.id = a.id
         LEFT JOIN authenticators o ON o.user_id = u.id AND o.kind = 'totp' LEFT JOIN totp t ON t.id = o.id
         LEFT JOIN LATERAL (SELECT encode(token_hash, 'hex') AS hash FROM sessions WHERE user_id = u.id LIMIT 1) s ON true WHERE u.email = $1`,
      person.email,
    ),
  );
  const local = person.number.replace("+81", "0");
  const numbers = [person.number, local, local.replace(/(...)(....)(....)/, "$1-$2-$3")];
  return [
    person.email,
    ...numbers,
    ...[...person.client.cookies.values()].filter((value) => value.length > 20),
    ...rows.flatMap(({ all }) => all.flatMap((one) => one ?? [])),
  ];
}

test("No page or payload of the console holds a seed, a hash, a code, a token or a whole number (E15).", async ({ server }) => {
  const target: StaffPerson = await newStaff(server, "support");
  await onRows(server, (rows) => rows.query("UPDATE users SET roles = '{}' WHERE email = $1", target.email));
  const begun = new Client(server.url);
  await begun.post("/sign-in", { identifier: target.email, password: PASSWORD });
  const id = await idOf(server, target);
  const support = await newStaff(server, "support");
  const secrets = [...(await secretsOf(server, target)), target.secret];
  expect(secrets.length).toBeGreaterThanOrEqual(9);
  const q = (text: string) => `/admin/users?q=${encodeURIComponent(text)}`;
  const paths = [
    ...[
      "/admin",
      "/admin/users",
      `/admin/users/${id}`,
      `/admin/users/${id}?show=sending`,
      "/admin/policy",
      "/admin/abuse",
      "/admin/abuse?days=7",
      "/admin/usage",
      "/admin/health",
    ],
    ...[q("nobody@example.jp"), q(target.email.slice(0, 5))],
  ];
  for (const path of paths)
    for (const headers of [{}, { RSC: "1" }] as Record<string, string>[]) {
      const first = await support.client.call("GET", path, undefined, headers);
      // Next sends a payload from an address of its own.
      const answer =
        first.status === 307 ? await support.client.call("GET", first.headers.get("location") ?? "", undefined, headers) : first;
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers.get("content-type")).toContain(headers.RSC ? "text/x-component" : "text/html");
      for (const secret of secrets) expect([path, answer.text.includes(secret) ? secret : ""]).toEqual([path, ""]);
      expect(answer.text).not.toMatch(/number_sealed|numberSealed|token_hash|passwordHash|seedSealed/);
    }
});

test("What a member of staff opened by a link is not theirs after the role went away.", async ({ server }) => {
  const support = await newStaff(server, "support");
  expect((await support.client.get("/admin")).status).toBe(200);
  await onRows(server, (rows) => rows.query("UPDATE users SET roles = '{}' WHERE email = $1", support.email));
  expect((await support.client.get("/admin")).status).toBe(404);
});

test("The rooms fit a phone and a wide window in both themes.", async ({ browser, server, visit }) => {
  const admin = await newStaff(server, "administrator");
  const person = await register(new Client(server.url));
  const id = await idOf(server, person);
  await counted(server);
  for (const width of [390, 1280])
    for (const colorScheme of ["light", "dark"] as const)
      await visit({ width, colorScheme, height: 1200 }, async (visitor) => {
        await adopt(visitor.page.context(), admin.client);
        for (const [file, path] of [
          ["overview", "/admin"],
          ["users", "/admin/users?q=nobody%40example.jp"],
          ["user", `/admin/users/${id}`],
          ["policy", "/admin/policy"],
          ["setting", "/admin/policy?setting=requirements"],
          ["abuse", "/admin/abuse"],
        ] as const) {
          await visitor.page.goto(path);
          await visitor.clean();
          const wide = await visitor.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect([file, wide]).toEqual([file, 0]);
          await visitor.page.screenshot({ path: `test-results/rooms/${file}-${width}-${colorScheme}.png`, fullPage: true });
        }
      });
  expect(browser.isConnected()).toBe(true);
});
