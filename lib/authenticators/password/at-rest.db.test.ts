import { hash } from "@node-rs/argon2";
import { describe, expect, it } from "vitest";
import { signIn } from "#lib/accounts/sign-in";
import { activeKey, activeKeyId } from "#lib/crypto/keys";
import { hashSecret, needsRehash, verifySecret } from "#lib/crypto/password-hash";
import { sql } from "#lib/db/sql";
import { makeAccount, must, PASSWORD, requester } from "#lib/testing/fixtures";

// A stored password is useless without the keys, and a sign-in rehashes it at the current cost (PW-01, PW-04, B12, B13).

const stored = async (userId: string) =>
  (await sql<{ hash: string }>`SELECT password_hash AS hash FROM users WHERE id = ${userId}::uuid`)[0]?.hash ?? "";

describe("A password at rest", () => {
  it("cannot be verified without the pepper: a known password does not match its own row (B13)", async () => {
    const hashed = await hashSecret(PASSWORD);
    const encoded = hashed.slice(hashed.indexOf(":") + 1);
    const { verify } = await import("@node-rs/argon2");
    expect(await verify(encoded, PASSWORD)).toBe(false);
    expect(await verify(encoded, PASSWORD, { secret: Buffer.alloc(32) })).toBe(false);
    expect(await verifySecret(hashed, PASSWORD)).toBe(true);
    expect(await verifySecret(`gone:${encoded}`, PASSWORD)).toBe(false);
  });

  it("is hashed again at the next right password when the cost has risen, and not at a wrong one (B13)", async () => {
    const account = await makeAccount();
    const cheap = await hash(PASSWORD, {
      algorithm: 2,
      memoryCost: 8_192,
      timeCost: 1,
      parallelism: 1,
      secret: activeKey("pepper").export(),
    });
    const old = `${activeKeyId()}:${cheap}`;
    expect(needsRehash(old)).toBe(true);
    await sql`UPDATE users SET password_hash = ${old} WHERE id = ${account.userId}::uuid`;
    expect((await signIn({ identifier: account.email, password: `${PASSWORD}!` }, requester)).ok).toBe(false);
    expect(await stored(account.userId)).toBe(old);
    must(await signIn({ identifier: account.email, password: PASSWORD }, requester));
    const fresh = await stored(account.userId);
    expect(fresh).not.toBe(old);
    expect(needsRehash(fresh)).toBe(false);
    expect(await verifySecret(fresh, PASSWORD)).toBe(true);
  });

  it("is all of it: no byte after the 72nd is ignored, nor space, case, or the last of 256 characters (B12)", async () => {
    const long = `${"あ".repeat(255)}い`;
    const hashed = await hashSecret(long);
    expect(await verifySecret(hashed, long)).toBe(true);
    expect(await verifySecret(hashed, `${"あ".repeat(255)}う`)).toBe(false);
    expect(await verifySecret(hashed, "あ".repeat(255))).toBe(false);
    const spaced = await hashSecret("  Ab cd ef gh  ");
    for (const other of ["Ab cd ef gh", "  ab cd ef gh  ", "  Ab cd ef gh ", "  Ab  cd ef gh  "])
      expect(await verifySecret(spaced, other)).toBe(false);
    expect(await verifySecret(await hashSecret("が ぎ ぐ げ ご".normalize("NFD")), "が ぎ ぐ げ ご".normalize("NFC"))).toBe(true);
  });
});
