import { describe, expect, it } from "vitest";
import { judgeFactors } from "#lib/accounts/judge-factors";

describe("The next thing that the account page recommends", () => {
  const bare = { phones: [], totp: null, passkeys: [], recoveryCodes: { left: 10, issuedAt: null }, recoveryAddress: false };

  it("is none while guarded acts are blocked, since it would be refused", () => {
    expect(judgeFactors(bare).next?.title).toBe("nextPasskey");
    expect(judgeFactors({ ...bare, restricted: true }).next).toBeNull();
  });
});
