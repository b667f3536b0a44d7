import fc from "fast-check";
import { onTestFinished as afterwards, describe, expect, it } from "vitest";
import { keyedHash } from "#lib/crypto/hash";
import { SealError, seal, unseal } from "#lib/crypto/seal";
import { setSealFormat } from "#lib/crypto/seal-format";

const place = { table: "phones", column: "number_sealed", row: "a", owner: "o" };

describe("Sealing", () => {
  it("opens what it sealed, in its own place alone (G03)", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const sealed = seal(text, place);
        expect(unseal(sealed, place)).toBe(text);
        for (const elsewhere of [
          { ...place, row: "b" },
          { ...place, column: "x" },
          { ...place, table: "users" },
          { ...place, owner: "p" },
        ])
          expect(() => unseal(sealed, elsewhere)).toThrow(SealError);
      }),
    );
  });

  it("opens nothing that was altered, cut or sealed under a key that is gone", () => {
    const sealed = seal("+819012345678", place);
    const bytes = Buffer.from(sealed.split(".")[2] ?? "", "base64url");
    for (let at = 0; at < bytes.length; at += 1) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(() => unseal(`${sealed.split(".")[0]}.2.${altered.toString("base64url")}`, place)).toThrow(SealError);
    }
    for (const broken of ["", ".", "k9.AAAA", sealed.slice(0, 30), sealed.replace(/^[^.]+/, "gone")])
      expect(() => unseal(broken, place)).toThrow(SealError);
  });

  it("opens what was sealed without an owner only while that is allowed, in its own row alone, and neither format as the other (G03)", () => {
    afterwards(() => setSealFormat({ ownerWritten: true, ownerlessOpens: false }));
    setSealFormat({ ownerWritten: false, ownerlessOpens: true });
    const before = seal("+819012345678", place);
    expect(before).toMatch(/^test\.[\w-]+$/);
    setSealFormat({ ownerWritten: true, ownerlessOpens: true });
    const after = seal("+819012345678", place);
    expect(after).toMatch(/^test\.2\.[\w-]+$/);
    expect([unseal(before, place), unseal(after, place)]).toEqual(["+819012345678", "+819012345678"]);
    expect(unseal(before, { ...place, owner: "p" })).toBe("+819012345678");
    expect(() => unseal(before, { ...place, row: "b" })).toThrow(SealError);
    expect(() => unseal(after.replace(".2.", "."), place)).toThrow(SealError);
    expect(() => unseal(before.replace(".", ".2."), place)).toThrow(SealError);
    setSealFormat({ ownerWritten: true, ownerlessOpens: false });
    expect(() => unseal(before, place)).toThrow(SealError);
    expect(unseal(after, place)).toBe("+819012345678");
  });

  it("uses a nonce once and shows nothing of equal texts (G04)", () => {
    const seen = new Set<string>();
    for (let i = 0; i < 20_000; i += 1)
      seen.add(
        Buffer.from(seal("x", place).split(".")[2] ?? "", "base64url")
          .subarray(0, 12)
          .toString("hex"),
      );
    expect(seen.size).toBe(20_000);
  });

  it("indexes blindly: equal per scope, different across scopes and uses (G05)", () => {
    expect(keyedHash("index", "phone", "a")).toEqual(keyedHash("index", "phone", "a"));
    expect(keyedHash("index", "phone", "a")).not.toEqual(keyedHash("index", "demo", "a"));
    expect(keyedHash("index", "phone", "a")).not.toEqual(keyedHash("token", "phone", "a"));
  });
});
