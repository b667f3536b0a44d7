import { ELSEWHERE } from "../../lib/testing/elsewhere.ts";
import { Client, PASSWORD, passPassword } from "../support/api.ts";
import { take } from "../support/doors.ts";
import { expect, test } from "../support/fixtures.ts";

// No parameter of a link redirects to another site or runs a script, in any spelling and at any entry point (WB-03, I05).

test.use({ serverSettings: { SEKISHO_LIMITS: "bench", TRUSTED_PROXIES: "127.0.0.1/32" } });

test("After the code a person is where the site leads, whatever the link said (I05).", async ({ server, person }) => {
  test.setTimeout(90_000);
  const { client, code } = await passPassword(person, new Client(server.url));
  expect((await take(client, "verify", "form", { code })).to).toBe("/account");
  for (const [index, returnTo] of ELSEWHERE.entries()) {
    const browser = new Client(server.url);
    const page = await browser.get(`/sign-in?returnTo=${encodeURIComponent(returnTo)}`);
    expect(page.status, returnTo).toBe(returnTo.includes("\0") ? 400 : 200);
    expect(/(?:href|action|content)="[^"]*evil\.example/.test(page.text), returnTo).toBe(false);
    const before = (await browser.message(person.number)).at;
    const door = index % 2 ? "form" : "script";
    const fields = { identifier: person.email, password: PASSWORD, returnTo };
    const started = await take(browser, "signIn", door, fields);
    // A form field cannot contain NUL; all other spellings are accepted but not followed.
    if (returnTo.includes("\0")) {
      expect(started.ok).toBe(false);
      continue;
    }
    expect(started.to, returnTo).toBe("/verify");
    const { code: texted } = await browser.message(person.number, before);
    const done = await take(browser, "verify", door, { code: texted ?? "" });
    expect(done.to, JSON.stringify(returnTo)).toBe("/account");
  }
});

test("A path of this site is led to, with its query (I05).", async ({ server, person }) => {
  const browser = new Client(server.url);
  const before = (await browser.message(person.number)).at;
  await take(browser, "signIn", "form", { identifier: person.email, password: PASSWORD, returnTo: "/account?from=mail" });
  const { code } = await browser.message(person.number, before);
  expect((await take(browser, "verify", "form", { code: code ?? "" })).to).toBe("/account?from=mail");
});

test("next-auth's callback addresses lead nowhere else, and what it is given as one is not kept (I05).", async ({ server }) => {
  const client = new Client(server.url);
  for (const callbackUrl of ELSEWHERE) {
    const query = `callbackUrl=${encodeURIComponent(callbackUrl)}`;
    for (const path of ["csrf", "session", "signin", "signout", "error", "callback/email"]) {
      const answer = await client.get(`/api/auth/${path}?${query}`);
      expect(answer.headers.get("location") ?? "", `${path} ${callbackUrl}`).not.toContain("evil.example");
      expect(answer.headers.getSetCookie().join(), `${path} ${callbackUrl}`).not.toContain("evil.example");
    }
    const { csrfToken = "" } = (await client.get("/api/auth/csrf")).body as { csrfToken?: string };
    const body = new URLSearchParams({ csrfToken, callbackUrl, json: "true" }).toString();
    const out = await client.call("POST", "/api/auth/signout", body, {
      "content-type": "application/x-www-form-urlencoded",
      origin: server.url,
    });
    expect((out.headers.get("location") ?? "") + out.text, callbackUrl).not.toContain("evil.example");
  }
});
