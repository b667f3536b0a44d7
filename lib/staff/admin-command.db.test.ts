import { describe, expect, it } from "vitest";
import { makeAccount } from "#lib/testing/fixtures";
import { command, FOREIGN, JAPANESE } from "../../scripts/test/command.ts";

// Runs `npm run admin` as an operator does, in both languages.

const admin = (args: string[], more: Record<string, string> = {}) => command("admin", args, more);

describe("npm run admin", () => {
  it("does and refuses in the language of the terminal, and changes nothing where it refuses", async () => {
    const { email } = await makeAccount();
    const said: [args: string[], code: number, ja: RegExp][] = [
      [["--help"], 0, /suspend EMAIL \[--reason TEXT\] +いまからログインできなくします/],
      [["suspned", email], 1, /suspned というコマンドはありません/],
      [["suspend", email, "--reason", "two", "words"], 1, /「words」は余分です。理由は、引用符で囲んで/],
      [["suspend", "nobody@example.jp"], 1, /nobody@example\.jp のアカウントはありません。何も変更していません/],
      [["suspend", email, "--reason", "試験"], 0, /を停止しました。ログイン0件を終わらせました/],
      [["resume", email], 0, /停止を解きました/],
      [["grant", email, "support"], 0, /役割 support を付けました/],
      [["cases"], 0, /復旧の申請はありません/],
      [["case", "R-0000-0000", "approve"], 1, /何も変更していません。そのアカウントか申請はありません/],
      [["audit:verify", "--head", "x"], 1, /POSITION:HASH の形/],
    ];
    for (const [args, code, ja] of said) {
      const ran = await admin(args, JAPANESE);
      expect([args, ran.code, ran.out]).toEqual([args, code, expect.stringMatching(ja)]);
      expect(ran.out).not.toMatch(FOREIGN);
    }
    expect((await admin(["suspend"])).out).toMatch(/Name the account by its e-mail address/);
  }, 90_000);

  it("begins what audit:verify found with the same word in both languages, which programs read", async () => {
    expect(await admin(["audit:verify"])).toEqual({ code: 0, out: expect.stringMatching(/^whole: \d+ events\nhead \d+:[0-9a-f]{64}\n$/) });
    expect((await admin(["audit:verify"], JAPANESE)).out).toMatch(/^whole: 記録\d+件は、書かれたままです\nhead \d+:/);
  });
});
