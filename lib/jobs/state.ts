import { keyFor } from "#lib/crypto/keys";
import { SealError, type SealPlace, unseal } from "#lib/crypto/seal";
import { readSealFormat } from "#lib/db/seal-format";
import { sql } from "#lib/db/sql";

/** The state of the jobs for the operator: whether a worker runs them, and whether stored values can still be opened. */

type QueueState = {
  /** Seconds since a worker last ran the every-minute job. */
  idle: number;
  /** Texts that have waited for more than a minute, and texts that failed within a day. */
  late: number;
  givenUp: number;
};

/** Returns the state of the queue. */
export async function queueState(): Promise<QueueState> {
  const [row] = await sql<QueueState>`
    SELECT (SELECT coalesce(extract(epoch FROM now() - max(coalesce(last_execution, known_since))), 86400)::int FROM graphile_worker._private_known_crontabs) AS idle,
           count(*) FILTER (WHERE j.attempts < j.max_attempts AND j.run_at < now() - interval '1 minute')::int AS late,
           count(*) FILTER (WHERE j.attempts >= j.max_attempts AND j.updated_at > now() - interval '1 day')::int AS given_up
    FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id WHERE t.identifier = 'send_message'`;
  if (!row) throw new Error("the queue was not read");
  return row;
}

type UnreadableJobs = {
  what: "numbers" | "recovery_sets" | "app_seeds" | "provider_secrets" | "signing_keys" | "passwords" | "recovery_codes";
  key: string;
  count: number;
};

type Under = { key: string; count: number; id: string; owner: string; sealed: string };

/** Counts the sealed values that no key of APP_KEYS opens, by the key id and format of each value and by opening one value of each. */
export async function unreadable(): Promise<UnreadableJobs[]> {
  await readSealFormat();
  const [phones, sets, seeds, secrets, keys, passwords, codes] = await Promise.all([
    sql<Under>`
      SELECT split_part(number_sealed, '.', 1) AS key, count(*)::int AS count, min(id::text) AS id,
        (array_agg(user_id ORDER BY id::text))[1] AS owner, (array_agg(number_sealed ORDER BY id::text))[1] AS sealed
      FROM account_phones GROUP BY 1, split_part(number_sealed, '.', 3) = ''`,
    sql<Under>`
      SELECT split_part(s.sealed, '.', 1) AS key, count(*)::int AS count, min(a.user_id::text) AS id, min(a.user_id::text) AS owner,
        (array_agg(s.sealed ORDER BY a.user_id::text))[1] AS sealed
      FROM recovery_code_sets s JOIN authenticators a ON a.id = s.id WHERE s.sealed IS NOT NULL GROUP BY 1, split_part(s.sealed, '.', 3) = ''`,
    sql<Under>`
      SELECT split_part(t.seed_sealed, '.', 1) AS key, count(*)::int AS count, min(t.id::text) AS id,
        (array_agg(a.user_id ORDER BY t.id::text))[1] AS owner, (array_agg(t.seed_sealed ORDER BY t.id::text))[1] AS sealed
      FROM totp t JOIN authenticators a ON a.id = t.id GROUP BY 1, split_part(t.seed_sealed, '.', 3) = ''`,
    sql<Under>`
      SELECT split_part(secrets_sealed, '.', 1) AS key, count(*)::int AS count, min(id::text) AS id, min(id::text) AS owner,
        (array_agg(secrets_sealed ORDER BY id::text))[1] AS sealed
      FROM provider_accounts WHERE secrets_sealed IS NOT NULL GROUP BY 1, split_part(secrets_sealed, '.', 3) = ''`,
    sql<Under>`
      SELECT split_part(private_sealed, '.', 1) AS key, 1 AS count, id::text AS id, kid AS owner, private_sealed AS sealed
      FROM signing_keys WHERE private_sealed IS NOT NULL`,
    sql<Under>`SELECT split_part(password_hash, ':', 1) AS key, count(*)::int AS count FROM users GROUP BY 1`,
    sql<Under>`SELECT split_part(hash, ':', 1) AS key, count(*)::int AS count FROM recovery_codes WHERE used_at IS NULL GROUP BY 1`,
  ]);
  const closed = (rows: Under[], what: UnreadableJobs["what"], table: string, column: string) =>
    summed(
      rows.filter(({ id, owner, sealed }) => !opens(sealed, { table, column, row: id, owner })),
      what,
    );
  const unknown = (rows: Under[], what: UnreadableJobs["what"]) =>
    summed(
      rows.filter(({ key }) => keyFor(key, "pepper") === null),
      what,
    );
  return [
    ...closed(phones, "numbers", "phones", "number_sealed"),
    ...closed(sets, "recovery_sets", "users", "recovery_sealed"),
    ...closed(seeds, "app_seeds", "totp", "seed_sealed"),
    ...closed(secrets, "provider_secrets", "provider_accounts", "secrets_sealed"),
    ...closed(keys, "signing_keys", "signing_keys", "private_sealed"),
    ...unknown(passwords, "passwords"),
    ...unknown(codes, "recovery_codes"),
  ];
}

function summed(rows: Under[], what: UnreadableJobs["what"]): UnreadableJobs[] {
  const counts = new Map<string, number>();
  for (const { key, count } of rows) counts.set(key, (counts.get(key) ?? 0) + count);
  return [...counts].map(([key, count]) => ({ what, key, count }));
}

function opens(sealed: string, place: SealPlace): boolean {
  try {
    unseal(sealed, place);
    return true;
  } catch (error) {
    if (error instanceof SealError) return false;
    throw error;
  }
}
