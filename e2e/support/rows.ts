import pg from "pg";

/** Reads and writes the database of a test directly. */
export type Rows = {
  query<Row extends Record<string, unknown>>(text: string, ...values: unknown[]): Promise<Row[]>;
  count(text: string, ...values: unknown[]): Promise<number>;
  /** Waits until the worker has finished the queue, so that a later difference is caused by later requests. */
  settled(): Promise<void>;
  /** Returns the row count and a digest of every table; equal results mean that nothing changed. */
  state(): Promise<Record<string, string>>;
  /** Returns every value of every table as text, one row per line. */
  dump(): Promise<string>;
  close(): Promise<void>;
};

export async function openRows(databaseUrl: string): Promise<Rows> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const query = async <Row extends Record<string, unknown>>(text: string, ...values: unknown[]) =>
    (await client.query<Row>(text, values)).rows;
  const tables = async () => {
    const all = await query<{ name: string }>(
      "SELECT format('%I', tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
    );
    return all.map(({ name }) => name);
  };
  // A read may update the last use of a session.
  const content = (table: string) => (table === "sessions" ? "t - 'last_seen_at'" : "t");
  return {
    query,
    count: async (text, ...values) => Number((await query<{ count: string }>(text, ...values))[0]?.count),
    settled: async () => {
      const due = "SELECT count(*) FROM graphile_worker._private_jobs WHERE run_at <= now() AND attempts < max_attempts";
      for (let tries = 0; tries < 200; tries += 1) {
        const [row] = await query<{ count: string }>(due);
        if (row?.count === "0") return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error("the worker did not come to rest within 10 s");
    },
    state: async () => {
      const state: Record<string, string> = {};
      // The worker seals, verifies and exports the log, counts days and watches its health at intervals, independent of requests.
      const byItself = [
        ...["audit_seals", "audit_unsealed", "audit_heads", "audit_verification", "durable_keys"],
        ...[
          "daily_figures",
          "daily_senders",
          "daily_usage",
          "conversion_hours",
          "conditions",
          "condition_notices",
          "health_measured",
          "factor_counts",
          "brakes",
        ],
      ];
      for (const table of (await tables()).filter((name) => !byItself.includes(name))) {
        const [row] = await query<{ seen: string }>(
          `SELECT count(*) || ' ' || coalesce(md5(string_agg(x, ',' ORDER BY x)), '') AS seen
           FROM (SELECT (${content(table)})::text AS x FROM (SELECT to_jsonb(${table}) AS t FROM ${table}) rows) all_rows`,
        );
        state[table] = row?.seen ?? "";
      }
      return state;
    },
    dump: async () => {
      const lines: string[] = [];
      for (const table of await tables())
        for (const { line } of await query<{ line: string }>(`SELECT to_jsonb(t)::text AS line FROM ${table} t`))
          lines.push(`${table} ${line}`);
      for (const { line } of await query<{ line: string }>("SELECT to_jsonb(j)::text AS line FROM graphile_worker._private_jobs j"))
        lines.push(`jobs ${line}`);
      return lines.join("\n");
    },
    close: () => client.end(),
  };
}
