import type { KoaContextWithOIDC, Client as ProviderClient } from "oidc-provider";
import { originsOf } from "#lib/console/client-rules";
import { sql } from "#lib/db/sql";

/** Which pages elsewhere read answers of this site by script (Fetch, CORS): those of services that run in a browser, without cookies. */

/** Whether an origin is that of a page of a service. */
export const isPageOf = ({ applicationType, clientAuthMethod, redirectUris = [] }: ProviderClient, origin: string): boolean =>
  clientAuthMethod === "none" &&
  originsOf({ profile: applicationType === "native" ? "native" : "browser", redirectUris: [...redirectUris] }).includes(origin);

async function isPageOfAny(origin: string): Promise<boolean> {
  const services = await sql<{ redirectUris: string[] }>`SELECT redirect_uris FROM openid_clients WHERE profile = 'browser'`;
  return services.some(({ redirectUris }) => originsOf({ profile: "browser", redirectUris }).includes(origin));
}

/** Refuses CORS to unknown origins, also for requests that name no service, such as preflights; discovery and keys are open to every origin. */
export async function heedOrigin(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next();
  const origin = ctx.get("Origin");
  if (origin === "" || ctx.path.startsWith("/.well-known/") || (await isPageOfAny(origin))) return;
  for (const name of Object.keys(ctx.response.headers)) if (name.startsWith("access-control-")) ctx.remove(name);
}
