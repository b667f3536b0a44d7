import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalIp, trustedProxies } from "#lib/proxies";
import { lastTrustedHop, limiterKey } from "./address.ts";

const ip = fc.oneof(fc.ipV4(), fc.ipV6()).map((text) => canonicalIp(text) ?? "0.0.0.0");

describe("lastTrustedHop", () => {
  const trusted = trustedProxies("10.0.0.0/8, 192.0.2.7, 2001:db8:aaaa::/48");
  test.each([
    ["the socket is no proxy's: X-Forwarded-For is not read", "198.51.100.1", "1.1.1.1", "198.51.100.1"],
    ["one proxy", "10.1.2.3", "203.0.113.5", "203.0.113.5"],
    ["a proxy in IPv4-mapped form", "::ffff:10.1.2.3", "203.0.113.5", "203.0.113.5"],
    ["two proxies", "10.1.2.3", "203.0.113.5, 192.0.2.7", "203.0.113.5"],
    ["what the client wrote stands left and is not read", "10.1.2.3", "9.9.9.9, 203.0.113.5", "203.0.113.5"],
    ["a proxy's name written by the client is not walked through", "10.1.2.3", "9.9.9.9, 10.9.9.9, 203.0.113.5", "203.0.113.5"],
    ["all proxies: the leftmost", "10.1.2.3", "10.0.0.9, 10.0.0.8", "10.0.0.9"],
    ["ports", "10.1.2.3", "203.0.113.5:4711", "203.0.113.5"],
    ["IPv6 with port", "2001:db8:aaaa::1", "[2001:db8::9]:80", "2001:db8::9"],
    ["an unreadable entry ends the walk", "10.1.2.3", "203.0.113.5, unknown", "10.1.2.3"],
    ["empty entries", "10.1.2.3", ", ,", "10.1.2.3"],
    ["no header", "10.1.2.3", undefined, "10.1.2.3"],
  ])("%s", (_, socket, header, expected) => expect(lastTrustedHop(socket, header, trusted).address).toBe(expected));

  test("without trusted proxies the header never matters", () =>
    fc.assert(fc.property(ip, fc.string(), (socket, header) => lastTrustedHop(socket, header, trustedProxies("none")).address === socket)));

  test("what a client puts in front never changes the outcome behind a proxy that appends", () =>
    fc.assert(
      fc.property(fc.ipV4(), fc.string(), (client, forged) => {
        fc.pre(!trusted.includes(client));
        return lastTrustedHop("10.1.2.3", `${forged}, ${client}`, trusted).address === client;
      }),
    ));

  test.each([
    ["the socket is no trusted proxy and the header names clients", "198.51.100.1", "1.1.1.1", true],
    ["an inner proxy is not trusted", "10.1.2.3", "203.0.113.5, 192.168.7.7", true],
    ["what the client wrote before its proxy's entry", "10.1.2.3", "9.9.9.9, 203.0.113.5", true],
    ["all is believed", "10.1.2.3", "203.0.113.5, 192.0.2.7", false],
    ["no header", "198.51.100.1", undefined, false],
    ["empty entries", "198.51.100.1", ", ,", false],
  ])("tells whether clients are named beyond it: %s", (_, socket, header, named) =>
    expect(lastTrustedHop(socket, header, trusted).named).toBe(named),
  );
});

describe("limiterKey", () => {
  test.each([
    ["203.0.113.5", "203.0.113.5"],
    ["::ffff:203.0.113.5", "203.0.113.5"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
  ])("%s counts as %s", (address, key) => expect(limiterKey(address)).toBe(key));

  test("every address of one /64 has one key", () =>
    fc.assert(
      fc.property(fc.ipV6(), fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 4, maxLength: 4 }), (address, low) => {
        const key = limiterKey(address);
        fc.pre(key.includes("/64"));
        const prefix = key.replace("::/64", "");
        return limiterKey(`${prefix}:${low.map((group) => group.toString(16)).join(":")}`) === key;
      }),
    ));
});
