import type { Locator } from "@playwright/test";
import { Client, freshNumber, otherThan, register } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import type { Visitor } from "./support/person.ts";
import type { Instance } from "./support/server.ts";
import { awaitingCode, awaitingNumber, awaitingPassword, become, everybody, lockedOut, savingCodes, steppedUp } from "./support/stages.ts";
import { stayingPages } from "./support/surface.ts";
import type { Look } from "./support/visit.ts";

// axe reports no violation (WCAG 2.2 AA) on any page in its refusing, waiting and ended states, in both themes. Pages come from the build, so new
// ones are included.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const looks: Look[] = [
  { colorScheme: "light", width: 390 },
  { colorScheme: "dark", width: 1280, locale: "en-US" },
];
/** Waits for what marks a state, then runs axe. */
async function shows(visitor: Visitor, state: Locator): Promise<void> {
  await state.first().waitFor();
  await visitor.clean();
}

/** The link of an ended challenge to another sign-in. */
const restart = ({ main }: Visitor) => main.getByRole("link", { name: /^(ログインをやり直す|Sign in again)$/ });

const atPhone = async (server: Instance, visitor: Visitor) => become(visitor, await awaitingNumber(server.url), "/sign-up/phone");
const atVerify = async (server: Instance, visitor: Visitor) => {
  const pending = await awaitingCode(server.url);
  await become(visitor, pending.client, "/verify");
  return pending;
};

