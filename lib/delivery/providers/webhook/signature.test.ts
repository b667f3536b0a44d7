import { describe, expect, it } from "vitest";
import { isWebhookSigned, signedHeaders, webhookSignature } from "#lib/delivery/providers/webhook/signature";

const secret = "0123456789abcdef0123456789abcdef";
const now = 1_795_500_000_000;
const body = '{"attemptId":"a","status":"delivered"}';
const headers = (over: Record<string, string> = {}) => new Headers({ ...signedHeaders(secret, body, now), ...over });
const signedAt = (seconds: number | string) =>
  new Headers({ "sekisho-timestamp": String(seconds), "sekisho-signature": webhookSignature(secret, String(seconds), body) });

describe("The signature of the webhook", () => {
  it("is accepted for this body, this secret and this time", () => expect(isWebhookSigned(secret, headers(), body, now)).toBe(true));

  it.each([
    ["another body", () => isWebhookSigned(secret, headers(), `${body} `, now)],
    ["no body", () => isWebhookSigned(secret, headers(), "", now)],
    ["another secret", () => isWebhookSigned(`${secret}0`, headers(), body, now)],
    ["no signature", () => isWebhookSigned(secret, new Headers({ "sekisho-timestamp": "1795500000" }), body, now)],
    ["an empty signature", () => isWebhookSigned(secret, headers({ "sekisho-signature": "" }), body, now)],
    ["a signature without its version", () => isWebhookSigned(secret, headers({ "sekisho-signature": signature().slice(3) }), body, now)],
    ["another version", () => isWebhookSigned(secret, headers({ "sekisho-signature": signature().replace("v1", "v2") }), body, now)],
    ["half a signature", () => isWebhookSigned(secret, headers({ "sekisho-signature": signature().slice(0, 35) }), body, now)],
    ["two signatures", () => isWebhookSigned(secret, headers({ "sekisho-signature": `${signature()}, ${signature()}` }), body, now)],
    ["another time over the same signature", () => isWebhookSigned(secret, headers({ "sekisho-timestamp": "1795500001" }), body, now)],
    ["no time", () => isWebhookSigned(secret, new Headers({ "sekisho-signature": signature() }), body, now)],
    ["a time that is a word", () => isWebhookSigned(secret, signedAt("now"), body, now)],
    ["a time with a fraction", () => isWebhookSigned(secret, signedAt("1795500000.0"), body, now)],
    ["a time in milliseconds", () => isWebhookSigned(secret, signedAt(now), body, now)],
    ["a signature of nothing at an empty time", () => isWebhookSigned(secret, signedAt(""), body, now)],
  ])("is refused with %s", (_, judge) => expect(judge()).toBe(false));

  it("is good for 300 seconds to either side, so a receipt that was overheard is worth nothing later", () => {
    const at = now / 1000;
    expect([-300, 300].map((off) => isWebhookSigned(secret, signedAt(at + off), body, now))).toEqual([true, true]);
    expect([-301, 301].map((off) => isWebhookSigned(secret, signedAt(at + off), body, now))).toEqual([false, false]);
  });
});

const signature = () => signedHeaders(secret, body, now)["sekisho-signature"] ?? "";
