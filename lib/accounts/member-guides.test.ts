import { execFileSync } from "node:child_process";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { ImportRow } from "#lib/accounts/import-members";
import { readMembers } from "#lib/accounts/member-file";
import { makeForeign, readForeign } from "#lib/crypto/foreign-hash";

/** Runs a program of examples/members on what another system exported, and reads its output as the import does. */
async function converted(program: string, exported: object, env: Record<string, string> = {}): Promise<ImportRow[]> {
  const output = execFileSync(process.execPath, [`examples/members/${program}`], {
    input: JSON.stringify(exported),
    env: { ...process.env, ...env },
  });
  const rows: ImportRow[] = [];
  for await (const row of readMembers(Readable.from([output]), "json")) rows.push(row);
  return rows;
}

// The example of firebase-scrypt's own documents.
const project = {
  SIGNER_KEY: "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",
  SALT_SEPARATOR: "Bw==",
};
const passwordHash = "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==";

describe("Members of another system as the guides take them", () => {
  it("come from Firebase with hashes that their passwords fit, and without closed accounts or those that have no address", async () => {
    const users = [
      { localId: "1", email: "a@example.jp", passwordHash, salt: "42xEC+ixf3L2lw==", phoneNumber: "+819012345678" },
      { localId: "2", email: "b@example.jp" },
      { localId: "3", email: "c@example.jp", disabled: true },
      { localId: "4", phoneNumber: "+819012345679" },
    ];
    const rows = await converted("firebase.mjs", { users }, project);
    expect(rows.map(({ email, phone }) => [email, phone])).toEqual([
      ["a@example.jp", "+819012345678"],
      ["b@example.jp", ""],
    ]);
    const hash = readForeign(rows[0]?.passwordHash ?? "");
    expect((await makeForeign(hash?.scheme ?? "", "user1password")).equals(hash?.digest ?? Buffer.alloc(0))).toBe(true);
    expect(rows[1]?.passwordHash).toBe("");
  });

  it("come from Cognito with address and number alone", async () => {
    const of = (email: string, more: object = {}) => ({ Username: email, Attributes: [{ Name: "email", Value: email }], ...more });
    const first = { ...of("a@example.jp", { Enabled: true }) };
    first.Attributes.push({ Name: "phone_number", Value: "+819012345678" });
    const rows = await converted("cognito.mjs", {
      Users: [first, of("b@example.jp", { Enabled: false }), { Username: "c", Attributes: [] }],
    });
    expect(rows.map(({ email, phone, passwordHash: hash }) => [email, phone, hash])).toEqual([["a@example.jp", "+819012345678", ""]]);
  });
});
