import type { Page } from "@playwright/test";
import { Client, expectStatus, freshNumber, PASSWORD, type Person, register } from "../support/api.ts";
import { expect, test } from "../support/fixtures.ts";
import type { Instance } from "../support/server.ts";

// User input is rendered as text everywhere: no script runs, no request leaves, no style applies, and the CSP blocks nothing (WB-10, WB-04, I13).

test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const PAYLOADS = [
  "<script>window.pwned=1</script>",
  '"><img src=x onerror=window.pwned=1>',
  "'><svg/onload=window.pwned=1>",
  "</title><script>window.pwned=1</script>",
  "</script><script>window.pwned=1</script>",
  "<!--<script>window.pwned=1//-->",
  "javascript:window.pwned=1",
  "{{constructor.constructor('window.pwned=1')()}}",
  `$${"{window.pwned=1}"}`,
  "<style>*{display:none}</style>",
  "<base href=//evil.example>",
  "\u2028window.pwned=1\u2029",
  '<a href="//evil.example" id="main">',
  "</textarea><iframe srcdoc='<script>parent.pwned=1</script>'>",
];

/** Records scripts that ran, blocked content and requests to other origins. */
async function watched(server: Instance, page: Page): Promise<{ trouble: string[] }> {
  const trouble: string[] = [];
  page.on("dialog", (dialog) => void dialog.dismiss().then(() => trouble.push("a dialog")));
  page.on("pageerror", (error) => trouble.push(`an error: ${error.message}`));
  page.on("console", (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) trouble.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(server.url) && !/^(data|blob):/.test(request.url())) trouble.push(`a request to ${request.url()}`);
  });
  await page.addInitScript(() =>
    document.addEventListener("securitypolicyviolation", (event) =>
      console.error("Content Security Policy", event.violatedDirective, event.blockedURI),
    ),
  );
  return { trouble };
}

async function inert(page: Page, seen: { trouble: string[] }, where: string): Promise<void> {
  expect(await page.evaluate(() => (window as { pwned?: number }).pwned), where).toBeUndefined();
  const foreign = page.locator("script:not([nonce]):not([src^='/_next/static/']), img[src='x'], svg[onload], base, iframe");
  expect(await foreign.evaluateAll((all) => all.map((one) => one.outerHTML.slice(0, 300))), where).toEqual([]);
  await expect(page.getByRole("heading", { level: 1 }).first(), where).toBeVisible();
  expect(seen.trouble, where).toEqual([]);
}

const asUser = (page: Page, person: Person) =>
  page.context().addCookies(
    [...person.client.cookies].map(([name, value]) => ({
      name,
      value,
      domain: "localhost",
      path: "/",
      httpOnly: true,
      sameSite: "Lax" as const,
    })),
  );

test("What a form shows again is text: addresses, numbers and every hidden field, with their payloads (I13).", async ({ page, server }) => {
  const seen = await watched(server, page);
  for (const payload of PAYLOADS.slice(0, 8)) {
    await page.goto(`${server.url}/sign-in?returnTo=${encodeURIComponent(payload)}&taken=${encodeURIComponent(payload)}`);
    await inert(page, seen, `sign-in?${payload}`);
    await page.fill('[name="identifier"]', payload);
    await page.fill('[name="password"]', payload);
    await page.locator('form:has([name="identifier"]) > button[type="submit"]').click();
    await page.getByRole("main").getByRole("alert").waitFor();
    await inert(page, seen, `sign-in ${payload}`);
  }
  for (const path of ["/sign-up", "/demo/phone", "/verify", "/no-such-page"])
    for (const payload of PAYLOADS.slice(0, 3)) {
      const query = encodeURIComponent(payload);
      await page.goto(`${server.url}${path}?to=${query}&with=${query}&ended=${query}&email=${query}`);
      await inert(page, seen, `${path}?${payload}`);
    }
});

test("A page that was sent without JavaScript shows what was typed as text as well.", async ({ browser, server }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  for (const payload of PAYLOADS.slice(0, 3)) {
    await page.goto(`${server.url}/sign-in`);
    await page.fill('[name="identifier"]', payload);
    await page.fill('[name="password"]', payload);
    await page.locator('form:has([name="identifier"]) > button[type="submit"]').click();
    await page.getByRole("main").getByRole("alert").waitFor();
    expect(await page.inputValue('[name="identifier"]')).toBe(payload.trim());
    expect(await page.locator("img, iframe, base, svg[onload]").count(), payload).toBe(0);
  }
  await context.close();
});

