import { afterEach, describe, expect, it } from "vitest";
import { sql } from "#lib/db/sql";
import { readSettings } from "#lib/policy/read";
import { settingNames } from "#lib/policy/settings";
import { forgetPolicy, makeAccount } from "#lib/testing/fixtures";
import { command, FOREIGN, JAPANESE, type Ran } from "../../scripts/test/command.ts";

// Runs `npm run policy` and `npm run group` as an operator does, in both languages.

const policy = (args: string[], more: Record<string, string> = {}) => command("policy", args, more);

function clean({ out }: Ran) {
  expect(out).not.toMatch(FOREIGN);
}

afterEach(forgetPolicy);

describe("npm run policy", () => {
  it("lists every setting, shows one with what it takes, sets it, and tells its history", async () => {
    const listed = await policy(["list"]);
    expect(listed.code).toBe(0);
    for (const name of settingNames) expect(listed.out).toMatch(new RegExp(`^${name} +\\S+.* \\(as shipped\\)$`, "m"));
    const set = await policy(["set", "publicSignUp", "false", "--reason", "a campaign"]);
    expect(set).toEqual({ code: 0, out: expect.stringMatching(/^Changed;[\s\S]*value +false\n.*set \S+ by cli:\S+ \(a campaign\)/) });
    expect((await policy(["set", "publicSignUp", "false"])).out).toMatch(/^That is its value already/);
    const history = await policy(["history"], JAPANESE);
    expect(history.out).toMatch(/^\S+Z {2}publicSignUp +false {2}cli:\S+ \(a campaign\)\n$/);
    expect((await policy(["show", "publicSignUp"], JAPANESE)).out).toMatch(/新規登録[\s\S]*書ける値 +true か false/);
  });

  it("takes the day by --from: for noPstn, and for rules without one", async () => {
    expect((await policy(["set", "noPstn", '{"from":null,"graceDays":30}', "--from", "2027-04-01"])).code).toBe(0);
    expect((await policy(["set", "noPstn", "--from", "2027-05-01"])).code).toBe(0);
    expect((await readSettings()).noPstn).toEqual({ from: "2027-05-01", graceDays: 30 });
    const rules = '[{"who":{"group":"店舗"},"factor":"passkey"},{"who":"everybody","factor":"not_pstn","from":"2028-01-01"}]';
    expect((await policy(["set", "requirements", rules, "--from", "2027-04-01"])).code).toBe(0);
    expect((await readSettings()).requirements.map(({ from, graceDays }) => [from, graceDays])).toEqual([
      ["2027-04-01", 0],
      ["2028-01-01", 0],
    ]);
    const refused = await policy(["set", "linksInMail", "true", "--from", "2027-04-01"]);
    expect([refused.code, refused.out]).toEqual([1, expect.stringMatching(/--from is for noPstn and requirements/)]);
  });

  it.each<[string[], RegExp, RegExp]>([
    [["set", "linksInMail", "yes"], /Nothing was changed: linksInMail .* true or false/, /何も変更していません。.*true か false/],
    [["set", "linksInMail"], /Nothing was changed: linksInMail/, /何も変更していません。linksInMail/],
    [["set", "noPstn", '{"from":"soon"}'], /noPstn\.from is not a value/, /noPstn\.from の値が正しくありません/],
    [["set", "noPstn", "5", "--from", "2027-04-01"], /Nothing was changed/, /何も変更していません/],
    [["set", "requirements", '[{"who":"x"}]', "--from", "2027-04-01"], /requirements\[0\]\.who/, /requirements\[0\]\.who/],
    [["set", "colour", "1"], /no setting colour\. There are: linksInMail/, /colour という設定はありません/],
    [["paint"], /There is no "paint"/, /「paint」という操作はありません/],
    [[], /Say what to do/, /することを書いてください/],
    [["show", "linksInMail", "x"], /a word too much/, /余分な語/],
    [["list", "--reason", "x"], /list does not take --reason/, /list では --reason を使えません/],
    [["set", "linksInMail", "true", "--by", "x"], /no option --by/, /--by というオプションはありません/],
  ])("%j is refused with a sentence, and changes nothing", async (args, english, japanese) => {
    const [en, ja] = [await policy(args), await policy(args, JAPANESE)];
    expect([en.code, ja.code]).toEqual([1, 1]);
    expect(en.out).toMatch(english);
    expect(ja.out).toMatch(japanese);
    for (const ran of [en, ja]) clean(ran);
    expect(await sql`SELECT 1 FROM policy_changes`).toEqual([]);
  });
});

describe("npm run group", () => {
  it("adds, lists and removes accounts, and refuses a list with an unknown address in both languages", async () => {
    const { email } = await makeAccount();
    expect(await command("group", ["add", "shop", email])).toEqual({ code: 0, out: "Put into shop: 1.\n" });
    expect((await command("group", ["list"])).out).toBe("shop  1\n");
    expect((await command("group", ["list", "shop"])).out).toBe(`${email}\n`);
    const refused = await command("group", ["add", "shop", email, "nobody@example.jp"], JAPANESE);
    expect([refused.code, refused.out]).toEqual([
      1,
      expect.stringMatching(/何も変更していません。次のアドレスのアカウントはありません。\n {2}nobody@example\.jp/),
    ]);
    expect((await command("group", ["add", "a b", email])).out).toMatch(/Nothing was changed: a group is named by/);
    expect(await command("group", ["remove", "shop", email], JAPANESE)).toEqual({ code: 0, out: "shop から外しました：1件\n" });
    expect((await command("group", ["list"], JAPANESE)).out).toBe("ありません。\n");
  });
});
