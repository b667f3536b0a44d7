import { durableHash, durableKey } from "#lib/db/durable-keys";
import type { Client } from "#lib/openid/clients";

/**
 * The `sub` by which a service knows an account: the account's id, or for a pairwise service a pseudonym of its host, or of an app, so that two services
 * cannot compare their people (OpenID Connect Core 8.1). The key is independent of APP_KEYS, because a `sub` never changes.
 */
export async function subjectFor(client: Pick<Client, "id" | "profile" | "pairwise" | "redirectUris">, userId: string): Promise<string> {
  if (!client.pairwise) return userId;
  const sector = client.profile === "native" ? `app ${client.id}` : new URL(client.redirectUris[0] ?? "").host;
  return durableHash(await durableKey("openid"), "sub", `${sector}\0${userId}`).toString("base64url");
}