test("What a browser says of itself is text on the account page and in the list of what happened (I13).", async ({
  page,
  server,
  rows,
}) => {
  const seen = await watched(server, page);
  const person = await register(new Client(server.url));
  for (const payload of PAYLOADS) {
    const before = (await person.client.message(person.number)).at;
    const other = new Client(server.url);
    // A header cannot contain line separators; all other characters are sent unchanged.
    const headers = { "user-agent": payload.replace(/[^\x20-\x7e]/g, "") };
    expectStatus(await other.call("POST", "/api/v1/sign-in", { identifier: person.email, password: PASSWORD }, headers), 200);
    const { code } = await other.message(person.number, before);
    expectStatus(await other.call("POST", "/api/v1/challenge/verify", { code }, headers), 200);
  }
  // Characters that no header can carry are written to the row directly.
  await rows.query(
    "UPDATE sessions SET user_agent = $1 WHERE id = (SELECT id FROM sessions ORDER BY authenticated_at DESC LIMIT 1)",
    PAYLOADS.join("\u0007\u202e"),
  );
  await asUser(page, person);
  await page.goto(`${server.url}/account`);
  await expect(page.locator('form[name="end-session"]')).toHaveCount(PAYLOADS.length);
  await inert(page, seen, "/account");
  for (const locale of ["en", "ja"]) {
    await page.locator(`button[name="locale"][value="${locale}"]`).first().click();
    await expect(page.locator("html")).toHaveAttribute("lang", locale);
    await inert(page, seen, `/account in ${locale}`);
  }
});

test("An address may hold what a script begins with, and is text in pages, mails and on the demo phone (I13).", async ({
  page,
  server,
}) => {
  const seen = await watched(server, page);
  const local = [
    "'-alert(1)-'",
    "{{7*7}}",
    `$${"{7*7}"}`,
    "`+alert(1)+`",
    "=cmd|'/c'!a1",
    "&lt;b&gt;".replace(/;/g, ""),
    "#{7*7}",
    "%0d%0abcc",
  ];
  let taken = 0;
  for (const [index, name] of local.entries()) {
    const email = `${name}${index}@example.jp`;
    const client = new Client(server.url);
    const started = await client.post("/sign-up", { email, password: PASSWORD });
    expect([202, 422], email).toContain(started.status);
    if (started.status === 422) continue;
    taken += 1;
    const { text, to } = await client.message(email.toLowerCase());
    expect(to).toBe(email.toLowerCase());
    expect(text).not.toContain(name);
    await asUser(page, { email, number: freshNumber(), codes: [], client });
    await page.goto(`${server.url}/verify`);
    await inert(page, seen, `/verify of ${email}`);
    await expect(page.getByRole("main")).toContainText(email.toLowerCase());
    await page.goto(`${server.url}/demo/phone?to=${encodeURIComponent(email)}`);
    await inert(page, seen, `/demo/phone of ${email}`);
  }
  expect(taken).toBeGreaterThanOrEqual(5);
});

test("An address that would write a header, a second recipient or markup is no address (WB-10).", async ({ server, rows }) => {
  const before = await rows.count("SELECT count(*) FROM messages");
  for (const email of [
    "a@example.jp\r\nBcc: b@evil.example",
    "a@example.jp\nBcc: b@evil.example",
    "a@example.jp,b@evil.example",
    "a@example.jp;b@evil.example",
    "a@example.jp b@evil.example",
    '"a@evil.example" <a@example.jp>',
    "<script>@example.jp",
    '"<script>"@example.jp',
    "a@example.jp<script>",
    "a@[127.0.0.1]",
    "a@b@evil.example",
    "a@exаmple.jp",
    "(comment)a@example.jp",
    `${"a".repeat(65)}@example.jp`,
    `a@${"b".repeat(250)}.jp`,
    "a@localhost",
    "a@xn--exmple-4nf.jp",
    "a@example..jp",
    "a@-example.jp",
    "a@example.jp\u0000",
    "a@example.jp\u202e",
  ])
    expect((await new Client(server.url).post("/sign-up", { email, password: PASSWORD })).status, JSON.stringify(email)).toBe(422);
  expect(await rows.count("SELECT count(*) FROM messages")).toBe(before);
});
