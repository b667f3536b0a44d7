import { describe, expect, it } from "vitest";
import { record } from "#lib/audit/record";
import { sealEvents, verifyChain } from "#lib/audit/seal";
import { sql, transaction } from "#lib/db/sql";
import { count, from, makeAccount, together } from "#lib/testing/fixtures";

describe("the audit log", () => {
  it("is append-only for the application's role (J07)", async () => {
    await record(sql, { event: "session.ended", ...from });
    await expect(sql`UPDATE audit_events SET event = 'x'`).rejects.toThrow(/permission denied/);
    await expect(sql`DELETE FROM audit_events`).rejects.toThrow(/permission denied/);
    await expect(sql`TRUNCATE audit_events`).rejects.toThrow(/permission denied/);
    await expect(sql`UPDATE audit_seals SET hash = 'x'`).rejects.toThrow(/permission denied/);
  });

  it("names accounts by pseudonym and cuts what a browser says of itself", async () => {
    const account = await makeAccount();
    await record(sql, { event: "session.ended", userId: account.userId, ip: "192.0.2.1", userAgent: "x".repeat(5000) });
    const [row] = await sql<{
      subject: string;
      agent: string;
    }>`SELECT subject, user_agent AS agent FROM audit_events ORDER BY id DESC LIMIT 1`;
    expect(row?.subject).not.toBe(account.userId);
    expect(row?.agent).toHaveLength(256);
  });

  it("seals every event once into one chain, also when two seal at once and transactions overlap", async () => {
    await together(20, () => transaction((tx) => record(tx, { event: "session.ended", ...from })));
    await together(4, () => sealEvents());
    while ((await sealEvents()) > 0);
    expect(
      await count(
        sql<{
          n: number;
        }>`SELECT count(*)::int AS n FROM audit_events e LEFT JOIN audit_seals s ON s.event_id = e.id WHERE s.event_id IS NULL`,
      ),
    ).toBe(0);
    expect(await verifyChain()).toBeNull();
  });
});
