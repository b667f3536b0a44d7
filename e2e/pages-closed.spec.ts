import { Client, expectStatus, freshEmail, PASSWORD } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";

// While the sign-up is closed no page leads to it: pages that would say so, and people who have begun go on (setting publicSignUp).

test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const CLOSED = "いまは、新規登録を受け付けていません。";
/** A link to the beginning of a sign-up, in markup or in what a page is drawn from; not to the later pages of one. */
const LINK = /["']\/sign-up(?:\?[^"']*)?\\?["']/;

test("While the sign-up is closed no page links to it, and the pages that would say that it is closed; a sign-up that has begun goes on.", async ({
  server,
  rows,
  clock,
}) => {
  const fresh = () => new Client(server.url);
  const textOf = async (path: string, client = fresh()) => (await client.get(path)).text;
  const [begun, late, email] = [fresh(), fresh(), freshEmail()];
  for (const [client, address] of [
    [begun, email],
    [late, freshEmail()],
  ] as const)
    expectStatus(await client.post("/sign-up", { email: address, password: PASSWORD }), 202);
  for (const path of ["/", "/sign-in", "/sign-in?returnTo=/texts"]) expect(await textOf(path), path).toMatch(LINK);
  expect(await textOf("/verify", begun)).toMatch(LINK);

  await rows.query("INSERT INTO policy_changes (name, value, by) VALUES ('publicSignUp', 'false', 'cli:test')");
  await expect.poll(() => textOf("/sign-in")).toContain(CLOSED);
  for (const path of ["/", "/sign-in", "/sign-in?returnTo=/texts", "/sign-up"]) {
    expect(await textOf(path), path).toContain(CLOSED);
    expect(await textOf(path), path).not.toMatch(LINK);
  }
  for (const path of ["/not-arriving", "/sign-in-methods", "/texts", "/forgot-password", "/stop", "/undo"])
    expect(await textOf(path), path).not.toMatch(LINK);
  expect(await textOf("/verify", begun)).not.toMatch(LINK);
  expectStatus(await begun.post("/challenge/verify", { code: (await begun.message(email)).code }), 200);

  await clock(601);
  const ended = await textOf("/verify", late);
  expect(ended).toContain(CLOSED);
  expect(ended).not.toMatch(LINK);
  expect(ended).toContain('href="/sign-in"');
});
