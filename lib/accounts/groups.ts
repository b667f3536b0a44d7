import { record } from "#lib/audit/record";
import { parseEmail } from "#lib/authenticators/addresses/email";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { groupName } from "#lib/policy/rule";
import { fail, ok, type Result } from "#lib/result";

/** Labels on accounts, which rules of the policy are about; `by` names the operator in the audit log. */

/** Why nothing was changed: an invalid group name, or addresses that are invalid or have no account. */
export type GroupProblem = { problem: "bad_name" } | { problem: "not_an_address" | "no_such_account"; emails: string[] };

type Named = { id: string; email: string };

/** The accounts of typed addresses, all or none. */
export async function accountsOf(
  tx: Sql,
  typed: readonly string[],
): Promise<Result<Named[], Exclude<GroupProblem, { problem: "bad_name" }>>> {
  const parsed = typed.map((one) => ({ typed: one, email: parseEmail(one) }));
  const odd = parsed.filter(({ email }) => email === null);
  if (odd.length > 0) return fail({ problem: "not_an_address", emails: odd.map((one) => one.typed) });
  const emails = [...new Set(parsed.flatMap(({ email }) => email ?? []))];
  const found = await tx<Named>`
    SELECT u.id, u.email FROM unnest(${emails}::text[]) e(email) JOIN users u ON u.email = e.email ORDER BY u.id`;
  const known = new Set(found.map(({ email }) => email));
  const unknown = emails.filter((email) => !known.has(email));
  return unknown.length > 0 ? fail({ problem: "no_such_account", emails: unknown }) : ok(found);
}

async function onGroup(
  group: string,
  emails: readonly string[],
  act: (tx: Sql, userId: string) => Promise<boolean>,
): Promise<Result<number, GroupProblem>> {
  if (!groupName.safeParse(group).success) return fail({ problem: "bad_name" });
  return transaction(
    async (tx): Promise<Result<number, GroupProblem>> => {
      const found = await accountsOf(tx, emails);
      if (!found.ok) return found;
      let changed = 0;
      for (const { id } of found.value) if (await act(tx, id)) changed += 1;
      return ok(changed);
    },
    { patient: true },
  );
}

const note = (tx: Sql, event: "group.added" | "group.removed", userId: string, group: string, by: string) =>
  record(tx, { event, userId, method: `${group} ${by}`, ip: "", userAgent: "" });

/** Puts accounts into a group, all or none; how many were not in it. */
export const addToGroup = (group: string, emails: readonly string[], by: string): Promise<Result<number, GroupProblem>> =>
  onGroup(group, emails, async (tx, userId) => {
    const added =
      await tx`INSERT INTO user_groups (user_id, name) VALUES (${userId}::uuid, ${group}) ON CONFLICT DO NOTHING RETURNING name`;
    if (added.length > 0) await note(tx, "group.added", userId, group, by);
    return added.length > 0;
  });

/** Takes accounts out of a group, all or none; how many were in it. */
export const removeFromGroup = (group: string, emails: readonly string[], by: string): Promise<Result<number, GroupProblem>> =>
  onGroup(group, emails, async (tx, userId) => {
    const removed = await tx`DELETE FROM user_groups WHERE user_id = ${userId}::uuid AND name = ${group} RETURNING name`;
    if (removed.length > 0) await note(tx, "group.removed", userId, group, by);
    return removed.length > 0;
  });

/** The groups with the number of their accounts. */
export const listGroups = (): Promise<{ name: string; accounts: number }[]> =>
  sql<{ name: string; accounts: number }>`SELECT name, count(*)::int AS accounts FROM user_groups GROUP BY name ORDER BY name`;

/** The addresses of a group. */
export async function membersOf(group: string): Promise<string[]> {
  const rows = await sql<{ email: string }>`
    SELECT u.email FROM user_groups g JOIN users u ON u.id = g.user_id WHERE g.name = ${group} ORDER BY u.email`;
  return rows.map(({ email }) => email);
}
