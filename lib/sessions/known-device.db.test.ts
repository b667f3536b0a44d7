import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { signIn } from "#lib/accounts/sign-in";
import { sql } from "#lib/db/sql";
import { readChallenge, verifyChallenge } from "#lib/purposes/challenges";
import { endOtherSessions } from "#lib/sessions/end-session";
import { readSession } from "#lib/sessions/read-session";
import {
  type Account,
  codeOf,
  count,
  forgetLimits,
  makeAccount,
  must,
  PASSWORD,
  requester,
  setClock,
  signedIn,
  together,
} from "#lib/testing/fixtures";

// Attempts of a browser that completed a sign-in are counted apart from those of strangers, whose wrong passwords therefore cannot lock it out
// (RL-06, F06).

const DAY = 86_400;
const password = (account: Account, deviceToken?: string, typed = PASSWORD, ip = requester.ip) =>
  signIn({ identifier: account.email, password: typed }, { ...requester, ip, deviceToken });

/** A whole sign-in on one browser: the device and session it is left with. */
async function complete(account: Account, deviceToken?: string) {
  const { token } = must(await password(account, deviceToken));
  const verified = signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, { ...requester, deviceToken })));
  return {
    device: verified.device.token,
    expiresAt: verified.device.expiresAt,
    session: verified.sessionToken,
    id: verified.session.sessionId,
  };
}

const strangers = (account: Account, times: number) =>
  together(times, (index) => password(account, undefined, `まちがい ${index}`, `198.51.100.${index}`));
const devicesOf = (userId: string) =>
  count(sql<{ n: number }>`SELECT count(*)::int AS n FROM known_devices WHERE user_id = ${userId}::uuid`);

beforeEach(() => forgetLimits());
afterEach(() => setClock(0));

describe("A known device", () => {
  it("gets in with the right password while strangers are locked out, from the address they attack from as well", async () => {
    const account = await makeAccount();
    const { device } = await complete(account);
    await strangers(account, 40);
    expect(await password(account)).toMatchObject({ ok: false, error: { code: "credentials_wrong" } });
    for (let stranger = 0; stranger < 60; stranger += 1) await password(account, undefined, "まちがい", "203.0.113.9");
    const fresh = await complete(account, device);
    expect(fresh.device).toBe(device);
    // The owner's sign-in returns no attempts to strangers.
    expect(await password(account)).toMatchObject({ ok: false, error: { code: "credentials_wrong" } });
  });

  it("has ten wrong passwords of its own, waits then like anybody, and takes none from strangers", async () => {
    const account = await makeAccount();
    const { device } = await complete(account);
    await together(30, (index) => password(account, device, `まちがい ${index}`, `198.51.100.${index}`));
    expect(await sql`SELECT 1 FROM limit_hits WHERE policy = 'password_failures_on_device'`).toHaveLength(10);
    expect(await password(account, device)).toMatchObject({ ok: false, error: { code: "credentials_wrong" } });
    expect((await password(account)).ok).toBe(true);
    await setClock(901);
    expect((await password(account, device)).ok).toBe(true);
  });

  it("is one of its own account alone, and of nobody once its row is gone or 180 days are over", async () => {
    const [account, other] = [await makeAccount(), await makeAccount()];
    const [mine, foreign] = [await complete(account), await complete(other)];
    await strangers(account, 20);
    expect((await password(account, foreign.device)).ok).toBe(false);
    expect((await password(account, "A".repeat(43))).ok).toBe(false);
    expect((await password(account, mine.device)).ok).toBe(true);
    expect(mine.expiresAt.getTime() - Date.now()).toBeGreaterThan(179 * DAY * 1000);
    await setClock(181 * DAY);
    await strangers(account, 20);
    expect((await password(account, mine.device)).ok).toBe(false);
  });

  it("opens nothing and skips nothing: no session, no challenge, and the second factor is asked for as ever", async () => {
    const account = await makeAccount();
    const { device } = await complete(account);
    expect(await readSession(device)).toBeNull();
    expect(await readChallenge(device)).toBeNull();
    const { view, token } = must(await password(account, device));
    expect(view).toMatchObject({ purpose: "SIGN_IN", attemptsLeft: 5 });
    expect(
      await verifyChallenge(
        token,
        { code: "000000" === (await codeOf(token)) ? "000001" : "000000" },
        { ...requester, deviceToken: device },
      ),
    ).toMatchObject({
      ok: false,
      error: { code: "code_wrong", attemptsLeft: 4 },
    });
  });

  it("is stored hashed and knows nothing of a person", async () => {
    const account = await makeAccount();
    const { device } = await complete(account);
    const [row] = await sql`SELECT row_to_json(d)::text AS row FROM known_devices d WHERE user_id = ${account.userId}::uuid`;
    expect(JSON.stringify(row)).not.toContain(device);
    expect(Object.keys(JSON.parse(String((row as { row: string }).row)))).toEqual([
      "id",
      "token_hash",
      "user_id",
      "created_at",
      "last_used_at",
      "expires_at",
      "factor_failures",
      "locked_until",
      "user_agent",
    ]);
  });

  it("is one of ten: the one used longest ago makes room, also for many at once", async () => {
    const account = await makeAccount();
    const first = await complete(account);
    const second = await complete(account);
    await setClock(60);
    for (let more = 0; more < 8; more += 1) await complete(account);
    await complete(account, first.device);
    await complete(account);
    expect(await devicesOf(account.userId)).toBe(10);
    await strangers(account, 20);
    expect((await password(account, first.device)).ok).toBe(true);
    expect((await password(account, second.device)).ok).toBe(false);
  });

  it("is forgotten when another browser ends all others, and that browser's is kept", async () => {
    const account = await makeAccount();
    const [lost, kept] = [await complete(account), await complete(account)];
    await endOtherSessions(account.userId, kept.id, { ...requester, deviceToken: kept.device });
    expect(await devicesOf(account.userId)).toBe(1);
    await strangers(account, 20);
    expect((await password(account, lost.device)).ok).toBe(false);
    expect((await password(account, kept.device)).ok).toBe(true);
  });
});
