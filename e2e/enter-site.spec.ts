import { Client, register } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import { become } from "./support/stages.ts";
import type { Look } from "./support/visit.ts";

// What a person sees between the sign-in and the site of another service: the way, a step-up, or what is missing.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const looks: Look[] = [
  { scripts: false, width: 390 },
  { colorScheme: "dark", width: 1280, locale: "en-US" },
];
const HOST = "app.localhost:1";
const to = (path: string) => `/enter-site?host=${HOST}&begun=${"a".repeat(43)}&to=${Buffer.from(path).toString("base64url")}`;

for (const look of looks)
  test(`A person is led to the site, proves once more where it asks for that, and reads what a passkey is needed for: ${look.scripts === false ? "without scripts" : look.colorScheme}, ${look.width} px (FW-04).`, ({
    visit,
    server,
    rows,
  }) =>
    visit(look, async (visitor) => {
      const { page } = visitor;
      await rows.query(
        `INSERT INTO sites (host, level, levels) VALUES ('${HOST}', 'aal1', '{"/pay": "aal2", "/admin": "passkey"}') ON CONFLICT DO NOTHING`,
      );
      // No server listens there, and a browser keeps its page at an answer without content.
      const led: string[] = [];
      await page.route(`http://${HOST}/**`, (route) => {
        led.push(route.request().url());
        return route.fulfill({ status: 204 });
      });
      const person = await register(new Client(server.url));
      await become(visitor, person.client, to("/reports?month=11"));
      await expect.poll(() => led.length).toBe(1);
      await visitor.clean();
      await page.locator("main a.button").click();
      await expect.poll(() => led.length).toBe(2);
      expect(led.map((address) => new URL(address).pathname)).toEqual(["/.sekisho/finish", "/.sekisho/finish"]);

      await page.goto(to("/admin"));
      await visitor.clean();
      await expect(page.locator('main a[href="/account/factors/passkey"]')).toBeVisible();

      await rows.query(
        `UPDATE sessions SET amr = '{pwd,trusted_device}' WHERE user_id = (SELECT id FROM users WHERE email = '${person.email}')`,
      );
      await page.goto(to("/pay"));
      await visitor.clean();
      const before = await visitor.latest(person.number);
      await page.locator('form[name="step-up"] button').click();
      await visitor.at("/verify");
      await visitor.send({ code: await visitor.code(person.number, before) });
      await expect.poll(() => led.length).toBe(3);
      await page.goto(to("/pay"));
      await expect.poll(() => led.length).toBe(4);
    }));
