import { expect, test } from "./support/fixtures.ts";

// Focus stays visible after a click, touch targets are large enough, and pages control what search engines show of them.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

for (const scripts of [true, false])
  test(`The error summary shows its outline after a click (scripts ${scripts ? "on" : "off"}).`, ({ visit }) =>
    visit({ scripts }, async (visitor) => {
      await visitor.open("/sign-in");
      await visitor.send({ identifier: "a@example.jp", password: "wrong" });
      await visitor.refused();
      await expect(visitor.alert).toHaveCSS("outline-style", "solid");
      await expect(visitor.alert).toHaveCSS("outline-width", "3px");
    }));

test("The notice of a form that was led back shows its outline as well.", async ({ visitor }) => {
  await visitor.page.goto("/sign-in?drawn=");
  await expect(visitor.alert).toBeFocused();
  await expect(visitor.alert).toHaveCSS("outline-style", "solid");
  await visitor.clean();
});

test("The reload of the demo phone is a target of 44 pixels at least.", async ({ visitor: { page } }) => {
  await page.goto("/demo/phone");
  const box = await page.getByRole("link", { name: "再読み込み" }).boundingBox();
  expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
});

for (const path of ["/sign-in", "/sign-up", "/forgot-password", "/not-arriving", "/"])
  test(`The page ${path} has one description, another in each language.`, async ({ visit }) => {
    const seen: (string | null)[] = [];
    for (const locale of ["ja-JP", "en-US"])
      await visit({ locale }, async ({ page }) => {
        await page.goto(path);
        const descriptions = page.locator('meta[name="description"]');
        await expect(descriptions).toHaveCount(1);
        seen.push(await descriptions.getAttribute("content"));
      });
    expect(new Set(seen).size).toBe(2);
    for (const one of seen) expect(one?.length ?? 0).toBeGreaterThan(20);
  });
