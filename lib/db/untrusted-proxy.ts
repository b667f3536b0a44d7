import { alert } from "#lib/alert";
import { sql } from "#lib/db/sql";

/** An untrusted proxy that names clients in a header which is ignored, as an instance saw it; `requests` of the last ten minutes. */
type UntrustedProxy = { peer: string; header: string; requests: number };

/** Raises the alert and stores the sighting for the doctor, which runs in another process. It never throws, and requests do not wait for it. */
export async function noteUntrustedProxy({ peer, header, requests }: UntrustedProxy): Promise<void> {
  alert("proxy.untrusted", { peer, reason: header, count: requests }, "a proxy names clients and is not believed: see TRUSTED_PROXIES");
  await sql`
    INSERT INTO untrusted_proxy (peer, header, requests) VALUES (${peer}, ${header}, ${requests}::int)
    ON CONFLICT (id) DO UPDATE SET peer = EXCLUDED.peer, header = EXCLUDED.header, requests = EXCLUDED.requests, noted_at = now()`.catch(
    () => undefined,
  );
}

/** Reads the sighting of the last day, or null. */
export async function untrustedProxy(): Promise<UntrustedProxy | null> {
  const [row] = await sql<UntrustedProxy>`
    SELECT peer, header, requests FROM untrusted_proxy WHERE noted_at > now() - interval '1 day'`;
  return row ?? null;
}
