import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { readHead, textOf } from "#lib/audit/chain";
import { record } from "#lib/audit/record";
import { watchChain } from "#lib/audit/watch";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { requester, together } from "#lib/testing/fixtures";
import { auditVerify } from "../../scripts/operator/admin-audit.ts";
import { examine } from "../../scripts/operator/doctor.ts";
import { wordsOf } from "../../scripts/operator/doctor-words.ts";

// Tests how the command and the doctor report the state of the audit log to an operator.

const owner = new pg.Client({ connectionString: env().DATABASE_URL });
beforeAll(() => owner.connect());
afterAll(() => owner.end());
let printed: string[];
beforeEach(async () => {
  printed = [];
  vi.spyOn(console, "log").mockImplementation((line) => void printed.push(String(line)));
  await owner.query("TRUNCATE audit_events, audit_seals, audit_unsealed, audit_heads, audit_verification");
  (globalThis as unknown as Record<symbol, unknown>)[Symbol.for("sekisho.audit-head")] = undefined;
  await together(10, () => record(sql, { event: "session.opened", ...requester }));
});
afterEach(() => vi.restoreAllMocks());

const audit = async () => (await examine()).filter(({ is }) => is.startsWith("audit"));

describe("The operator", () => {
  it("hears that the log is whole, with its head, and that a head kept elsewhere is still in it", async () => {
    expect(await auditVerify([])).toBe(0);
    const head = textOf(await readHead(sql));
    expect(printed).toEqual([`whole: 10 events\nhead ${head}`]);
    await record(sql, { event: "session.ended", ...requester });
    expect(await auditVerify(["--head", head])).toBe(0);
    expect(await auditVerify(["--head", head.replace(/.$/, (last) => (last === "0" ? "1" : "0"))])).toBe(1);
    expect(printed.at(-1)).toMatch(/^broken at row \d+\n/);
    expect(await audit()).toEqual([]);
  });

  it("hears the first broken row, from the command with exit code 1 and from the doctor in both languages", async () => {
    await auditVerify([]);
    const { rows } = await owner.query<{ id: string }>(
      "DELETE FROM audit_events WHERE id = (SELECT event_id FROM audit_seals WHERE position = 4) RETURNING id",
    );
    expect(await auditVerify([])).toBe(1);
    expect(printed.at(-1)?.split("\n")[0]).toBe(`broken at row ${rows[0]?.id}`);
    expect(await audit()).toEqual([{ is: "audit_broken", row: rows[0]?.id }]);
    for (const language of ["ja", "en"] as const) expect(wordsOf({ is: "audit_broken", row: "77" }, language)).toContain("77");
    await watchChain();
  });

  it("hears what is wrong with the arguments", async () => {
    for (const args of [["--head", "7"], ["--head"], ["--what"], ["7:aa"], ["--head", `x:${"0".repeat(64)}`]])
      await expect(auditVerify(args), args.join(" ")).rejects.toThrow(/audit:verify/);
  });

  it("hears that the key of the log is gone", async () => {
    await auditVerify([]);
    const { rows } = await owner.query("UPDATE durable_keys SET sealed = 'gone.' || sealed WHERE name = 'audit' RETURNING id");
    const memory = globalThis as unknown as Record<symbol, unknown>;
    memory[Symbol.for("sekisho.durable-keys")] = undefined;
    expect(await audit()).toEqual([{ is: "audit_key" }]);
    expect(rows).toHaveLength(1);
    await owner.query("DELETE FROM durable_keys WHERE name = 'audit'");
    expect(await audit(), "the doctor makes no new one").toMatchObject([{ is: "audit_broken" }]);
    expect(await sql`SELECT 1 FROM durable_keys WHERE name = 'audit'`).toHaveLength(0);
  });
});
