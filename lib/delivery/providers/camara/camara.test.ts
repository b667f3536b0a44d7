import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CodeAhead, ProviderAccount } from "#lib/delivery/provider";
import { camara } from "#lib/delivery/providers/camara/camara";
import { deviceHasNumber } from "#lib/delivery/providers/camara/number-verification";
import { badDays } from "#lib/testing/bad-days";
import { type Answering, answers, type Loopback, loopback } from "#lib/testing/loopback";

const SECRET = "hush+/=secret";
const verifiedAt = new Date("2026-01-02T03:04:05Z");
const bound: CodeAhead = { channel: "SMS", verifiedAt };
const call: CodeAhead = { channel: "VOICE", verifiedAt };
const binding: CodeAhead = { channel: "VOICE", verifiedAt: null };
const paths = { simSwap: "sim-swap/v2", numberRecycling: "number-recycling/v0.2", callForwarding: "call-forwarding-signal/v0.4" };
const facts: Record<string, unknown> = {
  "/sim-swap/v2/retrieve-date": { latestSimChange: null },
  "/number-recycling/v0.2/check": { phoneNumberRecycled: false },
  "/call-forwarding-signal/v0.4/unconditional-call-forwardings": { active: false },
};
const token = { access_token: "t-1", token_type: "Bearer", expires_in: 3600 };

let server: Loopback;
let api: Answering;
let issuing: Answering;
const answersAll = (changed: Record<string, unknown> = {}): Answering => {
  const all = { ...facts, ...changed };
  return (arrived, response) => answers(200, all[arrived.path])(arrived, response);
};

beforeAll(async () => {
  server = await loopback((arrived, response) => (arrived.path === "/token" ? issuing : api)(arrived, response));
});
beforeEach(() => {
  server.arrived.splice(0);
  api = answersAll();
  issuing = answers(200, token);
});
afterAll(() => server.close());

const account = (settings: Record<string, unknown> = paths): ProviderAccount => ({
  id: "p1",
  name: "network",
  kind: "camara",
  baseUrl: server.url,
  sender: null,
  settings: { tokenUrl: `${server.url}/token`, clientId: "me:1", ...settings },
  secrets: { clientSecret: SECRET },
});
const surroundings = {
  receiptUrl: () => "",
  voiceUrl: () => "",
  report: () => Promise.resolve("unmatched" as const),
  lost: () => undefined,
};
const provider = (settings?: Record<string, unknown>) => camara.create(account(settings), surroundings);
const ask = (what: "line" | "sim", ahead: CodeAhead, one = provider(), within = 5_000) =>
  one.lookup?.("+819012345678", what, AbortSignal.timeout(within), ahead) ?? Promise.reject(new Error("no look-up"));
const asked = () => server.arrived.filter((one) => one.path !== "/token").map((one) => one.path.split("/").at(-1));

describe("What the networks are asked before a code", () => {
  it("depends on the number and the way, and says no more than the number and the day of its proof", async () => {
    const one = provider();
    expect(await ask("sim", bound, one)).toEqual({ lineType: "unknown", answered: true, simSwappedAt: null, recycled: false });
    expect(asked()).toEqual(["retrieve-date", "check"]);
    expect(server.arrived.slice(1).map((each) => JSON.parse(each.body.toString()))).toEqual([
      { phoneNumber: "+819012345678" },
      { phoneNumber: "+819012345678", specifiedDate: "2026-01-02" },
    ]);
    server.arrived.splice(0);
    expect(await ask("sim", call, one)).toMatchObject({ answered: true, forwarded: false });
    expect(asked().toSorted()).toEqual(["check", "retrieve-date", "unconditional-call-forwardings"]);
    server.arrived.splice(0);
    expect(await ask("line", binding, one)).toEqual({ lineType: "unknown", answered: true, forwarded: false });
    expect(asked()).toEqual(["unconditional-call-forwardings"]);
  });

  it("is nothing for a number that is being bound by text, and nothing that is not set", async () => {
    expect(await ask("line", { channel: "SMS", verifiedAt: null })).toEqual({ lineType: "unknown", answered: true });
    expect(await ask("sim", call, provider({ simSwap: paths.simSwap }))).toEqual({
      lineType: "unknown",
      answered: true,
      simSwappedAt: null,
    });
    expect(asked()).toEqual(["retrieve-date"]);
  });

  it("keeps what is known where another question has no answer", async () => {
    api = answersAll({ "/sim-swap/v2/retrieve-date": {}, "/number-recycling/v0.2/check": { phoneNumberRecycled: true } });
    expect(await ask("sim", bound)).toEqual({ lineType: "unknown", answered: false, recycled: true });
  });

  it.each([400, 403, 404, 422, 429, 500, 302])("a %i is no answer", async (status) => {
    api = answers(status, { status, code: "IDENTIFIER_NOT_FOUND", message: "…" });
    expect(await ask("sim", bound)).toEqual({ lineType: "unknown", answered: false });
  });

  it.each(badDays)("$name is no answer, by the signal at the latest", async ({ answering }) => {
    for (const part of ["api", "token"] as const) {
      if (part === "api") api = answering;
      else issuing = answering;
      const began = performance.now();
      expect(await ask("sim", bound, provider(), 400)).toEqual({ lineType: "unknown", answered: false });
      expect(performance.now() - began).toBeLessThan(3_000);
    }
  });

  it("carries nothing itself", async () => {
    expect([camara.channels, camara.receipts]).toEqual([[], "none"]);
    const delivery = {
      channel: "SMS" as const,
      to: "+819012345678",
      text: "x",
      code: "1",
      attemptId: "a",
      locale: "ja" as const,
      validSeconds: 1,
    };
    expect(await provider().send(delivery, AbortSignal.timeout(100))).toEqual({ status: "failed", reason: "rejected", permanent: false });
    expect(server.arrived).toEqual([]);
  });
});

