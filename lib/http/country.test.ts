import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, it, test } from "vitest";
import { EnvError, parseEnv } from "#lib/env";
import { trustedProxies } from "#lib/proxies";
import { request, speak } from "../../e2e/support/raw.ts";
import { countryOf } from "./address.ts";
import { Door } from "./door.ts";

// The country of a client is what a trusted proxy names in one header; the same header from any other client, or the door's own, names none.

describe("countryOf", () => {
  const trusted = trustedProxies("10.0.0.0/8");
  test.each([
    ["a trusted proxy names it", "JP", "10.1.2.3", "JP"],
    ["small letters", "jp", "10.1.2.3", "JP"],
    ["a proxy in IPv4-mapped form", "JP", "::ffff:10.1.2.3", "JP"],
    ["the peer is no trusted proxy", "JP", "198.51.100.1", undefined],
    ["the proxy does not know", "XX", "10.1.2.3", undefined],
    ["an anonymising network", "T1", "10.1.2.3", undefined],
    ["a proxy that appends to what its client sent", "JP, US", "10.1.2.3", undefined],
    ["nothing", "", "10.1.2.3", undefined],
    ["no header", undefined, "10.1.2.3", undefined],
  ])("%s", (_, named, socket, expected) => expect(countryOf(named, socket, trusted)).toBe(expected));
});

const doors: Door[] = [];
afterAll(() => Promise.all(doors.map((door) => door.drain())));

/** The country that code behind a door reads of a request with these headers, and the header itself as it arrives there. */
async function behind(settings: Record<string, string>, headers: Record<string, string>): Promise<[unknown, unknown]> {
  const env = parseEnv({ ...process.env, ...settings });
  let passed: Record<string, unknown> = {};
  const door = new Door({
    env,
    dev: false,
    publicFiles: new Set(),
    routeAt: () => undefined,
    app: async (req, res) => {
      passed = req.headers;
      res.end("let in");
    },
    checkReady: async () => true,
    beforeAnswer: async () => undefined,
    mayBeLarge: async () => false,
    untrustedProxy: () => undefined,
  });
  doors.push(door);
  door.server.listen(0, "127.0.0.1");
  await once(door.server, "listening");
  const url = new URL(`http://localhost:${(door.server.address() as AddressInfo).port}`);
  const [answer] = await speak(
    Buffer.from(request("GET", "/sign-in", { Host: new URL(env.publicOrigin).host, ...headers }, ""), "latin1"),
    3_000,
    url,
  );
  expect(answer?.status).toBe(200);
  return [passed["x-sekisho-country"], passed["cf-ipcountry"]];
}

describe("The front door passes on the country", () => {
  const named = { TRUSTED_PROXIES: "127.0.0.1", COUNTRY_HEADER: "CF-IPCountry" };

  it("that a trusted proxy names, as its own header alone", async () =>
    expect(await behind(named, { "CF-IPCountry": "JP" })).toEqual(["JP", undefined]));

  it("of nobody else: a client that connects directly cannot name one", async () =>
    expect(await behind({ ...named, TRUSTED_PROXIES: "192.0.2.7" }, { "CF-IPCountry": "JP" })).toEqual([undefined, undefined]));

  it("by the configured header alone: the door's own is dropped", async () =>
    expect(await behind(named, { "X-Sekisho-Country": "JP" })).toEqual([undefined, undefined]));

  it("not at all where no header is configured", async () =>
    expect(await behind({ TRUSTED_PROXIES: "127.0.0.1" }, { "X-Sekisho-Country": "JP" })).toEqual([undefined, undefined]));
});

test.each([
  [{ COUNTRY_HEADER: "CF-IPCountry" }, /COUNTRY_HEADER: is read from the proxies/],
  [{ COUNTRY_HEADER: "X-Forwarded-For", TRUSTED_PROXIES: "10.0.0.1" }, /COUNTRY_HEADER: must be the name/],
  [{ COUNTRY_HEADER: "Cookie", TRUSTED_PROXIES: "10.0.0.1" }, /COUNTRY_HEADER: is another header/],
])("A header that cannot name a country is refused at start: %o", (settings, message) => {
  expect(() => parseEnv({ ...process.env, TRUSTED_PROXIES: "none", ...settings })).toThrow(EnvError);
  expect(() => parseEnv({ ...process.env, TRUSTED_PROXIES: "none", ...settings })).toThrow(message);
});
