import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { beginForceReset, listIncidents, runForceReset } from "#lib/accounts/force-reset";
import { addToGroup } from "#lib/accounts/groups";
import { signIn } from "#lib/accounts/sign-in";
import { sql } from "#lib/db/sql";
import { verifyChallenge } from "#lib/purposes/challenges";
import { readSession } from "#lib/sessions/read-session";
import {
  type Account,
  codeOf,
  count,
  forgetLimits,
  makeAccount,
  must,
  PASSWORD,
  passPassword,
  requester,
  together,
} from "#lib/testing/fixtures";
import { command, FOREIGN, JAPANESE, start } from "../../scripts/test/command.ts";

// After an incident the passwords of many accounts become unusable: each account once, whatever is killed, repeated or done twice at once (B08).

const BY = "cli:test";
const FAST = 9999;
const enter = (account: Account, more: object = {}) => signIn({ identifier: account.email, password: PASSWORD }, { ...requester, ...more });
const verify = async (token: string) => verifyChallenge(token, { code: await codeOf(token) }, requester);
const sessionOf = async (account: Account): Promise<string> => {
  const verified = must(await verify(await passPassword(account)));
  return "sessionToken" in verified ? verified.sessionToken : "";
};
const opened = ({ userId }: Account) =>
  count(sql<{ n: number }>`
    SELECT (SELECT count(*) FROM sessions WHERE user_id = ${userId}::uuid)::int + (SELECT count(*) FROM known_devices WHERE user_id = ${userId}::uuid)::int AS n`);
const told = ({ userId }: Account) =>
  sql<{ recipient: string | null }>`
    SELECT recipient FROM messages WHERE user_id = ${userId}::uuid AND template = 'notice.password_forced' ORDER BY recipient NULLS FIRST`;
const noted = ({ userId }: Account) =>
  sql<{ method: string }>`
    SELECT method FROM audit_events WHERE event = 'password.forced' AND subject = (SELECT audit_subject FROM users WHERE id = ${userId}::uuid)`;
const hashOf = async ({ userId }: Account) =>
  (await sql<{ hash: string }>`SELECT password_hash AS hash FROM users WHERE id = ${userId}::uuid`)[0]?.hash ?? "";
const accounts = (n: number) => Promise.all(Array.from({ length: n }, () => makeAccount()));
const begin = async (list: Account[]) => must(await beginForceReset({ emails: list.map(({ email }) => email) }, "a leak", BY)).id;

const place = mkdtempSync(join(tmpdir(), "sekisho-incident-"));
afterAll(() => rmSync(place, { recursive: true }));
/** A file of addresses, as an operator has it. */
function listed(list: Account[], more = ""): string {
  const file = join(place, `${list[0]?.userId}.txt`);
  writeFileSync(file, `\uFEFF# from the report\r\n${list.map(({ email }) => ` ${email.toUpperCase()} `).join("\r\n")}\r\n\r\n${more}`);
  return file;
}

beforeEach(forgetLimits);

describe("An account whose password is forced", () => {
  it("has lost its password, sessions, known devices and begun sign-ins, and every address of it is told once", async () => {
    const account = await makeAccount();
    await sql`INSERT INTO recovery_addresses (user_id, email, counts_from) VALUES (${account.userId}::uuid, 'second@example.jp', app_now())`;
    const session = await sessionOf(account);
    const begun = await passPassword(account);
    const code = await codeOf(begun);
    const before = await hashOf(account);
    expect(await runForceReset(await begin([account]), FAST)).toEqual({ done: 1, accounts: 1 });
    expect([await readSession(session), await opened(account)]).toEqual([null, 0]);
    expect((await verifyChallenge(begun, { code }, requester)).ok).toBe(false);
    expect(await enter(account)).toEqual({ ok: false, error: { code: "credentials_wrong" } });
    // The same scheme and cost, so that an answer takes as long as before (EN-02).
    const scheme = (hash: string) => hash.slice(0, hash.lastIndexOf("p=1$"));
    expect(scheme(await hashOf(account))).toBe(scheme(before));
    expect(await told(account)).toEqual([{ recipient: null }, { recipient: "second@example.jp" }]);
    expect(await noted(account)).toEqual([{ method: `${BY} (a leak)` }]);
  });

  it("gives nothing to a sign-in that runs meanwhile with the old password", async () => {
    for (let round = 0; round < 4; round += 1) {
      const account = await makeAccount();
      const browsers = Array.from({ length: 12 }, async (_, index) => {
        await sql`DELETE FROM limit_hits WHERE owner = ${account.userId}::uuid`;
        const begun = await enter(account, { ip: `198.51.${round}.${index}` });
        return begun.ok && begun.value.view.delivery?.status === "queued" ? verify(begun.value.token).catch(() => null) : null;
      });
      await new Promise((resolve) => setTimeout(resolve, 20 + 60 * round));
      await runForceReset(await begin([account]), FAST);
      const atOnce = await opened(account);
      await Promise.all(browsers);
      expect([atOnce, await opened(account)]).toEqual([0, 0]);
    }
  }, 60_000);

  it("is told again only after it has set a new password", async () => {
    const account = await makeAccount();
    await runForceReset(await begin([account]), FAST);
    await runForceReset(await begin([account]), FAST);
    expect([(await told(account)).length, (await noted(account)).length]).toEqual([1, 1]);
    await sql`UPDATE users SET password_changed_at = app_now() WHERE id = ${account.userId}::uuid`;
    await runForceReset(await begin([account]), FAST);
    expect([(await told(account)).length, (await noted(account)).length]).toEqual([2, 2]);
  });
});

