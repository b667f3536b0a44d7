import { describe, expect, it } from "vitest";
import { signIn } from "#lib/accounts/sign-in";
import { verifyChain } from "#lib/audit/verify";
import { readAudit } from "#lib/console/audit-log";
import { readMessages } from "#lib/console/messages";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { count, forgetLimits, must, requester } from "#lib/testing/fixtures";
import { fill, isSeeded } from "../../scripts/seed/fill.ts";
import { numberOf, SEED_PASSWORD } from "../../scripts/seed/people.ts";

const USERS = 300;
const MESSAGES = 3000;

const shape = async () => [
  await sql`SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename !~ '_20\\d\\d_' ORDER BY indexname`,
  await sql`SELECT conname, conrelid::regclass::text AS relation, pg_get_constraintdef(oid) AS def, convalidated FROM pg_constraint
    WHERE contype IN ('f', 'p') AND conparentid = 0 ORDER BY conname, 2`,
  await sql`SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text !~ '_20\\d\\d_' ORDER BY tgname, tgrelid::regclass::text`,
];

describe("A seeded database", () => {
  it("has accounts that sign in, a history with skew in its months, a sealed log, and the same indexes and keys as before", async () => {
    const before = await shape();
    const steps: string[] = [];
    expect(await isSeeded(env().DATABASE_URL)).toBe(false);
    await fill(env().DATABASE_URL, { users: USERS, messages: MESSAGES }, (step) => steps.push(step));
    expect(await isSeeded(env().DATABASE_URL)).toBe(true);
    expect(await shape()).toEqual(before);
    expect(steps.at(-1)).toBe("seals of the audit log");
    expect((await verifyChain()).broken).toBeNull();

    await forgetLimits();
    must(await signIn({ identifier: numberOf(7), password: SEED_PASSWORD }, requester));
    const months = await sql<{
      place: string;
      n: number;
    }>`SELECT tableoid::regclass::text AS place, count(*)::int AS n FROM messages GROUP BY 1 ORDER BY 1`;
    expect(months.length).toBeGreaterThanOrEqual(4);
    expect(months.map(({ place }) => place)).not.toContain("messages_rest");
    expect(months.reduce((sum, { n }) => sum + n, 0)).toBe(MESSAGES + 1);
    const [{ most } = { most: 0 }] = await sql<{
      most: number;
    }>`SELECT max(n)::int AS most FROM (SELECT count(*) AS n FROM messages GROUP BY user_id) t`;
    expect(most).toBeGreaterThan((10 * MESSAGES) / USERS);
    expect(
      await count(sql<{ n: number }>`SELECT count(*)::int AS n FROM audit_events WHERE at < app_now() - interval '200 days'`),
    ).toBeGreaterThan(50);
    expect(await count(sql<{ n: number }>`SELECT count(*)::int AS n FROM recovery_cases`)).toBeGreaterThanOrEqual(20);

    const { lines, older } = await readMessages({ purpose: "code.SIGN_IN", state: "delivered" }, "ja");
    expect([lines.length, older === null]).toEqual([50, false]);
    expect(lines.every(({ digits, providers, yen }) => /^\d\d$/.test(digits ?? "") && providers.length > 0 && yen !== "unpriced")).toBe(
      true,
    );
    const { lines: events } = await readAudit({ act: "sign_in.password_right" });
    expect(events.filter(({ message }) => message !== null).length).toBe(events.length);
  }, 60_000);
});
