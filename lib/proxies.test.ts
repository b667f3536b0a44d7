import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalIp, PRIVATE, proxiesProblem, trustedProxies } from "#lib/proxies";

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

describe("A value of TRUSTED_PROXIES", () => {
  test.each([
    ["none", "10.0.0.1", false],
    ["10.0.0.0/8", "10.255.0.1", true],
    ["10.0.0.0/8", "11.0.0.1", false],
    [" 192.0.2.7 , 2001:db8:aaaa::/48,", "2001:db8:aaaa::9", true],
    ["192.0.2.7", "192.0.2.8", false],
    ["fc00::/7", "fd12::1", true],
    ["::ffff:10.0.0.7", "10.0.0.7", true],
    ["::ffff:10.0.0.0/104", "10.200.0.1", true],
    ["::ffff:10.0.0.0/120", "10.0.1.1", false],
  ])("%s is taken; %s is in it: %s", (list, address, included) => {
    expect(proxiesProblem(list)).toBeNull();
    expect(trustedProxies(list).includes(address)).toBe(included);
  });

  test.each([
    ["none,10.0.0.0/8", /not both/],
    ["10.0.0.0/8, none", /not both/],
    [",", /or be none/],
    [" ", /or be none/],
    ["0.0.0.0/0", /trusts nearly everybody/],
    ["0.0.0.0/1,128.0.0.0/1", /trusts nearly everybody/],
    ["::/0", /trusts nearly everybody/],
    ["2000::/3", /trusts nearly everybody/],
    ["::ffff:0.0.0.0/96", /trusts nearly everybody/],
    ["127.0.0.1,10.0.0.0/33", /must be addresses/],
    ["a/8", /must be addresses/],
    ["10.0.0.0/", /must be addresses/],
    ["::/129", /must be addresses/],
    ["10.0.0.0/8/8", /must be addresses/],
    ["::ffff:10.0.0.0/24", /must be addresses/],
    ["fe80::1%eth0", /must be addresses/],
    ["proxy.example", /must be addresses/],
    ["None", /must be addresses/],
  ])("%s is refused", (list, message) => expect(proxiesProblem(list)).toMatch(message));

  test("never has its value repeated in what is said about it", () =>
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), (list) => {
        const problem = proxiesProblem(list);
        return problem === null || list.trim() === "" || !problem.includes(list);
      }),
    ));
});

describe("A private address", () => {
  test.each(["127.0.0.1", "10.1.1.1", "172.31.0.9", "192.168.1.1", "100.64.3.2", "169.254.1.1", "::1", "fd00::5", "fe80::1"])(
    "is %s",
    (address) => expect(PRIVATE.includes(address)).toBe(true),
  );
  test.each(["172.32.0.1", "100.128.0.1", "203.0.113.5", "2001:db8::1"])("is not %s", (address) =>
    expect(PRIVATE.includes(address)).toBe(false),
  );
});
