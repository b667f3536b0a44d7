import { describe, expect, it } from "vitest";
import { isSigned, signatureOf, signedHeaders } from "#lib/delivery/providers/webhook/signature";

const secret = "0123456789abcdef0123456789abcdef";
const now = 1_795_500_000_000;
const body = '{"attemptId":"a","status":"delivered"}';
const headers = (over: Record<string, string> = {}) => new Headers({ ...signedHeaders(secret, body, now), ...over });
const signedAt = (seconds: number | string) =>
  new Headers({ "sekisho-timestamp": String(seconds), "sekisho-signature": signatureOf(secret, String(seconds), body) });

describe("The signature of the webhook", () => {
  it("is accepted for this body, this secret and this time", () => expect(isSigned(secret, headers(), body, now)).toBe(true));

  it.each([
    ["another body", () => isSigned(secret, headers(), `${body} `, now)],
    ["no body", () => isSigned(secret, headers(), "", now)],
    ["another secret", () => isSigned(`${secret}0`, headers(), body, now)],
    ["no signature", () => isSigned(secret, new Headers({ "sekisho-timestamp": "1795500000" }), body, now)],
    ["an empty signature", () => isSigned(secret, headers({ "sekisho-signature": "" }), body, now)],
    ["a signature without its version", () => isSigned(secret, headers({ "sekisho-signature": signature().slice(3) }), body, now)],
    ["another version", () => isSigned(secret, headers({ "sekisho-signature": signature().replace("v1", "v2") }), body, now)],
    ["half a signature", () => isSigned(secret, headers({ "sekisho-signature": signature().slice(0, 35) }), body, now)],
    ["two signatures", () => isSigned(secret, headers({ "sekisho-signature": `${signature()}, ${signature()}` }), body, now)],
    ["another time over the same signature", () => isSigned(secret, headers({ "sekisho-timestamp": "1795500001" }), body, now)],
    ["no time", () => isSigned(secret, new Headers({ "sekisho-signature": signature() }), body, now)],
    ["a time that is a word", () => isSigned(secret, signedAt("now"), body, now)],
    ["a time with a fraction", () => isSigned(secret, signedAt("1795500000.0"), body, now)],
    ["a time in milliseconds", () => isSigned(secret, signedAt(now), body, now)],
    ["a signature of nothing at an empty time", () => isSigned(secret, signedAt(""), body, now)],
  ])("is refused with %s", (_, judge) => expect(judge()).toBe(false));

  it("is good for 300 seconds to either side, so a receipt that was overheard is worth nothing later", () => {
    const at = now / 1000;
    expect([-300, 300].map((off) => isSigned(secret, signedAt(at + off), body, now))).toEqual([true, true]);
    expect([-301, 301].map((off) => isSigned(secret, signedAt(at + off), body, now))).toEqual([false, false]);
  });
});

const signature = () => signedHeaders(secret, body, now)["sekisho-signature"] ?? "";