describe("Its access token", () => {
  const requests = () => server.arrived.filter((one) => one.path === "/token");

  it("is asked for once with what is needed and no more, by form-encoded credentials, and kept", async () => {
    const one = provider();
    await Promise.all([ask("sim", call, one), ask("sim", call, one), ask("sim", call, one)]);
    await ask("sim", bound, one);
    const [request, ...more] = requests();
    expect(more).toEqual([]);
    const [user, password] = Buffer.from(request?.headers.authorization?.slice(6) ?? "", "base64")
      .toString()
      .split(":");
    expect([user, password].map((part) => decodeURIComponent(part ?? ""))).toEqual(["me:1", SECRET]);
    expect(Object.fromEntries(new URLSearchParams(request?.body.toString()))).toEqual({
      grant_type: "client_credentials",
      scope: "sim-swap:retrieve-date number-recycling:check call-forwarding-signal:unconditional-call-forwardings:read",
    });
    expect(new Set(server.arrived.filter((each) => each.path !== "/token").map((each) => each.headers.authorization))).toEqual(
      new Set(["Bearer t-1"]),
    );
  });

  it("is asked for again at its end, and after the network refused it", async () => {
    const one = provider({ simSwap: paths.simSwap });
    issuing = answers(200, { ...token, expires_in: 30 });
    await ask("sim", bound, one);
    await ask("sim", bound, one);
    expect(requests().length).toBe(2);
    issuing = answers(200, token);
    await ask("sim", bound, one);
    api = answers(401, { status: 401, code: "UNAUTHENTICATED", message: "…" });
    expect(await ask("sim", bound, one)).toEqual({ lineType: "unknown", answered: false });
    api = answersAll();
    expect(await ask("sim", bound, one)).toMatchObject({ answered: true });
    expect(requests().length).toBe(4);
  });

  it("that comes later than a look-up may wait is there for the next one", async () => {
    issuing = (arrived, response) => void setTimeout(() => answers(200, token)(arrived, response), 600);
    const one = provider();
    expect(await ask("sim", bound, one, 300)).toEqual({ lineType: "unknown", answered: false });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await ask("sim", bound, one)).toMatchObject({ answered: true });
    expect(requests().length).toBe(1);
  });

  it("is none where the answer is not a bearer token, and its secret is told to nobody", async () => {
    for (const body of [{}, { ...token, token_type: "mac" }, { ...token, access_token: "a b" }, { ...token, access_token: 7 }]) {
      issuing = answers(200, body);
      expect(await ask("sim", bound)).toEqual({ lineType: "unknown", answered: false });
    }
    expect(asked()).toEqual([]);
    expect(inspect([provider()], { depth: 9 })).not.toContain(SECRET);
  });
});

describe("Number Verification", () => {
  const has = () => deviceHasNumber({ address: `${server.url}/nv`, accessToken: "3legs" }, "+819012345678", AbortSignal.timeout(1_000));

  it("says whether the device has the number, and nothing where the network does not", async () => {
    for (const value of [true, false]) {
      api = answers(200, { devicePhoneNumberVerified: value });
      expect(await has()).toBe(value);
    }
    api = answers(403, { status: 403, code: "NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK", message: "…" });
    expect(await has()).toBeNull();
    api = answers(200, { devicePhoneNumberVerified: "true" });
    expect(await has()).toBeNull();
    api = () => undefined;
    expect(await has()).toBeNull();
  });
});
