import { describe, expect, it } from "vitest";
import { verifyChallenge } from "#lib/challenges/verify";
import { sql } from "#lib/db/sql";
import { endEverything } from "#lib/sessions/end-everything";
import { readSession } from "#lib/sessions/read-session";
import { codeOf, from, makeAccount, must, passPassword } from "#lib/testing/fixtures";

// After a restore one command ends what was issued before it, so that nothing comes back to life that had been used or ended (RE-05, K18).

describe("ending everything", () => {
  it("leaves no session, no challenge, no code and no device of anybody, and everybody can sign in again", async () => {
    const [first, second] = [await makeAccount(), await makeAccount()];
    const token = await passPassword(first);
    const verified = must(await verifyChallenge(token, { code: await codeOf(token) }, from));
    const session = "sessionToken" in verified ? verified.sessionToken : "";
    expect(await readSession(session)).not.toBeNull();
    const pending = await passPassword(second);
    const code = await codeOf(pending);

    expect(await endEverything()).toMatchObject({ accounts: 2, sessions: 1, challenges: 1, devices: 1 });
    expect(await readSession(session)).toBeNull();
    expect((await verifyChallenge(pending, { code }, from)).ok).toBe(false);
    expect(await sql`SELECT 1 FROM challenge_codes`).toHaveLength(0);
    expect(await sql`SELECT 1 FROM audit_events WHERE event = 'everything.ended'`).toHaveLength(1);

    const again = await passPassword(second);
    expect(must(await verifyChallenge(again, { code: await codeOf(again) }, from)).next).toBe("done");
    expect(await endEverything()).toMatchObject({ sessions: 1, challenges: 0 });
  });

  it("does not wait in a circle with those who sign in meanwhile, and lets no sign-in that had begun outlive it", async () => {
    const accounts = [await makeAccount(), await makeAccount(), await makeAccount()];
    const begun = await Promise.all(
      accounts.map(async (account) => {
        const token = await passPassword(account);
        return { token, code: await codeOf(token) };
      }),
    );
    const [results] = await Promise.all([
      Promise.all(begun.map(({ token, code }) => verifyChallenge(token, { code }, from))),
      endEverything(),
      endEverything(),
    ]);
    for (const result of results)
      if (result.ok && "sessionToken" in result.value) expect(await readSession(result.value.sessionToken)).toBeNull();
    expect(await sql`SELECT 1 FROM sessions`).toHaveLength(0);
  });
});
