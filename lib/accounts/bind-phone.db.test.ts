import { randomInt, randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { signIn } from "#lib/accounts/sign-in";
import { sql } from "#lib/db/sql";
import { verifyChallenge } from "#lib/purposes/challenges";
import { bindNumber, codeOf, forgetLimits, freshNumber, makeAccount, must, PASSWORD, requester } from "#lib/testing/fixtures";

// A proof refunds the sends to the proven number and no others. Otherwise a person with one phone could text other people's numbers for
// free (sends_per_phone, FR-03, FR-04).

/** Returns a user who waits at the number step; each call uses a new address. */
async function binding(): Promise<string> {
  const account = await makeAccount({ phone: false });
  const { token } = must(await signIn({ identifier: account.email, password: PASSWORD }, { ...requester, ip: randomUUID() }));
  const proven = must(await verifyChallenge(token, { code: await codeOf(token) }, { ...requester, ip: randomUUID() }));
  return proven.next === "bind_phone" ? proven.challengeToken : "";
}

const bind = (token: string, number: string) =>
  bindPhone(token, { number, channel: "sms", acceptRisk: true }, { ...requester, ip: randomUUID() });
const block = () => `+8180${randomInt(10_000, 100_000)}`;

beforeEach(async () => {
  await forgetLimits();
  await sql`DELETE FROM brakes`;
});

describe("Texts to a number that was given up for another", () => {
  it("stay counted against it, whether the other was bound or turned out to be taken", async () => {
    const [victim, taken] = [freshNumber(), freshNumber()];
    await bindNumber((await makeAccount({ phone: false })).userId, taken);
    const answers = [];
    for (let one = 0; one < 7; one += 1) {
      const token = await binding();
      answers.push((await bind(token, victim)).ok);
      must(await bind(token, one % 2 ? taken : freshNumber()));
      await verifyChallenge(token, { code: await codeOf(token) }, { ...requester, ip: randomUUID() });
    }
    expect(answers).toEqual([true, true, true, true, true, false, false]);
  });

  it("stay counted against its block of a thousand, so that pumping is braked at the fifth", async () => {
    const pumped = block();
    const answers = [];
    for (let one = 0; one < 7; one += 1) {
      const token = await binding();
      answers.push((await bind(token, `${pumped}${100 + one}`)).ok);
      must(await bind(token, freshNumber()));
      must(await verifyChallenge(token, { code: await codeOf(token) }, { ...requester, ip: randomUUID() }));
    }
    expect(answers).toEqual([true, true, true, true, false, false, false]);
  });
});
