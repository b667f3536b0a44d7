import { describe, expect, it } from "vitest";
import { refusalsOf } from "#lib/db/admit";
import type { Login } from "#lib/db/login";
import { powersInWords } from "#lib/db/login-words";
import type { Power } from "#lib/db/powers";

const login = (more: Partial<Login> = {}): Login => ({ name: "shop", database: "d", member: true, powers: [], unapplied: [], ...more });
const owner: Power = { is: "owner", role: "sekisho", what: "tables in public" };

describe("Production", () => {
  it("runs with a login that can act as the application and do nothing else, on a database of its version", () =>
    expect(refusalsOf(login(), false)).toEqual([]));

  it("refuses a database that lacks migrations, whatever was accepted", () => {
    for (const accepted of [true, false])
      expect(refusalsOf(login({ unapplied: ["1_a", "2_b"] }), accepted)).toEqual([
        expect.stringMatching(/2 migrations are missing \(1_a and later\)[\s\S]*npm run migrate/),
      ]);
  });

  it("refuses a login that can become the owner until one login is accepted", () => {
    expect(refusalsOf(login({ powers: [owner] }), false)).toEqual([
      expect.stringMatching(/it can become sekisho, which owns tables in public[\s\S]*DATABASE_ONE_LOGIN=accept/),
    ]);
    expect(refusalsOf(login({ powers: [owner] }), true)).toEqual([]);
  });

  it("tells everything that is wrong at once", () =>
    expect(refusalsOf(login({ powers: [owner], unapplied: ["1_a"] }), false)).toHaveLength(2));

  it("names the grant that a login lacks, in SQL that any name survives", () =>
    expect(refusalsOf(login({ name: 'a"b', member: false }), false)).toEqual([expect.stringContaining('GRANT sekisho_app TO "a""b";')]));
});

describe("What a login can do", () => {
  const all: Power["is"][] = ["superuser", "owner", "createrole", "bypassrls", "replication", "server", "create", "right"];

  it.each(all)("has words in both languages: %s", (is) => {
    for (const role of ["shop", "other"]) {
      const [en = ""] = powersInWords({ name: "shop", powers: [{ is, role, what: "x" }] }, "en");
      const [ja = ""] = powersInWords({ name: "shop", powers: [{ is, role, what: "x" }] }, "ja");
      expect(en).toMatch(role === "shop" ? /^it \w/ : /^it can become other, which \w/);
      expect(ja).toMatch(/[ぁ-ん]/);
    }
  });

  it("is six lines and how many more", () => {
    const powers = Array.from({ length: 9 }, (_, at): Power => ({ is: "right", role: "shop", what: `DELETE on t${at}` }));
    expect(powersInWords({ name: "shop", powers }, "en")).toHaveLength(7);
    expect(powersInWords({ name: "shop", powers }, "en").at(-1)).toBe("and 3 more");
  });
});
