import { describe, expect, it } from "vitest";
import { isPrivateAddress, judgeBaseUrl } from "#lib/delivery/provider-accounts/private-address";

const none = { hosts: [], loopback: false };
const leadsTo =
  (...addresses: string[]) =>
  async () =>
    addresses;

describe("A base address", () => {
  it.each([
    ...[
      "0.0.0.0",
      "10.1.2.3",
      "100.64.0.1",
      "127.0.0.1",
      "169.254.169.254",
      "172.31.255.255",
      "192.168.0.1",
      "198.18.0.1",
      "255.255.255.255",
    ],
    ...["::", "::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "fd00::1", "fe80::1", "ff02::1"],
  ])("of the operator's own network is private: %s", (address) => expect(isPrivateAddress(address)).toBe(true));

  it.each(["1.1.1.1", "172.32.0.1", "192.169.0.1", "2606:4700::1111", "::ffff:8.8.8.8"])("of the internet is public: %s", (address) =>
    expect(isPrivateAddress(address)).toBe(false),
  );

  it("is judged by what its name resolves to, and by every address of it", async () => {
    expect(await judgeBaseUrl("https://sms.example.jp/api", none, leadsTo("203.0.114.1"))).toBe("public");
    expect(await judgeBaseUrl("https://sms.example.jp/api", none, leadsTo("203.0.114.1", "10.0.0.7"))).toBe("private");
    expect(await judgeBaseUrl("https://[::1]:8443", none)).toBe("private");
    expect(await judgeBaseUrl("https://0x7f000001/", none)).toBe("private");
  });

  it("may lead inside where the operator named the host, and to the machine itself in demo mode alone", async () => {
    expect(await judgeBaseUrl("https://Gateway.lan", { ...none, hosts: ["gateway.lan"] }, leadsTo("10.0.0.7"))).toBe("public");
    expect(await judgeBaseUrl("https://gateway.lan.evil.example", { ...none, hosts: ["gateway.lan"] }, leadsTo("10.0.0.7"))).toBe(
      "private",
    );
    expect(await judgeBaseUrl("http://127.0.0.1:4010", { ...none, loopback: true })).toBe("public");
    expect(await judgeBaseUrl("https://10.0.0.7", { ...none, loopback: true })).toBe("private");
  });

  it("whose name is not found is unknown, and not public", async () => {
    expect(await judgeBaseUrl("https://nowhere.example", none, () => Promise.reject(new Error("ENOTFOUND")))).toBe("unknown");
    expect(await judgeBaseUrl("nonsense", none)).toBe("unknown");
  });
});