for (const look of looks) {
  const name = `${look.colorScheme}, ${look.width} px`;

  test(`axe finds nothing on what anybody can open, ${name}.`, ({ visit }) =>
    visit(look, async (visitor) => {
      const { page } = visitor;
      await visitor.open("/nowhere");
      await visitor.open("/not-arriving");
      for (const one of await page.locator("details summary").all()) await one.click();
      await visitor.clean();
      await page.goto("/demo/ui");
      await page.locator("main details").evaluateAll((all) => {
        for (const one of all) one.setAttribute("open", "");
      });
      await visitor.clean();
      await visitor.open("/sign-in");
      await visitor.send({ identifier: "", password: "" });
      await visitor.refused();
      await visitor.send({ identifier: "nobody@example.jp", password: "wrong" });
      await visitor.refused();
      await visitor.open("/sign-up");
      await visitor.send({ email: "hanako", password: "short" });
      await visitor.refused();
    }));

  test(`axe finds nothing on the page of the number and its refusals, ${name}.`, ({ visit, server }) =>
    visit(look, async (visitor) => {
      await atPhone(server, visitor);
      for (const number of ["12", "03-1234-5678", "050-3000-1234", "0990-512-345", "+1 202 555 0123"]) {
        await visitor.send({ number, acceptRisk: true });
        await visitor.refused();
      }
      await visitor.field("acceptRisk").uncheck();
      await visitor.send({ number: visitor.number });
      await visitor.refused();
      await visitor.open("/sign-up");
      await shows(visitor, visitor.main.locator('a[href="/sign-up/phone"]'));
      const taken = await register(new Client(server.url));
      const before = await visitor.latest(taken.number);
      await visitor.open("/sign-up/phone");
      await visitor.send({ number: taken.number, acceptRisk: true });
      await visitor.at("/verify");
      await visitor.send({ code: await visitor.code(taken.number, before) });
      await visitor.page.waitForURL("**/sign-up/phone?taken");
      await shows(visitor, visitor.alert);
    }));

  test(`axe finds nothing on a message on its way, late, refused or failed, nor when every send is spent, ${name}.`, ({ visit, server }) =>
    visit(look, async (visitor) => {
      const client = new Client(server.url);
      await atPhone(server, visitor);
      await visitor.send({ number: freshNumber("0003"), acceptRisk: true });
      await visitor.at("/verify");
      await client.clock(25);
      await shows(visitor, visitor.main.getByText(/まだ届いていません|Not there yet/));
      await client.clock(0);
      for (const digits of ["0001", "0005"]) {
        await visitor.open("/sign-up/phone");
        await visitor.send({ number: freshNumber(digits), acceptRisk: true });
        await visitor.at("/verify");
        await shows(visitor, visitor.line.getByText(/拒否|失敗|Refused|Failed/));
      }
      for (let sends = 0; sends < 6; sends += 1) {
        if ((await visitor.main.getByRole("status").count()) > 0) break;
        await visitor.field("method").click();
        await visitor.page.waitForTimeout(700);
      }
      await shows(visitor, visitor.main.getByRole("status"));
    }));

  test(`axe finds nothing where a code is wrong, closed, locked, expired, replaced or a recovery code, ${name}.`, ({ visit, server }) =>
    visit(look, async (visitor) => {
      const { page } = visitor;
      const { code, client } = await atVerify(server, visitor);
      await visitor.open("/verify?with=recovery_code");
      await visitor.send({ code: "0000-0000-0000-0000" });
      await visitor.refused();
      await visitor.open("/verify");
      for (const step of [1, 2, 3]) await visitor.send({ code: otherThan(code, step) }).then(() => visitor.refused());
      await visitor.send({ code: otherThan(code, 4) });
      await shows(visitor, page.getByRole("heading", { level: 1 }).filter({ hasNotText: /入力|Enter/ }));
      await atVerify(server, visitor);
      await client.clock(700);
      await page.reload();
      await shows(visitor, restart(visitor));
      await client.clock(0);
      await become(visitor, (await lockedOut(server.url)).client, "/verify");
      await shows(visitor, page.getByRole("timer"));
      const older = await awaitingCode(server.url);
      await awaitingCode(server.url, older.person);
      await become(visitor, older.client, "/verify");
      await shows(visitor, restart(visitor));
    }));

  test(`axe finds nothing on the codes to keep, the account and the pages behind it, ${name}.`, ({ visit, server }) =>
    visit(look, async (visitor) => {
      const { page } = visitor;
      await become(visitor, await savingCodes(server.url), "/recovery-codes");
      await visitor.submit("saved");
      await visitor.refused();
      await visitor.send({ saved: true });
      await visitor.at("/account");
      const { person, client, code } = await awaitingCode(server.url);
      await client.post("/challenge/verify", { code });
      await become(visitor, person.client, "/account/sessions");
      await page.locator('form[name="end-others"] button').click();
      await page.waitForURL("**/account/sessions?ended=others");
      await shows(visitor, visitor.main.getByRole("status"));
      await visitor.open("/account/activity");
      await visitor.open("/sign-in");
      await shows(visitor, visitor.main.locator('a[href="/account"]'));
    }));

  test(`axe finds nothing on the demo phone while it rings, speaks and stands beside the site, ${name}.`, ({ visit, server }) =>
    visit(look, async (visitor) => {
      const { client } = await atVerify(server, visitor);
      await client.post("/challenge/send", { method: "voice" });
      if ((look.width ?? 0) > 1024) {
        await visitor.phoneLink.click();
        await shows(visitor, visitor.call);
      }
      await visitor.open("/demo/phone");
      await shows(visitor, visitor.call);
      for (const next of [/^(「1」を押す|Press 1)$/, /^(もう一度聞く|Hear it again)$/]) {
        await visitor.call.getByRole("button").last().click();
        await shows(visitor, visitor.call.getByRole("button", { name: next }));
      }
    }));

  test(`axe finds nothing on a refused reset, stop, undo and new password, nor on a person's own acts before and after step-up, ${name}.`, ({
    visit,
    server,
  }) =>
    visit(look, async (visitor) => {
      for (const [path, fields] of Object.entries<Record<string, string>>({
        "/forgot-password": { identifier: "" },
        "/stop": { reference: "N-7K2M9PQR", stopCode: "7K2M9-PQRST" },
        "/undo": { reference: "N-7K2M9PQR", undoCode: "7K2M9-PQRST", password: "wrong" },
      })) {
        await visitor.open(path);
        await visitor.send(fields);
        await visitor.refused();
      }
      for (const path of ["/stop?done", "/undo?done"]) await visitor.open(path);
      await visitor.clean();
      await become(visitor, (await awaitingPassword(server.url)).client, "/reset-password");
      await visitor.send({ password: "short" });
      await visitor.refused();
      await become(visitor, (await register(new Client(server.url))).client, "/account");
      for (const path of ["password", "email", "phones", "phones/add", "recovery-codes"]) await visitor.open(`/account/${path}`);
      await become(visitor, (await steppedUp(server.url)).client, "/account");
      for (const [path, fields] of Object.entries<Record<string, string>>({
        "/account/password": { password: "short" },
        "/account/email": { email: "none" },
        "/account/phones/add": { number: "12" },
      })) {
        await visitor.page.goto(path);
        await visitor.clean();
        await visitor.send(fields);
        await visitor.refused();
      }
    }));

  test(`axe finds nothing on any page of the build, opened by who may open it, ${name}.`, ({ visit, server }) =>
    visit(look, async (visitor) => {
      const { page } = visitor;
      const left = new Set(stayingPages());
      const { clients, pathOf } = await everybody(server);
      for (const client of clients) {
        await become(visitor, client, "/");
        for (const path of left) {
          await page.goto(pathOf(path));
          if (new URL(page.url()).pathname !== pathOf(path)) continue;
          await visitor.clean();
          left.delete(path);
        }
      }
      expect([...left]).toEqual([]);
    }));
}
