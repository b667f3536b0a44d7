import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { confirmationChallenge, confirmationDigest } from "#lib/crypto/confirmation-digest";

const values = { act: "points_exchange", unit: "pt", amount: "5000", payee: "山田商店", reference: "order-1" };
const place = { account: "a", challenge: "c" };

describe("The digest of a confirmation (SU-04)", () => {
  it("changes with every value, the account and the challenge", () => {
    const digest = confirmationDigest(values, place).toString("hex");
    for (const name of Object.keys(values) as (keyof typeof values)[])
      expect(confirmationDigest({ ...values, [name]: `${values[name]}1` }, place).toString("hex"), name).not.toBe(digest);
    for (const other of [
      { ...place, account: "b" },
      { ...place, challenge: "d" },
    ])
      expect(confirmationDigest(values, other).toString("hex")).not.toBe(digest);
    expect(confirmationDigest({ ...values }, { ...place }).toString("hex")).toBe(digest);
  });

  it("is of one reading alone: no character moves from one value to its neighbour", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.integer({ min: 1, max: 5 }), (amount, unit, moved) => {
        const joined = amount + unit;
        const at = (amount.length + moved) % (joined.length + 1);
        if (at === amount.length) return;
        const other = { ...values, amount: joined.slice(0, at), unit: joined.slice(at) };
        expect(confirmationDigest(other, place).equals(confirmationDigest({ ...values, amount, unit }, place))).toBe(false);
      }),
    );
  });
});

describe("What a passkey signs to confirm", () => {
  const nonce = Buffer.alloc(32, 7);
  const digest = confirmationDigest(values, place);

  it("is the SHA-256 of the nonce and the digest", () =>
    expect(confirmationChallenge(nonce, digest)).toEqual(
      createHash("sha256")
        .update(Buffer.concat([nonce, digest]))
        .digest(),
    ));

  it("is another one for another nonce and for other values", () => {
    const one = confirmationChallenge(nonce, digest).toString("hex");
    expect(confirmationChallenge(Buffer.alloc(32, 8), digest).toString("hex")).not.toBe(one);
    expect(confirmationChallenge(nonce, confirmationDigest({ ...values, amount: "5001" }, place)).toString("hex")).not.toBe(one);
  });

  it("takes nothing of another length, which would move bytes between the two", () => {
    expect(() => confirmationChallenge(Buffer.alloc(31), Buffer.concat([Buffer.alloc(1), digest]))).toThrow();
    expect(() => confirmationChallenge(Buffer.alloc(0), digest)).toThrow();
  });
});
