import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { OTP_DIGITS } from "#lib/crypto/codes";
import { parseEnv } from "#lib/env";
import * as limits from "#lib/limits/policy";

// docs/security.md is true: each id that the repository names has one row, and the numbers of its limits are those of lib/limits/policy.ts.

const root = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const lines = read("docs/security.md").split("\n");
const cellsOf = (line: string) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "").trim());

/** Words with the format of an id that are none: an encoding, and the name of a message centre in tests. */
const OTHERS = ["UTF-16", "SMSC-77"];
const idsIn = (text: string) => (text.match(/\b(?:[A-Z]{2,4}-\d{2}|[A-L]\d{2})\b/g) ?? []).filter((word) => !OTHERS.includes(word));
const ROW = /^\| ((?:[A-Z]{2,4}-|[A-L])\d{2}) \| (.+) \| (.+) \| \[tests\]\(security-tests\.md#([\w-]+)\) \|$/;

const rows = lines.flatMap((line) => {
  const [, id = "", requires = "", source = "", section = ""] = ROW.exec(line) ?? [];
  return id ? [{ id, requires, source, section }] : [];
});

/** Every id that a text file of these folders names, with the first file that does. */
function namedIds(): Map<string, string> {
  const named = new Map<string, string>();
  for (const folder of ["lib", "app", "components", "scripts", "e2e", "docs"])
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
      if (!/\.(?:[cm]?[jt]sx?|md|patch|sql|css)$/.test(file) || file.startsWith("db/generated") || file.includes("node_modules")) continue;
      const path = join(folder, file);
      if (path === "docs/security.md") continue;
      // The path of a drawing has commands that look like ids.
      const text = read(path).replaceAll(/\bd="[^"]*"/g, "");
      for (const id of idsIn(text)) if (!named.has(id)) named.set(id, path);
    }
  return named;
}

/** The id of each row of docs/security-tests.md, with the anchor of its section. */
function testedIds(): Map<string, string> {
  let section = "";
  const sections = new Map<string, string>();
  for (const line of read("docs/security-tests.md").split("\n")) {
    const title = /^### (.+)/.exec(line)?.[1];
    if (title)
      section = title
        .toLowerCase()
        .replaceAll(/[^\w -]/g, "")
        .replaceAll(" ", "-");
    const id = /^\| ([A-Z]+-?\d+) \|/.exec(line)?.[1];
    if (id) sections.set(id, section);
  }
  return sections;
}

describe("Every id", () => {
  it("that the repository names has a row, and every row's id is named", () => {
    const known = rows.map(({ id }) => id);
    expect(known.length).toBeGreaterThan(200);
    expect(new Set(known).size).toBe(known.length);
    const named = namedIds();
    expect([...named].filter(([id]) => !known.includes(id))).toEqual([]);
    expect(known.filter((id) => !named.has(id))).toEqual([]);
  });

  it("of a row has a requirement, a source and its row in docs/security-tests.md", () => {
    const sections = testedIds();
    expect(rows.filter(({ requires, source }) => requires.length < 10 || source.length < 4)).toEqual([]);
    expect(rows.map(({ id, section }) => [id, section])).toEqual(rows.map(({ id }) => [id, sections.get(id)]));
    expect([...sections.keys()].filter((id) => !rows.some((row) => row.id === id))).toEqual([]);
  });

  it("that a row gives as its source has a row too", () => {
    const missing = rows.flatMap(({ id, source }) =>
      idsIn(source)
        .filter((other) => !rows.some((row) => row.id === other))
        .map((other) => [id, other]),
    );
    expect(missing).toEqual([]);
  });
});

const shipped = parseEnv({ DATABASE_URL: "postgres://later", APP_KEYS: `later:${"A1".repeat(22)}` });
const within = ({ max, seconds }: { max: number; seconds: number }) => `${max} in ${seconds}`;
const windows = ({ windows: all }: limits.Policy) => all.map(within).join(", ");
const ring = (one: limits.Ring) => within(one) + (one.unkept < one.max ? `, ${one.max - one.unkept} of them reserved` : "");

const policies = [...Object.values(limits.policies), limits.accountsFailing(shipped)];
const rings = Object.values({ ...limits.rings, ...limits.budgetRings(shipped), ...limits.shareRings(shipped) });
const newNumbers = limits.newNumberSendsPerIp(false);

/** The number cell that each limit of lib/limits/policy.ts must have, by its name. */
const expected: [string, string][] = [
  ...policies.map((one): [string, string] => [one.name, windows(one)]),
  [newNumbers.name, `${windows(newNumbers)}; braked ${windows(limits.newNumberSendsPerIp(true))}`],
  ...rings.map((one): [string, string] => [one.name, ring(one)]),
  ...Object.values(limits.addressPolicies).map((one): [string, string] => [one.name, `${within(one)}, then ${within(one.crowded)}`]),
];

const plain = (value: unknown): string =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value)
        .map(([name, one]) => `${name} ${one}`)
        .join(", ")
    : [value].flat().join(", ");

/** Exports that are not one number of their own: the tables above, and the list of limits that a verification gives back. */
const TABLES = ["policies", "rings", "addressPolicies", "UNPROVEN"];
const constants = Object.entries(limits)
  .filter(([name, value]) => typeof value !== "function" && !TABLES.includes(name))
  .map(([name, value]): [string, string] => [name, plain(value)]);

const limitRow = (name: string) => cellsOf(lines.find((line) => line.startsWith(`| \`${name}\``)) ?? "");

describe("The limits", () => {
  it.each([...expected, ...constants, ["resendWait", plain([0, 1, 2, 3].map(limits.resendWait))]])(
    "%s is %s in the document and in lib/limits/policy.ts",
    (name, value) => {
      expect(limitRow(name)[1]).toBe(value);
    },
  );

  it("that come from elsewhere are there with their numbers", () => {
    expect(limitRow("OTP_DIGITS")[1]).toBe(String(OTP_DIGITS));
    expect(limitRow("OTP_TTL_SECONDS")[1]).toBe(`${shipped.OTP_TTL_SECONDS}, at most 600`);
    expect(limitRow("ACCOUNTS_PER_PHONE")[1]).toBe(`${shipped.ACCOUNTS_PER_PHONE}, at most 5`);
  });

  it("say what the bench lifts, and what a verification gives back", () => {
    for (const { name, bench } of [...policies, newNumbers, ...rings]) expect(limitRow(name)[4], name).toBe(bench ? "yes" : "no");
    const given = [...expected].map(([name]) => name).filter((name) => limitRow(name)[3] === "a verification of the account");
    expect(given.sort()).toEqual([...limits.UNPROVEN].sort());
  });
});
