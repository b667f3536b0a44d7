import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { addPhone } from "#lib/accounts/phones";
import { listPhones } from "#lib/authenticators/phones/list-phones";
import { sql } from "#lib/db/sql";
import { riskOf } from "#lib/delivery/messages/number-risk";
import { closeConnections } from "#lib/delivery/provider-accounts/connections";
import { addProviderAccount, changeProviderAccount } from "#lib/delivery/provider-accounts/store";
import { dateOf } from "#lib/delivery/providers/camara/facts";
import { readChallenge, verifyChallenge } from "#lib/purposes/challenges";
import { sendMessage } from "#lib/purposes/messages";
import { type Account, addRecoveryCode, codeOf, forgetLimits, makeAccount, must, passPassword } from "#lib/testing/fixtures";
import { answers, type Loopback, loopback } from "#lib/testing/loopback";
import { signInOn, stepUp } from "#lib/testing/signed-in";

// Set before the first use of the environment, which is read once.
process.env.NUMBER_LOOKUP = "network";

type Network = { latestSimChange: string | null; recycled: boolean; forwarded: boolean };
let network: Network;
let server: Loopback;
const now = () => new Date().toISOString();
const asked = { to: "+819012345678", channel: "SMS", binding: false, privileged: false, verifiedAt: new Date("2026-01-02") } as const;

beforeAll(async () => {
  server = await loopback((arrived, response) => {
    const bodies: Record<string, unknown> = {
      "/token": { access_token: "t", token_type: "Bearer", expires_in: 3600 },
      "/sim-swap/retrieve-date": { latestSimChange: network.latestSimChange },
      "/number-recycling/check": { phoneNumberRecycled: network.recycled },
      "/call-forwarding-signal/unconditional-call-forwardings": { active: network.forwarded },
    };
    answers(200, bodies[arrived.path])(arrived, response);
  });
  const settings = {
    tokenUrl: `${server.url}/token`,
    clientId: "me",
    simSwap: "sim-swap",
    numberRecycling: "number-recycling",
    callForwarding: "call-forwarding-signal",
  };
  must(await addProviderAccount({ name: "network", kind: "camara", baseUrl: server.url, settings, secrets: { clientSecret: "s" } }));
});
beforeEach(async () => {
  network = { latestSimChange: null, recycled: false, forwarded: false };
  server.arrived.splice(0);
  await forgetLimits();
});
afterAll(async () => {
  await closeConnections();
  await server.close();
});

describe("What CAMARA tells before each text or call", () => {
  it("leaves a number alone of which nothing is told", async () =>
    expect([await riskOf(asked), await riskOf({ ...asked, channel: "VOICE" })]).toEqual([null, null]));

  it("withholds both from a number whose SIM changed, unless the number was proven after it", async () => {
    network.latestSimChange = now();
    expect([await riskOf(asked), await riskOf({ ...asked, channel: "VOICE" })]).toEqual(["number_at_risk", "number_at_risk"]);
    expect(await riskOf({ ...asked, verifiedAt: new Date() })).toBeNull();
  });

  it("withholds both from a recycled number", async () => {
    network.recycled = true;
    expect([await riskOf(asked), await riskOf({ ...asked, channel: "VOICE" })]).toEqual(["number_recycled", "number_recycled"]);
  });

  it("withholds a call from a forwarded number, also while it is being bound, and no text", async () => {
    network.forwarded = true;
    const call = { ...asked, channel: "VOICE" } as const;
    expect([await riskOf(call), await riskOf({ ...call, binding: true })]).toEqual(["call_forwarded", "call_forwarded"]);
    expect([await riskOf(asked), await riskOf({ ...asked, binding: true })]).toEqual([null, null]);
  });

  it("holds people with a role, and nobody else, where one question has no answer (H13)", async () => {
    network.latestSimChange = "soon";
    expect([await riskOf(asked), await riskOf({ ...asked, privileged: true })]).toEqual([null, "provider_down"]);
    network.recycled = true;
    expect(await riskOf(asked)).toBe("number_recycled");
  });

  it("is an account that carries nothing, and is changed like any other", async () => {
    const changed = must(await changeProviderAccount("network", { settings: { clientId: "me-too" } }));
    expect([changed.routes, changed.settings.clientId]).toEqual([[], "me-too"]);
  });
});

/** Hands over the latest text of an account. */
async function sent({ userId }: Account): Promise<void> {
  const [row] = await sql<{ id: string }>`
    SELECT id FROM messages WHERE user_id = ${userId}::uuid AND challenge_id IS NOT NULL ORDER BY created_at DESC LIMIT 1`;
  await sendMessage(row?.id ?? "");
}
const outcomeOf = async (token: string) => {
  const delivery = (await readChallenge(token))?.view.delivery;
  return [delivery?.status, delivery?.reason];
};

describe("A number that another subscriber has now", () => {
  it("gets no code, is in doubt, and leaves the other ways open (PSTN-10)", async () => {
    const account = await makeAccount();
    await addRecoveryCode(account.userId);
    network.recycled = true;
    const token = await passPassword(account);
    await sent(account);
    expect(await outcomeOf(token)).toEqual(["failed", "number_recycled"]);
    expect((await readChallenge(token))?.view.methods.map(({ method }) => method)).toContain("recovery_code");
    expect((await listPhones(account.userId)).map(({ doubted }) => doubted)).toEqual([true]);
  });

  it("is proven again by registering it again: its code goes out, and the network is asked from that day on", async () => {
    const account = await makeAccount();
    await sql`UPDATE authenticators SET verified_at = app_now() - interval '200 days' WHERE id = ${account.phoneId}::uuid`;
    const browser = await stepUp(await signInOn(account), "manage_factors");
    network.recycled = true;
    const input = { number: account.e164, channel: "sms", acceptRisk: true, replaces: account.phoneId } as const;
    const { token } = must(await addPhone(browser.acting, input, browser.from));
    await sent(account);
    expect((await outcomeOf(token))[0]).toBe("delivered");
    expect(must(await verifyChallenge(token, { code: await codeOf(token) }, browser.from)).next).toBe("done");
    const phones = await listPhones(account.userId);
    expect(phones.map(({ doubted }) => doubted)).toEqual([false]);
    network.recycled = false;
    server.arrived.splice(0);
    await forgetLimits();
    await passPassword(account);
    await sent(account);
    const check = server.arrived.find((one) => one.path === "/number-recycling/check");
    expect(JSON.parse(check?.body.toString() ?? "").specifiedDate).toBe(dateOf(new Date(phones[0]?.verifiedAt ?? 0)));
  });
});
