import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sql } from "#lib/db/sql";
import { verifyChallenge } from "#lib/purposes/challenges";
import { forgetDevices, listDevices } from "#lib/sessions/devices";
import { readSession } from "#lib/sessions/read-session";
import {
  type Account,
  codeOf,
  count,
  forgetLimits,
  makeAccount,
  must,
  passPassword,
  requester,
  setClock,
  signedIn,
} from "#lib/testing/fixtures";

const DAY = 86_400;

/** A sign-in on one browser: the tokens it is left with. */
async function complete(account: Account, userAgent: string, deviceToken?: string) {
  const token = await passPassword(account);
  const verified = signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, { ...requester, userAgent, deviceToken })));
  return { device: verified.device.token, session: verified.sessionToken };
}

const events = ({ userId }: Account) =>
  count(sql<{ n: number }>`
    SELECT count(*)::int AS n FROM audit_events WHERE event = 'device.forgotten' AND subject = (SELECT audit_subject FROM users WHERE id = ${userId}::uuid)`);

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("The known devices of an account", () => {
  it("are listed by the browser of the latest sign-in, with when they were first seen and last used", async () => {
    const account = await makeAccount();
    const { device } = await complete(account, "Old Browser");
    await complete(account, "Other".repeat(100));
    await setClock(DAY);
    await complete(account, "New Browser", device);
    const [first, second, ...more] = await listDevices(account.userId, device);
    expect(more).toEqual([]);
    expect(first).toMatchObject({ current: true, userAgent: "New Browser" });
    expect(second).toMatchObject({ current: false, userAgent: "Other".repeat(100).slice(0, 256) });
    expect(Math.round((Date.parse(first?.lastUsedAt ?? "") - Date.parse(first?.firstSeenAt ?? "")) / 1000 / DAY)).toBe(1);
    expect((await listDevices(account.userId, undefined)).map(({ current }) => current)).toEqual([false, false]);
    await setClock(182 * DAY);
    expect(await listDevices(account.userId, device)).toEqual([]);
  });

  it("are forgotten one by one or all at once, which is noted and signs nobody out", async () => {
    const [account, other] = [await makeAccount(), await makeAccount()];
    const mine = [await complete(account, "A"), await complete(account, "B"), await complete(account, "C")];
    await complete(other, "D");
    const lines = await listDevices(account.userId, undefined);
    expect(await forgetDevices(account.userId, lines[0]?.id ?? "", requester)).toBe(1);
    expect((await listDevices(account.userId, undefined)).map(({ id }) => id)).toEqual(lines.slice(1).map(({ id }) => id));
    expect(await forgetDevices(account.userId, lines[0]?.id ?? "", requester)).toBe(0);
    expect(await events(account)).toBe(1);
    expect(await forgetDevices(account.userId, null, requester)).toBe(2);
    expect([await events(account), await listDevices(account.userId, undefined)]).toEqual([2, []]);
    for (const { session } of mine) expect(await readSession(session)).not.toBeNull();
    expect(await listDevices(other.userId, undefined)).toHaveLength(1);
  });

  it("are nobody else's to forget, by an id or by what is no id", async () => {
    const [account, other] = [await makeAccount(), await makeAccount()];
    await complete(account, "A");
    const [line] = await listDevices(account.userId, undefined);
    for (const id of [line?.id ?? "", "%", "' OR true --"]) expect(await forgetDevices(other.userId, id, requester)).toBe(0);
    expect(await listDevices(account.userId, undefined)).toHaveLength(1);
  });
});
