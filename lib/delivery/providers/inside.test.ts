import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ledInside } from "#lib/delivery/provider-accounts/private-address";
import { exchange } from "#lib/delivery/providers/http";
import { listen } from "#lib/delivery/providers/said";
import { connect } from "#lib/delivery/providers/smpp/connection";

// A gateway whose name leads to this machine, as after a change of its record, in production and without leave. The environment is read once.
Object.assign(process.env, { SEKISHO_MODE: "production", APP_URL: "https://login.example.jp", TRUSTED_PROXIES: "none" });

let asked = 0;
const server = createServer((_, response) => {
  asked += 1;
  response.end("{}");
});
const origin = () => `http://localhost:${(server.address() as AddressInfo).port}`;
beforeAll(() => new Promise<void>((resolve) => server.listen(0, resolve)));
afterAll(() => void server.close());

const signal = () => AbortSignal.timeout(2_000);

describe("An exchange with a provider whose name leads inside", () => {
  it("writes nothing, is known not to have been taken, and says why, also where several wait for one connection", async () => {
    const all = await Promise.all(
      Array.from({ length: 5 }, () => listen([], () => exchange(origin(), { method: "POST", body: "secret" }, signal()))),
    );
    for (const { value, said } of all) {
      expect(value).toEqual({ ok: false, taken: "no" });
      expect(said).toEqual({ by: "network", failure: "private_address" });
    }
    expect(asked).toBe(0);
  });

  it("goes on for our own address, which may be inside", async () => {
    expect(await exchange(origin(), {}, signal(), "anywhere")).toMatchObject({ ok: true, status: 200 });
    expect(asked).toBe(1);
  });

  it("writes nothing over SMPP either", async () => {
    const on = { request: () => undefined, lost: () => undefined };
    const port = Number(new URL(origin()).port);
    expect(await connect({ host: "localhost", port, tls: null }, 2_000, on)).toEqual({ ok: false, error: "PRIVATE_ADDRESS" });
  });
});

describe("A connection", () => {
  const allowed = { hosts: ["gateway.internal"], loopback: false };
  it.each([
    ["sms.example.jp", "10.0.0.7", true],
    ["sms.example.jp", "::ffff:10.0.0.7", true],
    ["sms.example.jp", "203.0.113.7", false],
    ["gateway.internal", "10.0.0.7", false],
    ["GATEWAY.internal.", "10.0.0.7", false],
    ["[::1]", "::1", true],
  ])("to %s at %s is refused: %s", (host, address, refused) => expect(ledInside(host, address, allowed)).toBe(refused));
});
