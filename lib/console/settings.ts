import { authorOf } from "#lib/audit/author";
import { staffName } from "#lib/console/staff-name";
import { sql } from "#lib/db/sql";
import { listSettings, policyHistory, type SettingLine } from "#lib/policy/read";
import { isSetting, type SettingName } from "#lib/policy/settings";

/** The settings of the product with who set them, for staff: a pseudonym reads as the address of its member. */

/** One change of a setting. */
export type NamedChange = { id: string; name: SettingName; value: unknown; by: string; at: string };

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

async function named(all: readonly string[]): Promise<(by: string) => string> {
  const subjects = all.flatMap((by) => {
    const author = authorOf(by);
    return author?.kind === "staff" && UUID.test(author.id) ? [author.id] : [];
  });
  const found = await sql<{ subject: string; email: string; roles: string[] }>`
    SELECT audit_subject AS subject, email, roles FROM users WHERE audit_subject = ANY(${[...new Set(subjects)]}::uuid[])`;
  const emails = new Map(found.map(({ subject, ...one }) => [subject, staffName(one)]));
  return (by) => {
    const author = authorOf(by);
    return author?.kind === "staff" ? `${emails.get(author.id) ?? "–"}${author.reason ? `: ${author.reason}` : ""}` : by;
  };
}

/** Every setting with its value, and who set it when. */
export async function namedSettings(): Promise<SettingLine[]> {
  const lines = await listSettings();
  const name = await named(lines.flatMap(({ set }) => set?.by ?? []));
  return lines.map((line) => ({ ...line, set: line.set && { ...line.set, by: name(line.set.by) } }));
}

/** The latest changes, the newest first. */
export async function namedHistory(): Promise<NamedChange[]> {
  const changes = await policyHistory(null, 50);
  const name = await named(changes.map(({ by }) => by));
  return changes.flatMap(({ name: setting, by, ...change }, index) =>
    isSetting(setting) ? [{ id: `${change.at} ${index}`, name: setting, ...change, by: name(by) }] : [],
  );
}
