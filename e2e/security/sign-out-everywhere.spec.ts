import { Client, PASSWORD, register } from "../support/api.ts";
import { expect, test } from "../support/fixtures.ts";
import { Visitor } from "../support/person.ts";
import { savingCodes } from "../support/stages.ts";
import { pages } from "../support/surface.ts";

// Every page shows the sign-out to a signed-in browser, including the 404 page, and to no visitor (SE-06).
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const offers = (html: string) => (html.match(/<form[^>]*name="sign-out"/g) ?? []).length;

test("A crawl of all pages finds one sign-out on each, and the account beside it.", async ({ server }) => {
  const { client, email } = await register(new Client(server.url));
  const saving = await savingCodes(server.url);
  const seen = { account: 0, saving: 0 };
  for (const path of [...pages(), "/no-such-page"])
    for (const [name, one] of Object.entries({ account: client, saving })) {
      const answer = await one.clone().get(path);
      if (answer.status === 307) continue;
      expect(offers(answer.text), `${name}: ${path}`).toBe(1);
      if (name === "account") expect(answer.text.split("</header>")[0], path).toContain(email);
      seen[name as keyof typeof seen] += 1;
    }
  expect(seen.account).toBeGreaterThanOrEqual(8);
  expect(seen.saving).toBeGreaterThanOrEqual(6);
  for (const path of pages()) {
    const { status, text } = await new Client(server.url).get(path);
    if (status === 200) expect(offers(text), `visitor: ${path}`).toBe(0);
  }
});

for (const javaScriptEnabled of [true, false])
  test(`The sign-out comes with the session and goes with it (scripts ${javaScriptEnabled ? "on" : "off"}).`, async ({
    browser,
    server,
  }) => {
    const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled });
    const page = await context.newPage();
    const visitor = new Visitor(page, server.url, javaScriptEnabled, new Set());
    const out = page.locator('form[name="sign-out"]');
    await visitor.open("/sign-up");
    await expect(out).toHaveCount(0);
    await visitor.send({ email: visitor.email, password: PASSWORD });
    await visitor.at("/verify");
    await visitor.send({ code: await visitor.code(visitor.email) });
    await visitor.at("/sign-up/phone");
    await visitor.send({ number: visitor.number, acceptRisk: true });
    await visitor.at("/verify");
    await expect(out).toHaveCount(0);
    await visitor.send({ code: await visitor.code(visitor.number) });
    await visitor.at("/recovery-codes");
    await expect(out).toHaveCount(1);
    await expect(page.locator("header")).toContainText(visitor.email);
    await visitor.send({ saved: true });
    await visitor.at("/account");
    await expect(out).toHaveCount(1);
    // The language form in the footer now names the session.
    await expect(page.locator('footer form[name="language"] [name="form"]')).toHaveCount(1);
    await visitor.signOut();
    await visitor.at("/sign-in");
    await expect(out).toHaveCount(0);
    await expect(page.locator('footer form[name="language"] [name="form"]')).toHaveCount(0);
    await context.close();
  });
