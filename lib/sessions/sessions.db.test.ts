import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { sql } from "#lib/db/sql";
import { verifyChallenge } from "#lib/purposes/challenges";
import { endOtherSessions, endOwnSession, endSession } from "#lib/sessions/end-session";
import { listSessions } from "#lib/sessions/list-sessions";
import { readSession } from "#lib/sessions/read-session";
import { type Account, codeOf, makeAccount, must, passPassword, requester, setClock, signedIn } from "#lib/testing/fixtures";

async function session(account: Account, sessionToken?: string): Promise<{ token: string; id: string }> {
  const token = await passPassword(account);
  const verified = signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, { ...requester, sessionToken })));
  return { token: verified.sessionToken, id: verified.session.sessionId };
}

afterEach(() => setClock(0));

describe("Sessions", () => {
  it("are stored hashed: no token of any kind is in the row", async () => {
    const { token, id } = await session(await makeAccount());
    const [row] = await sql`SELECT row_to_json(s)::text AS row FROM sessions s WHERE id = ${id}::uuid`;
    expect(JSON.stringify(row)).not.toContain(token);
    expect(JSON.stringify(row)).not.toContain(Buffer.from(token, "base64url").toString("hex"));
  });

  it("end after an idle hour, and after a day however busy, on the server's clock (B06)", async () => {
    const account = await makeAccount();
    const idle = await session(account);
    await setClock(59 * 60);
    expect(await readSession(idle.token)).not.toBeNull();
    await setClock(59 * 60 + 61 * 60);
    expect(await readSession(idle.token)).toBeNull();
    await setClock(0);
    const busy = await session(account);
    for (let minutes = 0; minutes < 24 * 60; minutes += 50) {
      await setClock(minutes * 60);
      expect(await readSession(busy.token), `after ${minutes} minutes`).not.toBeNull();
    }
    await setClock(24 * 3600 + 60);
    expect(await readSession(busy.token)).toBeNull();
  });

  it("end at once: signed out, ended by another browser of the account, account disabled (B07, SE-06)", async () => {
    const account = await makeAccount();
    const [one, two, three] = [await session(account), await session(account), await session(account)];
    await endSession(one.token, requester);
    expect(await readSession(one.token)).toBeNull();
    expect(await endOwnSession(account.userId, two.id, requester)).toBe(true);
    expect(await readSession(two.token)).toBeNull();
    await sql`UPDATE users SET disabled_at = app_now() WHERE id = ${account.userId}::uuid`;
    expect(await readSession(three.token)).toBeNull();
  });

  it("are ended by their own account alone; a foreign id and an unknown one look the same (B09, I14)", async () => {
    const [mine, others] = [await makeAccount(), await makeAccount()];
    const foreign = await session(others);
    for (const id of [foreign.id, randomUUID(), "x", "' OR 1=1 --"]) expect(await endOwnSession(mine.userId, id, requester)).toBe(false);
    expect(await readSession(foreign.token)).not.toBeNull();
    const kept = await session(mine);
    await session(mine);
    expect(await endOtherSessions(mine.userId, kept.id, requester)).toBe(1);
    expect((await listSessions(mine.userId)).map((line) => line.id)).toEqual([kept.id]);
  });

  it("are listed while they are live and no longer, for an account with a role too (SE-05, SE-07)", async () => {
    for (const [roles, minutes] of [
      [[], 61],
      [["support"], 16],
    ] as const) {
      const account = await makeAccount();
      await sql`UPDATE users SET roles = ${[...roles]}::text[] WHERE id = ${account.userId}::uuid`;
      const { token, id } = await session(account);
      expect((await listSessions(account.userId)).map((line) => line.id)).toEqual([id]);
      await setClock(minutes * 60);
      expect(await readSession(token)).toBeNull();
      expect(await listSessions(account.userId), `${roles.join()} after ${minutes} minutes`).toEqual([]);
      await setClock(0);
      await sql`UPDATE users SET disabled_at = app_now() WHERE id = ${account.userId}::uuid`;
      expect(await readSession(token)).toBeNull();
      expect(await listSessions(account.userId), "of a disabled account").toEqual([]);
    }
  });

  it("replace the older session of their browser (SE-02)", async () => {
    const account = await makeAccount();
    const old = await session(account);
    const fresh = await session(account, old.token);
    expect(await readSession(old.token)).toBeNull();
    expect(await readSession(fresh.token)).not.toBeNull();
  });

  it("answers nothing for what is no token", async () => {
    for (const token of ["", "x", "a".repeat(44), "é".repeat(43)]) expect(await readSession(token)).toBeNull();
  });
});
