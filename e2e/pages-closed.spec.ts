import { Client, expectStatus, freshEmail, PASSWORD } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";

// While the sign-up is closed no page leads to it: pages that would say so, and people who have begun go on (setting publicSignUp).

test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

/** What a page says in its markup; the words of errors, which forms carry along, have the sentence too. */
const CLOSED = />いまは、新規登録を受け付けていません。/;
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
  const links = async (path: string, client = fresh()) => LINK.test(await textOf(path, client));
  const saysClosed = async (path: string, client = fresh()) => CLOSED.test(await textOf(path, client));
  for (const path of ["/", "/sign-in", "/sign-in?returnTo=/texts"])
    expect([await links(path), await saysClosed(path)], path).toEqual([true, false]);
  expect(await links("/verify", begun)).toBe(true);

  await rows.query("INSERT INTO policy_changes (name, value, by) VALUES ('publicSignUp', 'false', 'cli:test')");
  await expect.poll(() => saysClosed("/")).toBe(true);
  for (const path of ["/", "/sign-in", "/sign-in?returnTo=/texts", "/sign-up"])
    expect([await links(path), await saysClosed(path)], path).toEqual([false, true]);
  for (const path of ["/not-arriving", "/sign-in-methods", "/texts", "/forgot-password", "/stop", "/undo"])
    expect(await links(path), path).toBe(false);
  expect(await links("/verify", begun)).toBe(false);
  expectStatus(await begun.post("/challenge/verify", { code: (await begun.message(email)).code }), 200);

  await clock(601);
  expect([await links("/verify", late), await saysClosed("/verify", late)]).toEqual([false, true]);
  expect(await textOf("/verify", late)).toContain('href="/sign-in"');
});
