import { afterEach, describe, expect, it } from "vitest";
import { signIn } from "#lib/accounts/sign-in";
import { verifyChallenge } from "#lib/challenges/verify";
import { sql } from "#lib/db/sql";
import { startSending, stopSending } from "#lib/delivery/stops";
import { cleanUp } from "#lib/jobs/clean-up";
import { bindPhone } from "#lib/phones/bind-phone";
import { codeOf, count, freshNumber, from, makeAccount, must, PASSWORD, setClock } from "#lib/testing/fixtures";

afterEach(() => setClock(0));

describe("cleaning", () => {
  it("leaves a pending number whose code is on its way, however old its row, and takes it afterwards", async () => {
    const [account, number] = [await makeAccount({ phone: false }), freshNumber()];
    const giveNumber = async () => {
      const proving = must(await signIn({ identifier: account.email, password: PASSWORD }, from)).token;
      const proven = must(await verifyChallenge(proving, { code: await codeOf(proving) }, from));
      const token = proven.next === "bind_phone" ? proven.challengeToken : "";
      must(await bindPhone(token, { number, channel: "sms", acceptRisk: true }, from));
      return token;
    };
    const pending = () => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM phones WHERE user_id = ${account.userId}::uuid`);
    await giveNumber();
    await setClock(86_400 - 60);
    const token = await giveNumber();
    await setClock(86_400 + 60);
    await cleanUp();
    expect(await pending()).toBe(1);
    await setClock(86_400 * 2);
    await cleanUp();
    expect(await pending()).toBe(0);
    await setClock(86_400 * 2 + 60);
    expect((await verifyChallenge(token, { code: "000000" }, from)).ok).toBe(false);
  });

  it("keeps a stop for two days after its end, and one that has not ended for ever", async () => {
    const scope = { channel: "SMS", country: null, provider: null } as const;
    const stops = () => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM sending_stops`);
    must(await stopSending(scope, "cli:test"));
    must(await startSending(scope, "cli:test"));
    must(await stopSending(scope, "cli:test"));
    await setClock(86_400 * 2 - 60);
    await cleanUp();
    expect(await stops()).toBe(2);
    await setClock(86_400 * 2 + 60);
    await cleanUp();
    expect(await stops()).toBe(1);
    must(await startSending(scope, "cli:test"));
  });
});
