import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as oidc from "openid-client-6";
import { expect, test } from "./support/fixtures.ts";
import { enter, exchange, leadsTo, openService, requestOf, type Service } from "./support/service.ts";
import { become } from "./support/stages.ts";

// Applications without a secret, judged by openid-client, by oauth4webapi in a page of another origin, and by the browser; and people who click twice.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

let app: Service;
let spa: Service;
let shop: Service;
test.beforeAll(async ({ server }) => {
  [app, spa, shop] = [
    await openService(server, { profile: "native", firstParty: true }),
    await openService(server, { profile: "browser", firstParty: true }),
    await openService(server),
  ];
});
test.afterAll(() => Promise.all([app.close(), spa.close(), shop.close()]));

for (const scripts of [true, false])
  test(`A person who agrees with a double click, and one who is back on the page after that, are led to the service, ${scripts ? "with" : "without"} scripts.`, ({
    visit,
    person,
    rows,
  }) =>
    visit({ scripts }, async (visitor) => {
      const { page } = visitor;
      await rows.query("DELETE FROM openid_consents");
      await become(visitor, person.client, "/account");
      const asked = await requestOf(shop);
      await page.goto(asked.url.href);
      const path = new URL(page.url()).pathname;
      await page.locator('form[name="consent"] button').dblclick();
      await page.waitForURL(`${shop.callback}**`);
      const first = new URL(page.url());
      // The page on which both clicks fell leads on by itself.
      await page.goto(path, { waitUntil: "commit" });
      await page.waitForURL((url) => url.href.startsWith(shop.callback) && url.href !== first.href);
      const second = new URL(page.url());
      expect(second.searchParams.get("code")).not.toBe(first.searchParams.get("code"));
      expect((await exchange(shop, second, asked)).claims()?.sub).toBeTruthy();
    }));

test("An app on a device that listens at a port of its own asks its person each time, gets tokens without a secret, and renews them.", async ({
  visitor,
  person,
}) => {
  const { page } = visitor;
  await become(visitor, person.client, "/account");
  for (let time = 0; time < 2; time += 1) {
    const asked = await requestOf(app);
    await page.goto(asked.url.href);
    await expect(visitor.main).toContainText("ご自分で始めた覚えがなければ");
    await expect(visitor.main).toContainText(new URL(app.callback).host);
    if (time === 0) await visitor.clean();
    await visitor.main.getByRole("button", { name: "ログインする" }).click();
    await page.waitForURL(`${app.callback}**`);
    const tokens = await exchange(app, new URL(page.url()), asked);
    expect(tokens.claims()).toMatchObject({ aud: app.id, email: person.email });
    const renewed = await oidc.refreshTokenGrant(app.config, tokens.refresh_token ?? "");
    expect((await oidc.fetchUserInfo(app.config, renewed.access_token, tokens.claims()?.sub ?? "")).email).toBe(person.email);
    await expect(oidc.refreshTokenGrant(app.config, tokens.refresh_token ?? "")).rejects.toMatchObject({ error: "invalid_grant" });
  }
});

test("An application in the browser signs in from a page of its own origin by script alone; a page of another origin reads nothing.", async ({
  browser,
  person,
  server,
}) => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const library = fileURLToPath(import.meta.resolve("oauth4webapi"));
  await context.route("**/oauth4webapi.js", (route) =>
    route.fulfill({ contentType: "text/javascript", body: readFileSync(library, "utf8") }),
  );
  const asked = await requestOf(spa);
  await page.goto((await leadsTo(person.client, asked.url)).href);
  const given = {
    issuer: server.url,
    id: spa.id,
    callback: spa.callback,
    ...{ state: asked.state, nonce: asked.nonce, verifier: asked.verifier },
  };
  const signIn = (told: typeof given) =>
    page.evaluate(async ({ issuer, id, callback, state, nonce, verifier }) => {
      const oauth: typeof import("oauth4webapi") = await import(`${location.origin}/oauth4webapi.js`);
      const insecure = { [oauth.allowInsecureRequests]: true };
      const client = { client_id: id };
      const as = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), insecure));
      const params = oauth.validateAuthResponse(as, client, new URL(location.href), state);
      const answer = await oauth.authorizationCodeGrantRequest(as, client, oauth.None(), params, callback, verifier, insecure);
      const tokens = await oauth.processAuthorizationCodeResponse(as, client, answer, { expectedNonce: nonce, requireIdToken: true });
      await oauth.validateApplicationLevelSignature(as, answer, insecure);
      const sub = oauth.getValidatedIdTokenClaims(tokens)?.sub ?? "";
      const userinfo = await oauth.userInfoRequest(as, client, tokens.access_token, insecure);
      return { ...(await oauth.processUserInfoResponse(as, client, sub, userinfo)), token: tokens.access_token };
    }, told);
  const { token, ...claims } = await signIn(given);
  expect(claims).toMatchObject({ email: person.email });
  const read = (bearer: string) =>
    page.evaluate(
      ([url, value]) =>
        fetch(`${url}/openid/userinfo`, { headers: { authorization: `Bearer ${value}` } }).then(
          ({ status }) => String(status),
          (error: Error) => error.name,
        ),
      [server.url, bearer],
    );
  expect(await read(String(token))).toBe("200");
  await page.goto(shop.callback);
  expect(await read(String(token))).toBe("TypeError");
  const { tokens } = await enter(spa, person.client);
  expect(await read(tokens.access_token)).toBe("TypeError");
  await context.close();
});
