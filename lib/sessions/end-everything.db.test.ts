import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { describe, expect, it } from "vitest";
import {
  confirmRecoveryCodes,
  issuedRecoveryCodes,
  prepareRecoveryCodes,
  recoveryCodesLeft,
} from "#lib/authenticators/recovery-codes/recovery-codes";
import { homeState } from "#lib/db/home";
import { publishedKeys, rotateSigningKey, signingKey } from "#lib/db/signing-keys";
import { sql, transaction } from "#lib/db/sql";
import { env } from "#lib/env";
import { verifyChallenge } from "#lib/purposes/challenges";
import { endEverything } from "#lib/sessions/end-everything";
import { readSession } from "#lib/sessions/read-session";
import { codeOf, forgetRecoveryCodes, makeAccount, must, passPassword, requester } from "#lib/testing/fixtures";

// After a restore one command ends everything issued before it, so that nothing used or ended becomes valid again (RE-05, K18).

describe("Ending everything", () => {
  it("leaves no session, no challenge, no code and no device of anybody, and everybody can sign in again", async () => {
    const [first, second] = [await makeAccount(), await makeAccount()];
    const token = await passPassword(first);
    const verified = must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
    const session = "sessionToken" in verified ? verified.sessionToken : "";
    expect(await readSession(session)).not.toBeNull();
    const pending = await passPassword(second);
    const code = await codeOf(pending);

    expect(await endEverything()).toMatchObject({ accounts: 2, sessions: 1, challenges: 1, devices: 1 });
    expect(await readSession(session)).toBeNull();
    expect((await verifyChallenge(pending, { code }, requester)).ok).toBe(false);
    expect(await sql`SELECT 1 FROM challenge_codes`).toHaveLength(0);
    expect(await sql`SELECT 1 FROM audit_events WHERE event = 'everything.ended'`).toHaveLength(1);

    const again = await passPassword(second);
    expect(must(await verifyChallenge(again, { code: await codeOf(again) }, requester)).next).toBe("save_recovery_codes");
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
      Promise.all(begun.map(({ token, code }) => verifyChallenge(token, { code }, requester))),
      endEverything(),
      endEverything(),
    ]);
    for (const result of results)
      if (result.ok && "sessionToken" in result.value) expect(await readSession(result.value.sessionToken)).toBeNull();
    expect(await sql`SELECT 1 FROM sessions`).toHaveLength(0);
  });

  /** An account whose recovery codes are saved, and one of them used. */
  async function withCodes() {
    const account = await makeAccount();
    await forgetRecoveryCodes(account.userId);
    await transaction((tx) => prepareRecoveryCodes(tx, account.userId, requester));
    const [used = "", other = ""] = must(await issuedRecoveryCodes(account.userId));
    must(await confirmRecoveryCodes(account.userId, { saved: true }, requester));
    must(await verifyChallenge(await passPassword(account), { method: "recovery_code", code: used }, requester));
    // The backup does not know of it.
    await sql`UPDATE recovery_codes SET used_at = NULL WHERE set_id IN (SELECT id FROM authenticators WHERE user_id = ${account.userId}::uuid)`;
    return { account, used, other };
  }
  const spend = async ({ account }: Awaited<ReturnType<typeof withCodes>>, code: string) =>
    verifyChallenge(await passPassword(account), { method: "recovery_code", code }, requester);

  it("ends recovery codes, because nobody knows which were used, and each account saves new ones when it signs in next (K18)", async () => {
    const person = await withCodes();
    const { account } = person;
    expect((await endEverything()).recoveryCodes).toBe(10);
    for (const code of [person.used, person.other]) expect((await spend(person, code)).ok).toBe(false);
    const token = await passPassword(account);
    expect(must(await verifyChallenge(token, { code: await codeOf(token) }, requester)).next).toBe("save_recovery_codes");
    const fresh = must(await issuedRecoveryCodes(account.userId));
    expect(fresh).not.toContain(person.other);
    must(await confirmRecoveryCodes(account.userId, { saved: true }, requester));
    expect((await recoveryCodesLeft(account.userId)).left).toBe(10);
    expect(must(await spend(person, fresh[0] ?? "")).next).toBe("done");
  });

  it("leaves recovery codes where an operator asks for that", async () => {
    const person = await withCodes();
    expect((await endEverything({ keepRecoveryCodes: true })).recoveryCodes).toBe(0);
    expect(must(await spend(person, person.used)).next).toBe("done");
  });

  it("signs receipts with a new key, which alone has a private half, and withdraws none; without a receipt there is no key to replace", async () => {
    expect((await endEverything()).signingKeyReplaced).toBe(false);
    expect((await publishedKeys()).keys).toEqual([]);
    const { kid } = await signingKey();
    // What a backup brings back: the private half of a key that was replaced.
    const [old] = await sql<{ sealed: string }>`SELECT private_sealed AS sealed FROM signing_keys WHERE kid = ${kid}`;
    const later = await rotateSigningKey();
    await sql`UPDATE signing_keys SET private_sealed = ${old?.sealed} WHERE kid = ${kid}`;
    expect((await endEverything()).signingKeyReplaced).toBe(true);
    const fresh = (await signingKey()).kid;
    expect([kid, later]).not.toContain(fresh);
    expect(await sql`SELECT kid FROM signing_keys WHERE private_sealed IS NOT NULL`).toEqual([{ kid: fresh }]);
    expect((await publishedKeys()).keys.map((key) => "kid" in key && key.kid)).toEqual([fresh, later, kid]);
  });

  it("leaves the database at home where it is", async () => {
    await sql`UPDATE database_home SET home = 'elsewhere'`;
    await endEverything();
    expect(await homeState()).toBe("home");
  });

  it("takes as long as it needs, for a service with many accounts", async () => {
    const account = await makeAccount();
    const holder = new pg.Client({ connectionString: env().DATABASE_URL });
    await holder.connect();
    await holder.query("BEGIN");
    await holder.query("SELECT 1 FROM users WHERE id = $1 FOR UPDATE", [account.userId]);
    const ending = endEverything();
    await sleep(3_000);
    await holder.query("COMMIT");
    await holder.end();
    expect((await ending).accounts).toBeGreaterThan(0);
  });
});
