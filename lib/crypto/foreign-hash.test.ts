import { describe, expect, it } from "vitest";
import { makeForeign, readForeign, systemOf } from "#lib/crypto/foreign-hash";

const KANA = "パスワード123";

/** Hashes that other programs made: crypt_blowfish's and argon2's own test suites, phpass, firebase-scrypt, better-auth 1.4.10, and Python's hashlib for PBKDF2. */
const vectors: [string, string, string][] = [
  ["bcrypt", "U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"],
  ["bcrypt", "U*U", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"],
  ["phpass", "test12345", "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0"],
  ["argon2", "password", "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA"],
  ["django", KANA, "pbkdf2_sha256$260000$seasalt2$XhiaCkKlJH179TvrY4WpZtxk+hjM236FdqQCMqlHCao="],
  ["django", KANA, "pbkdf2_sha1$180000$seasalt2$WD+9V9XsWR8gOmdvaTWucvxBB6U="],
  ["aspnet", KANA, "AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg+rxeiTOWSMH256V+BXeKB6YhZM/p+8U7DnbbznsP8NOQ=="],
  ["aspnet", KANA, "AQAAAAIAAYagAAAAEAABAgMEBQYHCAkKCwwNDg/cuu4N+/trgqhEr6Std9kjHNT6uJxIP+b4j9B6cz589w=="],
  ["aspnet", KANA, "AAABAgMEBQYHCAkKCwwNDg/2FkMtzXfkvT9YEd2BXQyc6rUpjPPpyf9shzV+sYBaeQ=="],
  [
    "fbscrypt",
    "user1password",
    "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==",
  ],
  [
    "better-auth",
    "ﾊﾟｽﾜｰﾄﾞ123",
    "6deecc97ba0ce6dfb4ab35a672a3e221:3cb6d80087afea613556b4946103905212e4a71c665d106698649d6983d1774d41455af099946ac547092ffc5596c795f230c1ec53d8aed35763c14420f028a0",
  ],
];

describe("A foreign hash", () => {
  it.each(vectors)("of %s is made again from the right password %s, and from no other", async (system, password, text) => {
    const found = readForeign(text);
    if (!found) throw new Error("not read");
    expect(systemOf(found.scheme)).toBe(system);
    expect((await makeForeign(found.scheme, password)).equals(found.digest)).toBe(true);
    expect((await makeForeign(found.scheme, `${password}x`)).equals(found.digest)).toBe(false);
  });

  it.each(vectors)("of %s keeps nothing of its outcome in its scheme (%s)", (_, __, text) => {
    const found = readForeign(text);
    expect(found?.scheme).not.toContain(found?.digest.toString("base64").slice(0, 12));
  });

  it.each([
    ["a plain word", "hunter2"],
    ["MD5 in hex", "5f4dcc3b5aa765d61d8327deb882cf99"],
    ["a bcrypt of hours", "$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"],
    ["an argon2 of gigabytes", "$argon2i$v=19$m=9999999,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA"],
    ["a cut bcrypt", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe"],
    ["nothing", ""],
  ])("is not read from %s", (_, text) => expect(readForeign(text)).toBeNull());

  it.each([
    ["$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0", true],
    ["pbkdf2_sha256$260000$seasalt2$XhiaCkKlJH179TvrY4WpZtxk+hjM236FdqQCMqlHCao=", false],
    ["AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg+rxeiTOWSMH256V+BXeKB6YhZM/p+8U7DnbbznsP8NOQ==", true],
  ])("is called weak where it can be guessed fast: %s", (text, weak) => expect(readForeign(text)?.weak).toBe(weak));
});