describe("An act", () => {
  it("of two operators at once, each with the whole list, tells nobody twice and ends both", async () => {
    const list = await accounts(12);
    const acts = await together(2, () => begin(list));
    await Promise.all(acts.map((id) => runForceReset(id, FAST)));
    for (const account of list) expect([(await told(account)).length, (await noted(account)).length]).toEqual([1, 1]);
    const lines = (await listIncidents()).filter(({ id }) => acts.includes(id));
    expect(lines.map(({ done, accounts: all }) => [done, all])).toEqual([
      [12, 12],
      [12, 12],
    ]);
  });

  it("of one id that four processes run is done once", async () => {
    const list = await accounts(6);
    const id = await begin(list);
    await together(4, () => runForceReset(id, FAST));
    for (const account of list) expect((await told(account)).length).toBe(1);
  });

  it("goes no faster than it was told, over all who run one", async () => {
    const acts = [await begin(await accounts(3)), await begin(await accounts(3))];
    const began = Date.now();
    await Promise.all(acts.map((id) => runForceReset(id, 120)));
    expect(Date.now() - began).toBeGreaterThan(2400);
  });

  it("is begun for accounts alone: what is no address is named, and one without an account is left out", async () => {
    const { email } = await makeAccount();
    expect(await beginForceReset({ emails: [email, "no address"] }, "x", BY)).toEqual({
      ok: false,
      error: { problem: "not_an_address", emails: ["no address"] },
    });
    expect(await beginForceReset({ group: "nobody" }, "x", BY)).toEqual({ ok: false, error: { problem: "no_accounts" } });
    expect(must(await beginForceReset({ emails: [email, email, "gone@example.jp"] }, "x", BY))).toMatchObject({
      accounts: 1,
      unknown: ["gone@example.jp"],
    });
    expect(await runForceReset("no id", FAST)).toBeNull();
  });
});

describe("npm run incident", () => {
  it("that is killed in the middle is resumed, and every account is told once", async () => {
    const list = await accounts(8);
    const run = start("incident", ["force-reset", "--emails", listed(list), "--reason", "a leak", "--per-minute", "120"]);
    while (!/\d of 8\n/.test(run.said())) await new Promise((resolve) => setTimeout(resolve, 20));
    run.child.kill("SIGKILL");
    await run.ended;
    const id = /resume (\S+)/.exec(run.said())?.[1] ?? "";
    const status = await command("incident", ["status"]);
    expect(status.out).toMatch(new RegExp(`^${id} .* [1-7] of 8 .*\\(a leak\\)$`, "m"));
    const resumed = await command("incident", ["resume", id, "--per-minute", "9999"]);
    expect(resumed).toEqual({ code: 0, out: expect.stringMatching(/8 of 8\nDone: the password of 8 accounts/) });
    for (const account of list) expect([(await told(account)).length, (await noted(account)).length]).toEqual([1, 1]);
    expect((await command("incident", ["status"], JAPANESE)).out).toMatch(new RegExp(`^${id} .* 8件中 8件 `, "m"));
  }, 120_000);

  it("acts on a group, and says in Japanese what it did and what it left out", async () => {
    const account = await makeAccount();
    must(await addToGroup("店舗", [account.email], BY));
    const ran = await command("incident", ["force-reset", "--group", "店舗", "--reason", "漏えいのおそれ"], JAPANESE);
    expect(ran).toEqual({ code: 0, out: expect.stringMatching(/対象は1件です。[\s\S]*完了：1件のパスワード/) });
    const left = await command("incident", ["force-reset", "--emails", listed([account], "gone@example.jp\n"), "--reason", "x"]);
    expect(left).toEqual({ code: 1, out: expect.stringMatching(/No account, and left out:\n {2}gone@example\.jp/) });
    expect((await told(account)).length).toBe(1);
  }, 60_000);

  it.each<[string[], RegExp]>([
    [["force-reset", "--group", "x"], /--reason is needed/],
    [["force-reset", "--reason", "x"], /either --group or --emails/],
    [["force-reset", "--reason", "x", "--group", "x", "--emails", "y"], /either --group or --emails/],
    [["force-reset", "--reason", "x", "--emails", "/nowhere"], /\/nowhere cannot be read/],
    [["force-reset", "--reason", "x", "--group", "nobody"], /no account is meant/],
    [["force-reset", "--reason", "x", "--group", "x", "--per-minute", "0"], /--per-minute takes a number/],
    [["force-reset", "--reason", "a\nb", "--group", "x"], /--reason takes one line/],
    [["resume", "no-id"], /There is no act no-id/],
    [["erase"], /There is no "erase"/],
  ])("%j is refused with a sentence, and changes nothing", async (args, english) => {
    const before = (await listIncidents()).length;
    const ran = await command("incident", args);
    expect([ran.code, ran.out]).toEqual([1, expect.stringMatching(english)]);
    expect(ran.out).not.toMatch(FOREIGN);
    expect((await listIncidents()).length).toBe(before);
  });
});
