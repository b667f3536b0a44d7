import pg from "pg";
import { beforeEach, describe, expect, it } from "vitest";
import { homeState, noteHome } from "#lib/db/home";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";

// A copied or restored database is detected, because sessions and challenges that had ended are active in it again (K18).

async function asOwner(statements: string): Promise<void> {
  const owner = new pg.Client({ connectionString: env().DATABASE_URL });
  await owner.connect();
  await owner.query(statements);
  await owner.end();
}

beforeEach(() => noteHome(sql));

describe("A database", () => {
  it("is at home where it was noted, also after it was noted again", async () => {
    expect(await homeState()).toBe("home");
    await noteHome(sql);
    expect(await homeState()).toBe("home");
    expect(await sql`SELECT 1 FROM database_home`).toHaveLength(1);
  });

  it("has moved when it lies under another number or on another server, or was never noted", async () => {
    const [now] = await sql<{ home: string }>`SELECT home FROM database_home`;
    for (const part of [0, 1, 2]) {
      const other = (now?.home ?? "").split("/").with(part, "1").join("/");
      await sql`UPDATE database_home SET home = ${other}`;
      expect(await homeState()).toBe("moved");
    }
    await asOwner("DELETE FROM database_home");
    expect(await homeState()).toBe("moved");
  });

  it("has moved when a dump took the place of its tables", async () => {
    await asOwner(`
      ALTER TABLE database_home RENAME TO dumped;
      CREATE TABLE database_home (LIKE dumped INCLUDING ALL);
      INSERT INTO database_home SELECT * FROM dumped;
      DROP TABLE dumped;
      GRANT SELECT, INSERT, UPDATE ON database_home TO sekisho_app`);
    expect(await homeState()).toBe("moved");
    await noteHome(sql);
    expect(await homeState()).toBe("home");
  });

  it("has another timeline when a replica took over or the server was set back", async () => {
    await sql`UPDATE database_home SET timeline = timeline + 1`;
    expect(await homeState()).toBe("timeline");
  });
});
