import pg from "pg";
import { afterEach, expect, it } from "vitest";
import { signIn } from "#lib/accounts/sign-in";
import { inLine } from "#lib/db/in-line";
import { DatabaseUnavailable } from "#lib/db/pool";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { sendCode, verifyChallenge } from "#lib/purposes/challenges";
import { codeOf, makeAccount, otherThan, PASSWORD, passPassword, requester, together } from "#lib/testing/fixtures";

// A row that is locked for long delays only the requests for that row, and these fail within five seconds (K07, RE-03).

const holder = new pg.Client(env().DATABASE_URL);
let connected: Promise<unknown> | undefined;
const hold = async (userId: string) => {
  connected ??= holder.connect();
  await connected;
  await holder.query("BEGIN");
  await holder.query("SELECT 1 FROM users u JOIN challenges c ON c.user_id = u.id WHERE u.id = $1 FOR UPDATE", [userId]);
};
afterEach(() => holder.query("ROLLBACK"));

it("A person whose rows are held costs the others nothing: their statements go on while two hundred requests wait for the one.", async () => {
  const account = await makeAccount();
  const token = await passPassword(account);
  const wrong = otherThan(await codeOf(token));
  await hold(account.userId);
  const began = performance.now();
  const asked = together(200, async (index): Promise<unknown> => {
    if (index % 4 === 0) return sendCode(token, { method: "voice" }, requester);
    return verifyChallenge(token, { code: wrong }, requester);
  }).then(
    () => "answered",
    (error: unknown) => error,
  );
  const signingIn = signIn({ identifier: account.email, password: PASSWORD }, requester).catch((error: unknown) => error);
  for (let time = 0; time < 10; time += 1) {
    const asking = performance.now();
    await sql`SELECT 1`;
    expect(performance.now() - asking).toBeLessThan(500);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(await asked).toBeInstanceOf(DatabaseUnavailable);
  expect(await signingIn).toBeInstanceOf(DatabaseUnavailable);
  expect(performance.now() - began).toBeLessThan(5000);
  await holder.query("ROLLBACK");
  expect(await verifyChallenge(token, { code: await codeOf(token) }, requester)).toMatchObject({ ok: true });
});

it("An error of one in line is its own: those behind it go on.", async () => {
  const answers = await Promise.allSettled([
    inLine("row", () => Promise.reject(new Error("mine"))),
    inLine("row", async () => "next"),
    inLine("other", async () => "apart"),
  ]);
  expect(answers.map((one) => (one.status === "fulfilled" ? one.value : String(one.reason)))).toEqual(["Error: mine", "next", "apart"]);
});
