import { rethrow } from "#lib/db/pool";
import { type Sql, sql } from "#lib/db/sql";
import { type Announcement, announcementOf } from "#lib/policy/announce";
import { isSetting, type SettingName, type Settings, settingNames, settings, storedAs } from "#lib/policy/settings";
import { outsideRequest } from "#lib/request";
import { singleton } from "#lib/singleton";

/** Reads all settings as they are now, in one statement; for a guard of a transaction by its `tx`. */
export async function readSettings(tx: Sql = sql): Promise<Settings> {
  const rows = await tx<{ name: SettingName; value: unknown }>`
    SELECT n.name, p.value FROM unnest(${settingNames}::text[]) n(name)
      JOIN LATERAL (SELECT value FROM policy_changes c WHERE c.name = n.name ORDER BY c.id DESC LIMIT 1) p ON true`;
  const stored = new Map(rows.map(({ name, value }) => [name, value]));
  return Object.fromEntries(settingNames.map((name) => [name, storedAs(name, stored.get(name))])) as Settings;
}

/** How long what was read may be used; measured from before the statement, so that no instance is later than this. */
const FRESH_MS = 1000;

type Last = { at: number; read: Promise<Settings> };
const kept = () => singleton("settings", () => ({ last: null as Last | null, now: null as Settings | null }));

/** Reads the settings as of at most one second ago; concurrent callers share one statement. */
function sharedSettings(): Promise<Settings> {
  const store = kept();
  const now = performance.now();
  if (store.last && now - store.last.at < FRESH_MS) return store.last.read;
  const mine: Last = { at: now, read: readSettings() };
  store.last = mine;
  mine.read.then(
    (read) => {
      if (store.last === mine) store.now = read;
    },
    () => {
      if (store.last === mine) store.last = null;
    },
  );
  return mine.read;
}

/** Returns the settings as of at most one second ago, and tells the caller's own request of an outage. Guards use `readSettings`. */
export const currentSettings = (): Promise<Settings> => sharedSettings().catch(rethrow);

/** Longest wait of `refreshSettings` in milliseconds: a slow database holds nothing up. */
const REFRESH_MS = 500;

/** Makes `settingsNow` at most a second old; requests and jobs begin with it. While the database does not answer, what was read last stays. */
export async function refreshSettings(): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, REFRESH_MS);
  });
  // Outside of the request, because a page that needs no database is whole without it.
  const read = outsideRequest(currentSettings).then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([read, late]).finally(() => clearTimeout(timer));
}

const initial = Object.fromEntries(settingNames.map((name) => [name, settings[name].initial])) as Settings;

/** The settings as they were read last, without waiting; the defaults before that. */
export const settingsNow = (): Settings => kept().now ?? initial;

/** Forgets what was read, after a change that the next reader of this process has to see. */
export function forgetSettings(): void {
  kept().last = null;
}

/** Returns the public announcement of the settings at this moment of the product's clock. */
export async function readAnnouncement(): Promise<Announcement> {
  const [settings, [row]] = await Promise.all([currentSettings(), sql<{ now: Date }>`SELECT app_now() AS now`]);
  return announcementOf(settings, row?.now ?? new Date());
}

/** One change of a setting; times are ISO 8601. */
export type PolicyChange = { name: string; value: unknown; by: string; at: string };

/** The changes of one setting or all, the latest first. */
export async function policyHistory(name: SettingName | null, most = 100): Promise<PolicyChange[]> {
  const rows = await sql<{ name: string; value: unknown; by: string; createdAt: Date }>`
    SELECT name, value, by, created_at FROM policy_changes WHERE name = coalesce(${name}, name) ORDER BY id DESC LIMIT ${most}::int`;
  return rows.map(({ createdAt, ...change }) => ({ ...change, at: createdAt.toISOString() }));
}

/** A setting with its value, and who set it when; null where it never was. */
export type SettingLine = { name: SettingName; value: unknown; set: { by: string; at: string } | null };

export async function listSettings(): Promise<SettingLine[]> {
  const rows = await sql<{ name: string; value: unknown; by: string; createdAt: Date }>`
    SELECT DISTINCT ON (name) name, value, by, created_at FROM policy_changes ORDER BY name, id DESC`;
  const stored = new Map(rows.filter(({ name }) => isSetting(name)).map((row) => [row.name, row]));
  return settingNames.map((name) => {
    const row = stored.get(name);
    return {
      name,
      value: row ? storedAs(name, row.value) : settings[name].initial,
      set: row ? { by: row.by, at: row.createdAt.toISOString() } : null,
    };
  });
}
