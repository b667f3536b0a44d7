import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditFilterOf } from "#lib/console/audit-filter";
import { readAudit } from "#lib/console/audit-log";
import { readChainState } from "#lib/console/chain-state";
import { readMessage } from "#lib/console/message";
import { messageFilterOf } from "#lib/console/message-filter";
import { estimateMessages, readMessages } from "#lib/console/messages";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { type Node, type Plan, plansOf, tellPlans } from "#lib/testing/plans";
import { fill } from "../../scripts/seed/fill.ts";
import { asSuperuser } from "../../scripts/test/cluster.ts";

// The plans of the logs on a seeded database, whose activity, states, countries and times are skewed: which index drives each page is part of the design.

const superuser = new pg.Client({ connectionString: asSuperuser(env().DATABASE_URL) });
const GROWING = /^(?:messages|delivery_attempts|audit_events|audit_seals|users|challenges|phones)/;

beforeAll(async () => {
  await superuser.connect();
  await fill(env().DATABASE_URL, { users: 5_000, messages: 60_000 }, () => undefined);
  await tellPlans(superuser);
}, 120_000);
afterAll(() => superuser.end());

/** The index by its table, whatever the month. */
const indexOf = (name: string): string => name.replace(/_(?:20\d\d_\d\d|rest|before)(?=_)/, "");

/** A scan from end to end: of a table, or of an index without a condition outside of a limit, which ends it after a page. */
const readsThrough = (plan: Plan): Node[] =>
  plan.nodes.filter(
    (node, place) =>
      GROWING.test(node["Relation Name"] ?? "") &&
      (node["Node Type"] === "Seq Scan" ||
        (/^Index/.test(node["Node Type"]) &&
          !node["Index Cond"] &&
          !plan.nodes.slice(0, place).some((one) => one["Node Type"] === "Limit"))),
  );

async function drivenBy(table: "messages" | "audit_events", read: () => Promise<unknown>): Promise<string[]> {
  const plans = await plansOf(superuser, read);
  expect(
    plans.flatMap((plan) => readsThrough(plan).map((node) => `${node["Node Type"]} ${node["Relation Name"]}: ${plan.text.slice(0, 90)}`)),
  ).toEqual([]);
  const page = plans.find(({ text }) => text.includes("FROM (SELECT * FROM") && text.includes(`FROM ${table} WHERE`));
  // A month of a few days costs nothing by any index; which months are so small depends on the day of the test.
  const { rows } = await superuser.query<{ name: string }>("SELECT relname AS name FROM pg_class WHERE reltuples < 5000");
  const empty = new Set(rows.map(({ name }) => name));
  const scans = (page?.nodes ?? []).filter(
    (node) =>
      (node["Index Name"] ?? "").startsWith(table) &&
      !(node["Index Cond"] ?? "").includes("u.id") &&
      !empty.has(node["Relation Name"] ?? ""),
  );
  return [...new Set(scans.map((node) => indexOf(node["Index Name"] ?? "")))].sort();
}

const someone = async () =>
  (await sql<{ id: string; email: string }>`SELECT u.id, u.email FROM users u JOIN messages m ON m.user_id = u.id LIMIT 1`)[0];

describe("A page of the log of messages is found by", () => {
  it.each([
    ["", "messages_created_at_id_idx"],
    ["state=stopped", "messages_created_at_id_idx"],
    ["provider=global&carrier=rakuten", "messages_created_at_id_idx"],
    ["from=2020-01-01&to=2030-01-01", "messages_created_at_id_idx"],
    ["country=GB&purpose=code.SIGN_IN", "messages_country_created_at_id_idx"],
    ["country=JP", "messages_country_created_at_id_idx"],
    ["purpose=notice.phone_added&state=delivered", "messages_template_created_at_id_idx"],
    ["q=42&purpose=code.SIGN_IN&country=GB", "messages_digits_created_at_id_idx"],
  ])("%s: the index %s", async (query, index) => {
    const filter = messageFilterOf(Object.fromEntries(new URLSearchParams(query)));
    expect(await drivenBy("messages", () => readMessages(filter, "ja"))).toEqual([index]);
    const { older } = await readMessages(filter, "ja");
    if (older) expect(await drivenBy("messages", () => readMessages({ ...filter, before: older }, "ja"))).toEqual([index]);
  });

  it("an account, an id, and the estimate: their own indexes and the statistics", async () => {
    const account = (await someone())?.id ?? "";
    expect(await drivenBy("messages", () => readMessages({ account }, "ja"))).toEqual(["messages_user_id_created_at_id_idx"]);
    const [{ id } = { id: "" }] = await sql<{ id: string }>`SELECT id FROM messages LIMIT 1`;
    await drivenBy("messages", () => readMessage(id, "ja"));
    await drivenBy("messages", () => estimateMessages());
    expect(await estimateMessages()).toBeGreaterThan(50_000);
  });
});

describe("A page of the audit log is found by", () => {
  it.each([
    ["", "audit_events_at_idx"],
    ["from=2020-01-01&to=2030-01-01", "audit_events_at_idx"],
    ["act=sign_in.", "audit_events_at_idx"],
    ["act=sign_in.refused", "audit_events_event_idx"],
    ["ip=198.51.1.1&act=session.opened", "audit_events_ip_idx"],
    ["actor=cli:root&ip=198.51.1.1", "audit_events_author_idx"],
  ])("%s: the index %s", async (query, index) => {
    const filter = auditFilterOf(Object.fromEntries(new URLSearchParams(query)));
    expect(await drivenBy("audit_events", () => readAudit(filter))).toEqual([index]);
  });

  it("an account: the index of its events", async () => {
    const target = (await someone())?.email ?? "";
    expect(await drivenBy("audit_events", () => readAudit({ target, act: "session." }))).toEqual(["audit_events_subject_id_idx"]);
    await drivenBy("audit_events", () => readChainState());
  });
});
