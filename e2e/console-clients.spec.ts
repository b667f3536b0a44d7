import { expect, test } from "./support/fixtures.ts";
import { staffBrowser } from "./support/staff.ts";
import type { Look } from "./support/visit.ts";

// Services as an administrator registers, changes and removes them by forms.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const looks: Look[] = [
  { scripts: true, width: 1280 },
  { scripts: false, locale: "en-US", width: 390, colorScheme: "dark" },
];

for (const look of looks)
  test(`An administrator registers a service, changes its addresses, replaces a leaked secret and removes it, ${look.scripts ? "with" : "without"} scripts.`, ({
    browser,
    server,
    rows,
  }) =>
    staffBrowser(browser, server, "administrator", look, async (visitor) => {
      const { page, main } = visitor;
      const form = (act: string) => page.locator(`form:has(button[name="act"][value="${act}"])`);
      const press = (act: string) => form(act).locator('button[name="act"]').click();
      await visitor.open("/admin/clients");
      await form("add").locator('[name="name"]').fill("お花");
      await form("add").locator('[name="redirectUris"]').fill("https://hana.example.jp/back");
      await form("add").locator('[name="pairwise"]').check();
      await press("add");
      const id = await main.getByRole("status").locator("code").first().innerText();
      const secret = await main.getByRole("status").locator("code").last().innerText();
      await visitor.clean();
      await visitor.open(`/admin/clients/${id}`);
      await expect(main).not.toContainText(secret);
      await expect(main).toContainText("このサービスのホストだけの番号");
      const change = form("change");
      await change.locator('[name="name"]').fill("お花と緑");
      await change.locator('[name="redirectUris"]').fill("http://hana.example.jp/back");
      await press("change");
      await visitor.refused();
      await expect(change.locator('[name="name"]')).toHaveValue("お花と緑");
      await change.locator('[name="redirectUris"]').fill("https://hana.example.jp/new\nhttps://hana.example.jp/newer");
      await change.locator('[name="level"]').selectOption("passkey");
      await change.locator('[name="kind"]').selectOption("own");
      await press("change");
      await page.waitForURL(`**/admin/clients/${id}?done=change`);
      await expect(main.getByRole("status")).toBeVisible();
      const [row] = await rows.query("SELECT name, redirect_uris, first_party, level FROM openid_clients WHERE id = $1", id);
      expect(row).toEqual({
        name: "お花と緑",
        redirect_uris: ["https://hana.example.jp/new", "https://hana.example.jp/newer"],
        first_party: true,
        level: "urn:sekisho:acr:passkey",
      });
      await press("change");
      await page.waitForURL(`**/admin/clients/${id}?refused=no_change`);
      await form("rotate").locator('[name="overlap"]').fill("0");
      await press("rotate");
      const fresh = await main.getByRole("status").locator("code").last().innerText();
      const answers = [secret, fresh].map(async (one) => {
        const authorization = `Basic ${btoa(`${id}:${one}`)}`;
        const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: "x" });
        return (await fetch(`${server.url}/openid/token`, { method: "POST", headers: { authorization }, body })).json();
      });
      expect((await Promise.all(answers)).map(({ error }) => error)).toEqual(["invalid_client", "invalid_grant"]);
      await page.goto(`/admin/audit?event=client.changed`);
      await expect(main).toContainText("https://hana.example.jp/back → https://hana.example.jp/new,https://hana.example.jp/newer");
      await visitor.open(`/admin/clients/${id}`);
      await main.locator("details:has(form) > summary").last().click();
      await press("remove");
      await page.waitForURL("**/admin/clients?done=remove");
      expect(await rows.count("SELECT count(*) FROM openid_clients WHERE id = $1", id)).toBe(0);
    }));
