import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { stopAccount } from "#lib/accounts/notice-codes";
import { signIn } from "#lib/accounts/sign-in";
import { sql } from "#lib/db/sql";
import { openNoticeCodes, type StoredNoticeCode } from "#lib/delivery/wording/notice-codes";
import { verifyChallenge } from "#lib/purposes/challenges";
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

const [HOUR, DAY] = [3600, 86_400];

/** The challenge of an account without a phone that has named a number, and its code. */
async function naming(claimant: Account, e164: string) {
  await forgetLimits();
  const proving = must(await signIn({ identifier: claimant.email, password: PASSWORD }, requester)).token;
  const proven = must(await verifyChallenge(proving, { code: await codeOf(proving) }, requester));
  const token = proven.next === "bind_phone" ? proven.challengeToken : "";
  must(await bindPhone(token, { number: e164, channel: "sms", acceptRisk: true }, requester));
  return { token, code: await codeOf(token) };
}

const claim = async (claimant: Account, { e164 }: Account) => {
  const { token, code } = await naming(claimant, e164);
  return verifyChallenge(token, { code }, requester);
};

const claimant = () => makeAccount({ phone: false });
const told = ({ userId }: Account, template: string) =>
  count(
    sql<{
      n: number;
    }>`SELECT count(*)::int AS n FROM messages WHERE user_id = ${userId}::uuid AND template = ${template} AND channel = 'EMAIL'`,
  );
const holds = ({ userId }: Account) =>
  count(sql<{ n: number }>`SELECT count(*)::int AS n FROM account_phones WHERE user_id = ${userId}::uuid AND verified_at IS NOT NULL`);

/** The stop code of the mail about a take-over. */
async function stopCodeOf({ userId }: Account) {
  const stored = await sql<StoredNoticeCode>`
    SELECT n.id, n.kind, n.reference, n.sealed FROM notice_codes n JOIN messages m ON m.id = n.message_id
    WHERE n.user_id = ${userId}::uuid AND m.template = 'notice.takeover' AND n.channel = 'EMAIL' AND n.kind = 'stop'`;
  const { reference, stopCode } = openNoticeCodes(stored, userId);
  return { reference: reference ?? "", code: stopCode ?? "" };
}

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("A number that its present holder proves and another account has", () => {
  it("is taken while that account uses it, and nothing of that account is shown", async () => {
    const [holder, mine] = [await makeAccount(), await claimant()];
    await setClock(179 * DAY);
    expect(await claim(mine, holder)).toEqual({ ok: false, error: { code: "number_taken" } });
    expect(await told(holder, "notice.takeover")).toBe(0);
  });

  it("is handed over after 72 hours when it was not used for 180 days, with a notice to its holder first and last (PSTN-10, G09)", async () => {
    const [holder, mine] = [await makeAccount(), await claimant()];
    await setClock(181 * DAY);
    const begun = await claim(mine, holder);
    expect(begun).toMatchObject({ error: { code: "number_taken" } });
    const { until, ...shown } = begun.ok ? { until: null } : begun.error;
    expect(shown).toEqual({ code: "number_taken" });
    expect(Math.round((Date.parse(until ?? "") - Date.now()) / (HOUR * 1000))).toBe(181 * 24 + 72);
    expect(await told(holder, "notice.takeover")).toBe(1);
    await setClock(181 * DAY + 71 * HOUR);
    expect(await claim(mine, holder)).toEqual({ ok: false, error: { code: "number_taken", until } });
    expect([await holds(holder), await told(holder, "notice.takeover")]).toEqual([1, 1]);
    await setClock(181 * DAY + 73 * HOUR);
    const { session } = signedIn(must(await claim(mine, holder)));
    expect(session.user.id).toBe(mine.userId);
    expect([await holds(holder), await holds(mine), await told(holder, "notice.takeover_done")]).toEqual([0, 1, 1]);
    expect(JSON.stringify(session)).not.toMatch(new RegExp(`${holder.userId}|${holder.email}`));
  });

  it("is handed over when its texts fail for good", async () => {
    const [holder, mine] = [await makeAccount(), await claimant()];
    await sql`UPDATE phones SET doubted_at = app_now() WHERE id = ${holder.phoneId}::uuid`;
    expect(await claim(mine, holder)).toMatchObject({ error: { code: "number_taken", until: expect.any(String) } });
    await setClock(73 * HOUR);
    signedIn(must(await claim(mine, holder)));
  });

  it("stays with a holder who uses it within the 72 hours", async () => {
    const [holder, mine] = [await makeAccount(), await claimant()];
    await sql`UPDATE phones SET doubted_at = app_now() WHERE id = ${holder.phoneId}::uuid`;
    await claim(mine, holder);
    const token = await passPassword(holder);
    signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, requester)));
    await setClock(73 * HOUR);
    expect(await claim(mine, holder)).toEqual({ ok: false, error: { code: "number_taken" } });
    expect(await holds(holder)).toBe(1);
  });

  it("stays with a holder who stops it by the code of the mail, and is asked for once in 180 days", async () => {
    const [holder, mine, later] = [await makeAccount(), await claimant(), await claimant()];
    await setClock(181 * DAY);
    await claim(mine, holder);
    must(await stopAccount(await stopCodeOf(holder), requester));
    await setClock(181 * DAY + 73 * HOUR);
    for (const one of [mine, later]) expect(await claim(one, holder)).toEqual({ ok: false, error: { code: "number_taken" } });
    expect([await holds(holder), await told(holder, "notice.takeover")]).toEqual([1, 1]);
    await setClock(362 * DAY);
    expect(await claim(later, holder)).toMatchObject({ error: { until: expect.any(String) } });
  });

  it("is promised to one of two who prove it at once, and a claimant who never returns keeps the next one out for 180 days", async () => {
    const [holder, a, b] = [await makeAccount(), await claimant(), await claimant()];
    await setClock(181 * DAY);
    const both = [await naming(a, holder.e164), await naming(b, holder.e164)];
    const answers = await Promise.all(both.map(({ token, code }) => verifyChallenge(token, { code }, requester)));
    const promised = answers.filter((answer) => !answer.ok && answer.error.until);
    expect([promised.length, await told(holder, "notice.takeover")]).toEqual([1, 1]);
    const loser = !answers[0]?.ok && answers[0]?.error.until ? b : a;
    await setClock(181 * DAY + 73 * HOUR);
    expect(await claim(loser, holder)).toEqual({ ok: false, error: { code: "number_taken" } });
    await setClock(362 * DAY);
    expect(await claim(loser, holder)).toMatchObject({ error: { until: expect.any(String) } });
    await setClock(362 * DAY + 73 * HOUR);
    signedIn(must(await claim(loser, holder)));
  });
});
