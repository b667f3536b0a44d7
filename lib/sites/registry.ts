import { record } from "#lib/audit/record";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { env } from "#lib/env";
import { fail, ok, type Result } from "#lib/result";
import { isPrefix, type Site, type SiteLevel, siteHost } from "#lib/sites/site";

/** The registered hosts of other services; `by` names the operator in the audit log. */

/** The scheme of every site: that of the product, whose cookies are bound to it. */
export const siteScheme = (): "http:" | "https:" => (env().publicOrigin.startsWith("https:") ? "https:" : "http:");

/** The origin of a registered host; every address that leads to a site begins with it. */
export const originOf = ({ host }: Pick<Site, "host">): string => `${siteScheme()}//${host}`;

/** Why nothing was changed. */
export type SiteProblem = "bad_host" | "own_host" | "bad_prefix" | "there_already" | "not_there";

/** Reads the host that an operator typed. */
function readHost(typed: string): Result<string, SiteProblem> {
  const host = siteHost(typed, siteScheme());
  if (!host) return fail("bad_host");
  // At the host of the product itself a service would get the product's own cookies.
  return [env().publicOrigin, ...env().origins].some((origin) => new URL(origin).host === host) ? fail("own_host") : ok(host);
}

const note = (tx: Sql, event: "site.added" | "site.changed" | "site.removed", what: string, by: string) =>
  record(tx, { event, method: `${what} ${by}`, ip: "", userAgent: "" });

/** Registers a host and returns it in its one spelling. */
export async function addSite(typed: string, level: SiteLevel, by: string): Promise<Result<string, SiteProblem>> {
  const host = readHost(typed);
  if (!host.ok) return host;
  return transaction(async (tx): Promise<Result<string, SiteProblem>> => {
    const added = await tx`INSERT INTO sites (host, level) VALUES (${host.value}, ${level}) ON CONFLICT DO NOTHING RETURNING id`;
    if (added.length === 0) return fail("there_already");
    await note(tx, "site.added", `${host.value} ${level}`, by);
    return host;
  });
}

/** Sets the level of a host, or with a prefix that of the paths that begin so; null takes the prefix's level away. */
export async function setLevel(
  typed: string,
  prefix: string | null,
  level: SiteLevel | null,
  by: string,
): Promise<Result<string, SiteProblem>> {
  const host = readHost(typed);
  if (!host.ok) return host;
  if (prefix !== null && !isPrefix(prefix)) return fail("bad_prefix");
  return transaction(async (tx): Promise<Result<string, SiteProblem>> => {
    const changed =
      prefix === null
        ? await tx`UPDATE sites SET level = ${level ?? "aal1"} WHERE host = ${host.value} RETURNING id`
        : level === null
          ? await tx`UPDATE sites SET levels = levels - ${prefix}::text WHERE host = ${host.value} AND levels ? ${prefix}::text RETURNING id`
          : await tx`UPDATE sites SET levels = levels || jsonb_build_object(${prefix}::text, ${level}::text) WHERE host = ${host.value} RETURNING id`;
    if (changed.length === 0) return fail("not_there");
    await note(tx, "site.changed", `${host.value} ${prefix ?? "/"} ${level ?? "-"}`, by);
    return host;
  });
}

/** Removes a host; what is signed in there ends at once. */
export async function removeSite(typed: string, by: string): Promise<Result<string, SiteProblem>> {
  const host = readHost(typed);
  if (!host.ok) return host;
  return transaction(async (tx): Promise<Result<string, SiteProblem>> => {
    const removed = await tx`DELETE FROM sites WHERE host = ${host.value} RETURNING id`;
    if (removed.length === 0) return fail("not_there");
    await note(tx, "site.removed", host.value, by);
    return host;
  });
}

/** The registered hosts. */
export const listSites = (): Promise<Site[]> => sql<Site>`SELECT id, host, level, levels FROM sites ORDER BY host`;

/** The site of a host in its one spelling, or undefined. */
export async function findSite(host: string | null): Promise<Site | undefined> {
  const [site] = host === null ? [] : await sql<Site>`SELECT id, host, level, levels FROM sites WHERE host = ${host}`;
  return site;
}
