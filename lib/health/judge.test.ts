import { describe, expect, it } from "vitest";
import { type Delivered, judge, type Measured } from "#lib/health/judge";

const fine: Measured = {
  down: [],
  delivered: [],
  silent: [],
  volume: [],
  destinations: [],
  blocks: [],
  budgets: [],
  late: 0,
  idle: 20,
  databaseMs: 3,
  cases: 0,
  auditSilentHours: 1,
  certificateDays: 60,
  keyDays: 30,
};
const account: Delivered = {
  name: "first",
  channel: "SMS",
  ended: 100,
  delivered: 96,
  usualEnded: 700,
  usualDelivered: 672,
  seconds: 5,
  usualSeconds: 4,
};

describe("What is measured", () => {
  it("is nothing wrong where all is as usual", () => expect(judge({ ...fine, delivered: [account] })).toEqual([]));

  it.each<[string, Partial<Measured>, string[]]>([
    ["a breaker is open", { down: [{ name: "first", channel: "SMS", reason: "provider_down" }] }, ["provider_down"]],
    ["fewer texts arrive than at this hour of other days", { delivered: [{ ...account, delivered: 70 }] }, ["delivery_falling"]],
    ["few texts say nothing", { delivered: [{ ...account, ended: 19, delivered: 0 }] }, []],
    ["an hour without a history says nothing", { delivered: [{ ...account, delivered: 0, usualEnded: 10, usualDelivered: 10 }] }, []],
    ["texts take three times as long", { delivered: [{ ...account, seconds: 30, usualSeconds: 9 }] }, ["delivery_slow"]],
    ["texts take three times as long and are still quick", { delivered: [{ ...account, seconds: 12, usualSeconds: 4 }] }, []],
    ["the certificate ends within two weeks", { certificateDays: 13.5 }, ["certificate_ends"]],
    ["the certificate was not read", { certificateDays: null }, []],
    ["the key of receipts is older than 400 days", { keyDays: 401 }, ["key_old"]],
    ["receipts do not come", { silent: [{ name: "first", sent: 30, silent: 30 }] }, ["receipts_silent"]],
    ["three times the most of the hour is sent", { volume: [{ channel: "SMS", now: 301, usual: 100 }] }, ["unusual_volume"]],
    ["a small service sends more than ever", { volume: [{ channel: "SMS", now: 99, usual: 1 }] }, []],
    ["a country is new", { destinations: [{ country: "KR", sends: 2 }] }, ["new_destination"]],
    ["numbers in a row were asked for", { blocks: [{ country: "", until: "x" }] }, ["numbers_in_a_row"]],
    ["four fifths of a budget are used", { budgets: [{ name: "sends_per_day", subject: "", used: 80, max: 100 }] }, ["budget_low"]],
    ["less of a budget is used", { budgets: [{ name: "sends_per_day", subject: "", used: 79, max: 100 }] }, []],
    ["texts wait", { late: 1 }, ["queue_late"]],
    ["no worker runs", { idle: 181 }, ["worker_idle"]],
    ["the database is slow and not down", { databaseMs: 251 }, ["database_slow"]],
    ["a case waits for a day", { cases: 1 }, ["cases_waiting"]],
    ["the audit log is not verified", { auditSilentHours: 6 }, ["audit_unverified"]],
    ["the audit log has no first round yet", { auditSilentHours: null }, []],
  ])("is judged where %s", (_, measured, kinds) => expect(judge({ ...fine, ...measured }).map(({ kind }) => kind)).toEqual(kinds));
});
