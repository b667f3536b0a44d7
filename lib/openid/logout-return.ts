import { isRegistered } from "#lib/console/client-rules";
import type { Client } from "#lib/console/clients";

/** Where a service's people go after signing out: an address that it registered, with its `state`; null for any other. */
export function returnOf(client: Client | undefined, asked: string | null, state: string | null): string | null {
  if (!client || !asked || !isRegistered(client.profile, client.postLogoutRedirectUris, asked)) return null;
  const url = new URL(asked);
  if (state !== null) url.searchParams.set("state", state);
  return url.href;
}
