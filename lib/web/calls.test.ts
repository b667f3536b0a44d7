import { expect, it, vi } from "vitest";

vi.hoisted(() => {
  // A port without a listener.
  process.env.DATABASE_URL = "postgres://nobody@127.0.0.1:9/none";
});

import { pool } from "#lib/db/pool";
import { sql } from "#lib/db/sql";
import { type RequestContext, runInRequest } from "#lib/request";
import { callsOffered } from "#lib/web/calls";

const context = (): RequestContext => ({ id: "A", clientIp: "127.0.0.1", nonce: "", ours: true, databaseUnavailable: false });

it("While the database does not answer no call is spoken of, and the page is not turned into the answer of an outage", async () => {
  const alone = context();
  expect(await runInRequest(alone, callsOffered)).toBe(false);
  expect(alone.databaseUnavailable).toBe(false);
  // The page needs other data from the database, so the answer is a 503, in whichever order the two queries fail.
  const both = context();
  const needed = () => sql`SELECT 1`.catch(() => "refused");
  expect(await runInRequest(both, () => Promise.all([callsOffered(), needed(), callsOffered()]))).toEqual([false, "refused", false]);
  expect(both.databaseUnavailable).toBe(true);
  await pool().end();
});
