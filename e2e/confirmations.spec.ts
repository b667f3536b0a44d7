import { createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { Client, expectStatus, PASSWORD, register } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import { awaitingCode, become } from "./support/stages.ts";

// A person confirms one act on the sample page, with and without scripts, and its receipt verifies by the published key; a browser is trusted where
// the operator lets it (SU-04, TD-01, TD-03).
test.use({ serverSettings: { SEKISHO_LIMITS: "bench", TRUSTED_DEVICES: "on" } });

const partsOf = (jws: string) => jws.split(".").map((part) => Buffer.from(part, "base64url"));

for (const scripts of [true, false])
  test(`The sample page leads to a receipt that the published key verifies, ${scripts ? "with" : "without"} scripts.`, ({
    visit,
    server,
  }) =>
    visit({ scripts }, async (visitor) => {
      const person = await register(new Client(server.url));
      await become(visitor, person.client, "/sample/points");
      const main = visitor.page.locator("main");
      await expect(main).toContainText("見本");
      await visitor.send({ amount: "5,000" });
      expect(await visitor.refused()).toContain("ポイント数");
      const before = await visitor.latest(person.number);
      await visitor.send({ amount: "5000" });
      await visitor.at("/verify");
      await expect(main.locator("dl")).toContainText("山田商店");
      await expect(main.locator("dl")).toContainText("5000 pt");
      await visitor.send({ code: await visitor.code(person.number, before) });
      await visitor.at("/sample/points");
      await expect(main).toContainText("確認が済みました");
      await visitor.page.locator('form[name="exchange"] button').click();
      await expect(main).toContainText("交換しました");
      await visitor.clean();
      const receipt = (await main.locator("dd code").innerText()).trim();
      const [head, , signature] = partsOf(receipt);
      const keys = await new Client(server.url).get("/.well-known/jwks.json");
      expect(keys.headers.get("cache-control")).toBe("public, max-age=300");
      const { kid } = JSON.parse(String(head)) as { kid: string };
      const jwk = (keys.body.keys as (JsonWebKey & { kid: string })[]).find((one) => one.kid === kid);
      expect(jwk && !("d" in jwk)).toBe(true);
      const signed = Buffer.from(receipt.slice(0, receipt.lastIndexOf(".")));
      expect(verify(null, signed, createPublicKey({ key: jwk as JsonWebKey, format: "jwk" }), signature as Buffer)).toBe(true);
      // Coming back shows the receipt again and uses nothing twice.
      await visitor.page.reload();
      await expect(main.locator("dd code")).toHaveText(receipt);
    }));

test("A confirmation of another session is not shown.", async ({ visitor, server }) => {
  const [person, other] = [await register(new Client(server.url)), await register(new Client(server.url))];
  const values = { act: "points_exchange", unit: "pt", amount: "777", payee: "山田商店", reference: "1" };
  const { id } = expectStatus(await person.client.post("/confirmations", values), 200).body;
  await become(visitor, other.client, `/sample/points?id=${id}`);
  await expect(visitor.page.locator("main")).not.toContainText("777");
});

for (const scripts of [true, false])
  test(`A browser that was trusted signs in with the password alone until its owner ends that, ${scripts ? "with" : "without"} scripts.`, ({
    visit,
    server,
  }) =>
    visit({ scripts }, async (visitor) => {
      const { person, client, code } = await awaitingCode(server.url);
      await become(visitor, client, "/verify");
      await visitor.page.locator('[name="trustDevice"]').check();
      await visitor.send({ code });
      await visitor.at("/account");
      await visitor.signOut();
      await visitor.open("/sign-in?returnTo=/account/sessions");
      await visitor.send({ identifier: person.email, password: PASSWORD });
      await visitor.at("/account/sessions");
      await visitor.open("/account/password");
      await expect(visitor.page.locator("#step-up")).toBeVisible();
      await visitor.open("/account/devices");
      await visitor.page.locator('form[name="end-trusted-device"] button').click();
      await expect(visitor.page.locator('section[aria-labelledby="trusted"] [role=status]')).toBeVisible();
      await expect(visitor.page.locator('form[name="end-trusted-device"]')).toHaveCount(0);
      await visitor.signOut();
      await visitor.open("/sign-in");
      await visitor.send({ identifier: person.email, password: PASSWORD });
      await visitor.at("/verify");
    }));

test("The API answers a trusted browser with its session at AAL 1, and another one with a challenge.", async ({ server }) => {
  const { person, client, code } = await awaitingCode(server.url);
  expectStatus(await client.post("/challenge/verify", { code, trustDevice: true }), 200);
  const copy = client.clone();
  const entered = expectStatus(await client.post("/sign-in", { identifier: person.email, password: PASSWORD }), 200);
  expect(entered.body).toMatchObject({ next: "done", session: { aal: 1, amr: ["pwd", "trusted_device"] } });
  expect(entered.body.challenge).toBeUndefined();
  expect((await client.post("/step-up", { action: "manage_factors" })).body.next).toBe("verify");
  expect(expectStatus(await copy.post("/sign-in", { identifier: person.email, password: PASSWORD }), 200).body.next).toBe("verify");
  const stranger = new Client(server.url);
  expect((await stranger.post("/sign-in", { identifier: person.email, password: PASSWORD })).body.next).toBe("verify");
});
