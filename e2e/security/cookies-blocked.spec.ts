import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "@playwright/test";
import { Client, freshEmail, PASSWORD } from "../support/api.ts";
import { comparable, difference } from "../support/comparable.ts";
import { hiddenFields, postForm, postScript } from "../support/doors.ts";
import { expect, test } from "../support/fixtures.ts";
import { Visitor } from "../support/person.ts";
import type { Instance } from "../support/server.ts";

// A browser that blocks cookies gets an explanation before a password is checked or a code is sent. Programs and pages of an older build are
// exempt, and the probe cookie contains no information.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

/** Runs a whole Chromium with its setting "block all cookies" (content setting 2), because the headless shell has no settings. */
async function blocked(server: Instance, look: { scripts: boolean; locale: string }, run: (page: Page) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sekisho-cookies-"));
  await mkdir(join(folder, "Default"), { recursive: true });
  const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
  await writeFile(join(folder, "Default", "Preferences"), JSON.stringify(preferences));
  const { launchOptions } = test.info().project.use;
  const context = await chromium.launchPersistentContext(folder, {
    ...launchOptions,
    executablePath: process.env.E2E_WHOLE_BROWSER || launchOptions?.executablePath,
    baseURL: server.url,
    javaScriptEnabled: look.scripts,
    locale: look.locale,
  });
  try {
    await run(await context.newPage());
    expect(await context.cookies()).toEqual([]);
  } finally {
    await context.close();
    await rm(folder, { recursive: true, force: true });
  }
}

for (const scripts of [true, false])
  for (const [locale, says, whatNow] of [
    ["ja-JP", "Cookie を受け付けない", "Cookie を許可"],
    ["en-US", "refuses cookies", "Allow cookies"],
  ] as const)
    test(`In ${locale} the person reads what is wrong and what to do, and nothing was counted or sent (scripts ${scripts ? "on" : "off"}).`, async ({
      server,
      rows,
      person,
    }) => {
      await rows.settled();
      const before = await rows.state();
      await blocked(server, { scripts, locale }, async (page) => {
        const visitor = new Visitor(page, server.url, scripts, new Set());
        await visitor.open("/sign-in");
        for (const password of [PASSWORD, "wrong"]) {
          await visitor.send({ identifier: person.email, password });
          const said = await visitor.refused();
          expect(said).toContain(says);
          expect(said).toContain(whatNow);
          await expect(visitor.field("identifier")).toHaveValue(person.email);
        }
        await visitor.open("/sign-up");
        await visitor.send({ email: freshEmail(), password: PASSWORD });
        expect(await visitor.refused()).toContain(says);
      });
      expect(await rows.state()).toEqual(before);
    });

test("A browser that keeps the probe goes on, and one whose cookies were deleted meanwhile goes on at the second try.", async ({
  browser,
  server,
  person,
}) => {
  for (const javaScriptEnabled of [true, false]) {
    const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled });
    const page = await context.newPage();
    const visitor = new Visitor(page, server.url, javaScriptEnabled, new Set());
    await visitor.open("/sign-in");
    const [probe] = await context.cookies();
    expect(probe).toMatchObject({ name: "probe", value: "1", httpOnly: true, sameSite: "Lax", path: "/", expires: -1 });
    await context.clearCookies();
    await visitor.send({ identifier: person.email, password: PASSWORD });
    expect(await visitor.refused()).toContain("Cookie");
    await visitor.send({ identifier: person.email, password: PASSWORD });
    await visitor.at("/verify");
    // A page restored from the back/forward cache works as before.
    await visitor.open("/sign-in");
    await visitor.send({ identifier: person.email, password: PASSWORD });
    await visitor.at("/verify");
    await page.goBack();
    await visitor.send({ identifier: person.email, password: PASSWORD });
    await visitor.at("/verify");
    await context.close();
  }
});

test("A program that never asked for the page, a page of an older build and the API are not asked for the probe.", async ({
  server,
  person,
}) => {
  const fields = { identifier: person.email, password: PASSWORD };
  const { cookies: _, ...older } = await hiddenFields(new Client(server.url), "/sign-in", "identifier");
  expect((await postForm(new Client(server.url), "/sign-in", older, fields)).to).toBe("/verify");
  expect((await postScript(new Client(server.url), "/sign-in", "signInAction", fields)).to).toBe("/verify");
  expect((await new Client(server.url).post("/sign-in", fields)).status).toBe(200);
});

test("What a browser without cookies is told does not depend on the account or the password.", async ({ server, person }) => {
  const hidden = await hiddenFields(new Client(server.url), "/sign-in", "identifier");
  const told = [];
  for (const [identifier, password] of [
    [person.email, PASSWORD],
    [person.email, "wrong"],
    [freshEmail(), PASSWORD],
  ] as const) {
    const { answer, code } = await postForm(new Client(server.url), "/sign-in", hidden, { identifier, password });
    expect(code).toBe("cookies_blocked");
    told.push(comparable(answer, identifier));
  }
  for (const one of told) expect(difference(told[0] ?? "", one)).toBeNull();
});

test("The probe is given with the pages that need it and to no program, and never beside another cookie.", async ({ server, person }) => {
  for (const path of ["/sign-in", "/sign-up"])
    expect((await new Client(server.url).get(path)).headers.getSetCookie().join()).toContain("probe=1");
  for (const path of ["/", "/api/v1/session", "/api/v1/openapi.json", "/api/auth/csrf", "/api/health/ready"])
    expect((await new Client(server.url).get(path)).headers.getSetCookie().join(), path).not.toContain("probe");
  expect((await person.client.clone().get("/sign-in")).headers.getSetCookie()).toEqual([]);
});
