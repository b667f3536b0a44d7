import { expect, it } from "vitest";
import { keyedHashes } from "#lib/crypto/hash";
import { isReceiptKey, receiptAddress } from "#lib/delivery/provider-accounts/connections";

// Set before the first use of the environment, which is read once.
const key = (letter: string) => Buffer.from(`${letter.repeat(16)}0123456789abcdef`).toString("base64");
process.env.APP_KEYS = `new:${key("n")},old:${key("o")}`;

it("The address of receipts is taken as it was entered at the provider, also after the keys were rotated; a new one is under the new key", () => {
  const [now, before] = keyedHashes("token", "receipt", "account").map((hash) => hash.toString("base64url"));
  expect(now).not.toBe(before);
  expect(new URL(receiptAddress({ id: "account", name: "kar" })).searchParams.get("key")).toBe(now);
  expect([now, before, `${before}x`, "", null].map((one) => isReceiptKey("account", one ?? null))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
