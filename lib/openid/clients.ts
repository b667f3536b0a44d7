import { clientSecretHash } from "#lib/crypto/client-secret";
import { sql } from "#lib/db/sql";

export { type Client, readClient } from "#lib/console/clients";

/** Whether a secret is one of a service, now or before a rotation whose overlap lasts; notes the use at most once a minute. */
export async function secretMatches(id: string, secret: string): Promise<boolean> {
  const hash = clientSecretHash(secret);
  const [row] = await sql<{ stale: boolean }>`
    SELECT coalesce(last_used_at < app_now() - interval '1 minute', true) AS stale FROM openid_clients
    WHERE id = ${id} AND (secret_hash = ${hash} OR (old_secret_hash = ${hash} AND old_secret_until > app_now()))`;
  if (row?.stale) await sql`UPDATE openid_clients SET last_used_at = app_now() WHERE id = ${id}`;
  return row !== undefined;
}
