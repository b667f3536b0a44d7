import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newToken } from "#lib/crypto/hash";
import { env } from "#lib/env";
import { countFactors } from "#lib/policy/count-factors";
import { checkVisitor } from "#lib/sites/check";
import { browserDigest, exchangeTicket, issueTicket } from "#lib/sites/enter";
import { addSite, findSite } from "#lib/sites/registry";
import { crowd } from "#lib/testing/crowd";
import { makeAccount, must } from "#lib/testing/fixtures";
import { playJourney } from "#lib/testing/journey";
import { doJobs, type Node, type Plan, plansOf, tellPlans } from "#lib/testing/plans";
import { signInOn } from "#lib/testing/signed-in";
import { asSuperuser } from "../../scripts/test/cluster.ts";

const superuser = new pg.Client({ connectionString: asSuperuser(env().DATABASE_URL) });

/** The tables that stay small even on the largest site; every other table grows. */
const SMALL = [
  "clock",
  "brakes",
  "provider_accounts",
  "provider_routes",
  "provider_health",
  "sending_stops",
  "durable_keys",
  "signing_keys",
  "sites",
  "event_endpoints",
  "rehearsals",
  "member_imports",
  "member_import_batches",
  "factor_counts",
  "seal_format",
  "text_templates",
  "text_versions",
  "logos",
  "seen_facts",
  "database_home",
  "_prisma_migrations",
];

/** A twentieth of `jit_above_cost`, far above the cost of statements that find their rows by keys. */
const DEAREST = 5_000;

/** Returns true if a plan scans a growing table, or one of its indexes, completely. */
const readsThrough = (node: Node): boolean =>
  growing.includes(node["Relation Name"] ?? "") &&
  !emptyMonths.has(node["Relation Name"] ?? "") &&
  (node["Node Type"] === "Seq Scan" || (/^Index(?: Only)? Scan$/.test(node["Node Type"]) && !node["Index Cond"]));

let growing: string[] = [];
/** Months without a row, which cost nothing whatever their plan. */
const emptyMonths = new Set<string>();

beforeAll(async () => {
  await superuser.connect();
  await tellPlans(superuser);
  const { rows } = await superuser.query<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
  );
  growing = rows.map(({ name }) => name).filter((name) => !SMALL.includes(name));
  // Disables autovacuum, so that only the statistics gathered by a test apply.
  for (const name of growing) await superuser.query(`ALTER TABLE ${name} SET (autovacuum_enabled = off)`);
});
afterAll(() => superuser.end());

const states: [name: string, statements: () => string[]][] = [
  ["an empty database whose statistics were never gathered", () => []],
  ["200,000 accounts whose statistics were never gathered", () => crowd(200_000)],
  ["200,000 accounts whose statistics were gathered", () => [`ANALYZE ${growing.join()}`]],
  ["50,000 rows with a value in ten, and statistics that say so", () => [...crowd(50_000, { hardly: true }), `ANALYZE ${growing.join()}`]],
];

/** Counts the hours of thirty days and the first pages of accounts. */
async function countSome(): Promise<void> {
  let turns = 0;
  const over = () => {
    turns += 1;
    return turns > 723;
  };
  await countFactors({}, over);
}

/** Takes a person into a site and asks who a request there is from. */
async function visitSite(): Promise<void> {
  const site = await findSite(must(await addSite(`${randomUUID()}.example`, "aal1", "cli:test")));
  const { acting, from } = await signInOn(await makeAccount());
  if (!site) throw new Error("not registered");
  const secret = newToken();
  const ticket = must(await issueTicket({ siteId: site.id, sessionId: acting.sessionId, browser: browserDigest(secret) }));
  const entered = await exchangeTicket({ ticket, host: site.host, secret }, from);
  expect((await checkVisitor(site.host, entered?.token ?? ""))?.visitor).toMatchObject({ userId: acting.userId });
}

describe.each(states)("On %s", (_, statements) => {
  let plans: Plan[] = [];

  beforeAll(async () => {
    for (const statement of statements()) await superuser.query(statement);
    plans = await plansOf(superuser, async () => {
      await playJourney(doJobs);
      await countSome();
      await visitSite();
    });
  }, 180_000);

  it("no statement of the journey is thought to be dear", () => {
    const dear = plans.filter(({ cost }) => cost > DEAREST).map(({ cost, text }) => `${Math.round(cost)} ${text}`);
    expect(plans.length).toBeGreaterThan(60);
    expect(dear).toEqual([]);
  });

  it("no statement of the journey reads a growing table, or an index of one, from end to end", async () => {
    for (const name of growing.filter((one) => /_(?:rest|\d{4}_\d{2})$/.test(one)))
      if ((await superuser.query(`SELECT 1 FROM ${name} LIMIT 1`)).rowCount === 0) emptyMonths.add(name);
    const through = plans.flatMap(({ nodes, text }) =>
      nodes
        .filter((node) => readsThrough(node))
        .map((node) => `${node["Node Type"]} ${node["Relation Name"] ?? ""} ${node["Index Name"] ?? ""}: ${text.slice(0, 130)}`),
    );
    expect(through).toEqual([]);
  });
});
