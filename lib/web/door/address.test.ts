import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalIp, clientAddress, limiterKey, parseTrustedProxies } from "./address.ts";

const ip = fc.oneof(fc.ipV4(), fc.ipV6()).map((text) => canonicalIp(text) ?? "0.0.0.0");

describe("canonicalIp", () => {
  test.each([
    ["127.0.0.1", "127.0.0.1"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["::FFFF:0a00:0001", "10.0.0.1"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["1.2.3", null],
    ["unknown", null],
    ["", null],
  ])("%s → %s", (text, expected) => expect(canonicalIp(text)).toBe(expected));

  test("is idempotent", () => fc.assert(fc.property(ip, (one) => canonicalIp(one) === one)));
});

describe("clientAddress", () => {
  const trusted = parseTrustedProxies("10.0.0.0/8, 192.0.2.7, 2001:db8:aaaa::/48");
  test.each([
    ["the socket is nobody's proxy: X-Forwarded-For is not read", "198.51.100.1", "1.1.1.1", "198.51.100.1"],
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
  ])("%s", (_, socket, header, expected) => expect(clientAddress(socket, header, trusted)).toBe(expected));

  test("without trusted proxies the header never matters", () =>
    fc.assert(fc.property(ip, fc.string(), (socket, header) => clientAddress(socket, header, parseTrustedProxies("")) === socket)));

  test("what a client puts in front never changes the outcome behind a proxy that appends", () =>
    fc.assert(
      fc.property(fc.ipV4(), fc.string(), (client, forged) => {
        fc.pre(!trusted.includes(client));
        return clientAddress("10.1.2.3", `${forged}, ${client}`, trusted) === client;
      }),
    ));

  test("wrong entries are named", () => {
    for (const bad of ["10.0.0.0/33", "a/8", "10.0.0.0/", "::/129", "10.0.0.0/8/8", "proxy.example"])
      expect(() => parseTrustedProxies(`127.0.0.1,${bad}`)).toThrow(bad);
  });
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
