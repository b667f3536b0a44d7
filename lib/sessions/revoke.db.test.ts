import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { signIn } from "#lib/accounts/sign-in";
import { challengeHashes } from "#lib/challenges/read";
import { sql, transaction } from "#lib/db/sql";
import { naming } from "#lib/limits/subject";
import { readChallenge, verifyChallenge } from "#lib/purposes/challenges";
import { endOtherSessions, endWhatWasBegun } from "#lib/sessions/end-session";
import { openSession } from "#lib/sessions/open-session";
import { readSession } from "#lib/sessions/read-session";
import {
  type Account,
  codeOf,
  count,
  forgetLimits,
  makeAccount,
  must,
  PASSWORD,
  passPassword,
  requester,
  setClock,
  signedIn,
} from "#lib/testing/fixtures";

// A revocation ends the other sessions and the sign-ins that had begun: none of those becomes a session afterwards (A19, B08, B16).

const verify = async (token: string) => verifyChallenge(token, { code: await codeOf(token) }, requester);
async function session(account: Account) {
  const verified = signedIn(must(await verify(await passPassword(account))));
  return { token: verified.sessionToken, id: verified.session.sessionId };
}
const endOthers = (account: Account, kept: { id: string }) => endOtherSessions(account.userId, kept.id, requester);

beforeEach(() => forgetLimits());
afterEach(() => setClock(0));

describe("Ending all other sessions", () => {
  it("ends a sign-in that another browser has begun: its right code is refused and its page says that it was replaced", async () => {
    const account = await makeAccount();
    const [kept, other] = [await session(account), await session(account)];
    const begun = await passPassword(account);
    await endOthers(account, kept);
    expect(await readSession(other.token)).toBeNull();
    expect(await verify(begun)).toMatchObject({ ok: false, error: { code: "challenge_expired" } });
    expect((await readChallenge(begun))?.state).toBe("replaced");
    expect(await readSession(kept.token)).not.toBeNull();
    expect((await session(account)).token).toHaveLength(43);
  });

  it("ends a sign-in whose password was proven before, though its challenge is written after", async () => {
    const account = await makeAccount();
    const kept = await session(account);
    const held = `sends_per_account:${(await naming())("limit/sends_per_account", account.userId).toString("hex")}`;
    // The lock on the account's limit keeps the password step from committing its challenge until the others have ended.
    const opening = await transaction(async (tx) => {
      await tx`SELECT pg_advisory_xact_lock(hashtextextended(${held}, 0))`;
      const late = signIn({ identifier: account.email, password: PASSWORD }, requester);
      const waiting = () => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`);
      await expect.poll(waiting, { timeout: 10_000 }).toBe(1);
      await endOthers(account, kept);
      return [late];
    });
    const { token } = must(await (opening[0] as ReturnType<typeof signIn>));
    expect((await readChallenge(token))?.state).toBe("replaced");
    expect(await verify(token)).toMatchObject({ ok: false, error: { code: "challenge_expired" } });
    expect(await readSession(kept.token)).not.toBeNull();
  });

  it("waits for a sign-in that is being committed, and ends it (B16)", async () => {
    const account = await makeAccount();
    const kept = await session(account);
    const pending = await passPassword(account);
    // Holds the transaction of a verification open at its end.
    const [opened, ending] = await transaction(async (tx) => {
      const [row] = await tx<{ id: string }>`
        UPDATE challenges SET consumed_at = app_now() WHERE token_hash = ANY(${challengeHashes(pending)}::bytea[]) RETURNING id`;
      await tx`UPDATE users SET factor_failures = 0 WHERE id = ${account.userId}::uuid`;
      const session = await openSession(tx, {
        userId: account.userId,
        challengeId: row?.id ?? "",
        amr: ["pwd", "sms"],
        authenticatorId: null,
        requester,
      });
      const ended = endOthers(account, kept);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return [session?.token ?? "", { ended }] as const;
    });
    expect(await ending.ended).toBe(1);
    expect(await readSession(opened)).toBeNull();
    expect(await readSession(kept.token)).not.toBeNull();
  });

  it("is waited for by a verification in its last step, or sees its session: none is left over (B16)", async () => {
    for (let round = 0; round < 10; round += 1) {
      const account = await makeAccount();
      const kept = await session(account);
      const browsers = Array.from({ length: 50 }, async (_, index) => {
        await sql`DELETE FROM limit_hits WHERE owner = ${account.userId}::uuid`;
        await sql`DELETE FROM limit_rings`;
        const opened = await signIn({ identifier: account.email, password: PASSWORD }, { ...requester, ip: `198.51.${round}.${index}` });
        return opened.ok && opened.value.view.delivery?.status === "queued" ? verify(opened.value.token) : opened;
      });
      await new Promise((resolve) => setTimeout(resolve, 20 + 60 * round));
      await endOthers(account, kept);
      const [{ epoch } = { epoch: -1 }] = await sql<{ epoch: number }>`SELECT epoch FROM users WHERE id = ${account.userId}::uuid`;
      await Promise.all(browsers);
      const left = await sql<{ epoch: number }>`
        SELECT c.epoch FROM sessions s JOIN challenges c ON c.id = s.challenge_id WHERE s.user_id = ${account.userId}::uuid AND s.id <> ${kept.id}::uuid`;
      expect(left.filter((row) => row.epoch < epoch)).toEqual([]);
      expect(await readSession(kept.token)).not.toBeNull();
    }
  }, 120_000);
});

describe("An account that is disabled in the middle", () => {
  it("gives the right code no session, whenever it happens, and never an error of ours (A19, SE-06)", async () => {
    for (let round = 0; round < 10; round += 1) {
      const account = await makeAccount();
      const token = await passPassword(account);
      const code = await codeOf(token);
      const [verified] = await Promise.all([
        verifyChallenge(token, { code }, requester),
        sql`UPDATE users SET disabled_at = app_now() WHERE id = ${account.userId}::uuid`,
      ]);
      if (verified.ok) expect(await readSession(signedIn(verified.value).sessionToken)).toBeNull();
    }
  });

  it("and enabled again later does not go on with what was begun before", async () => {
    const account = await makeAccount();
    const token = await passPassword(account);
    await transaction(async (tx) => {
      await tx`UPDATE users SET disabled_at = app_now() WHERE id = ${account.userId}::uuid`;
      await endWhatWasBegun(tx, account.userId);
    });
    await sql`UPDATE users SET disabled_at = NULL WHERE id = ${account.userId}::uuid`;
    expect((await verify(token)).ok).toBe(false);
  });
});
