import { record } from "#lib/audit/record";
import { judged, type Registration } from "#lib/console/client-rules";
import { type Client, editionOf, readClient } from "#lib/console/clients";
import { type Sql, transaction } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { fail, ok, type Result } from "#lib/result";
import { levels } from "#lib/sessions/levels";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";

/** Changes what a service is registered with. What it is (where it runs, whose `sub` it gets) stays, because its people's `sub` would change. */

/** What a change replaces; what it leaves out stays. */
export type ClientChange = Partial<Omit<Registration, "profile" | "pairwise">>;

/** The fields that may be changed, as the audit log names them. */
const FIELDS = {
  name: "name",
  redirectUris: "redirect_uris",
  postLogoutRedirectUris: "post_logout_redirect_uris",
  backchannelLogoutUri: "backchannel_logout_uri",
  firstParty: "first_party",
  level: "level",
} as const;
type Field = keyof typeof FIELDS;

/** A value as one word of the audit log; without a plain space, no name of a service reads as an author there. */
function wordOf(registration: Registration, field: Field): string {
  const value = registration[field];
  if (Array.isArray(value)) return value.join(",") || "-";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (field === "name") return JSON.stringify(value).replaceAll(/\s/g, "\u00a0");
  return value ?? "-";
}

const hostOf = ({ redirectUris }: Pick<Registration, "redirectUris">): string => new URL(redirectUris[0] ?? "").host;
const rank = ({ level }: Pick<Registration, "level">): number => (level ? levels.indexOf(level) : -1);

/** Whether a service may have less after a change than what it was given before it. */
const narrows = (before: Registration, after: Registration): boolean =>
  (before.firstParty && !after.firstParty) || rank(after) > rank(before);

async function change(tx: Sql, id: string, typed: ClientChange, by: string, edition?: string): Promise<Result<Client, Refused>> {
  await tx`SELECT 1 FROM openid_clients WHERE id = ${id} FOR UPDATE`;
  const before = await readClient(id, tx);
  if (!before) return fail({ code: "not_found" });
  if (edition !== undefined && edition !== editionOf(before)) return fail({ code: "changed_since" });
  const right = judged({ ...before, ...typed });
  if (!right.ok) return right;
  const after = { ...before, ...right.value };
  if (after.pairwise && after.profile !== "native" && hostOf(after) !== hostOf(before))
    return fail({ code: "invalid_input", fields: { redirectUris: "host_is_fixed" } });
  const changed = (Object.keys(FIELDS) as Field[]).filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
  if (changed.length === 0) return fail({ code: "not_allowed", reason: "no_change" });
  await tx`
    UPDATE openid_clients SET name = ${after.name}, redirect_uris = ${after.redirectUris}::text[],
      post_logout_redirect_uris = ${after.postLogoutRedirectUris}::text[], backchannel_logout_uri = ${after.backchannelLogoutUri},
      first_party = ${after.firstParty}::boolean, level = ${after.level} WHERE id = ${id}`;
  if (narrows(before, after)) await tx`DELETE FROM openid_items WHERE client_id = ${id}`;
  for (const field of changed) {
    const method = `${id} ${FIELDS[field]} ${wordOf(before, field)} → ${wordOf(after, field)} ${by}`;
    await record(tx, { event: "client.changed", method, ip: "", userAgent: "" });
  }
  return ok(after);
}

/**
 * Changes a service from the console, by a form that was drawn for an `edition` of it. What it was given ends where it may have less from now on, so
 * that its people agree or prove the level first. Refusals: those of `requireStaff`, `invalid_input`, `not_found`, `changed_since` after a change by another
 * session, and `not_allowed` with `no_change`.
 */
export const changeClient = (acting: Acting, id: string, typed: ClientChange, edition: string) =>
  actAsStaff(acting, { act: "clients.change" }, (tx, { by }) => change(tx, id, typed, by, edition));

/** The same at the command line, which names only what it changes. */
export const changeClientByCommand = (id: string, typed: ClientChange, by: string) =>
  transaction((tx) => change(tx, id, typed, by), { patient: true });
