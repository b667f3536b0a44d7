import { dayBegins, isRowId, type Place, placeOf, placeText } from "#lib/console/message-filter";

/** Pure: the filters of the audit log, from its address and back. What cannot be read is no filter. */

export type AuditFilter = {
  /** The author: an address of staff, `staff:PSEUDONYM` or `cli:NAME`. */
  actor?: string;
  /** The account: its id, its pseudonym or its address. */
  target?: string;
  /** The event, or the beginning of its name up to the point. */
  act?: string;
  ip?: string;
  /** Days in Japan, the first and the last one. */
  from?: string;
  to?: string;
  before?: Place;
};

const patterns: Record<Exclude<keyof AuditFilter, "before">, RegExp> = {
  actor: /^[^\s]{1,320}$/u,
  target: /^[^\s]{1,320}$/u,
  act: /^[a-z_]{1,30}\.(?:[a-z_]{1,40})?$/,
  ip: /^[0-9A-Fa-f.:]{2,45}(?:\/\d{1,3})?$/,
  from: /^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/,
  to: /^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/,
};

type Query = Record<string, string | string[] | undefined>;

const isEventId = (id: string): boolean => /^\d{1,18}$/.test(id);

/** Reads the filters of an address. */
export function auditFilterOf(query: Query): AuditFilter {
  const read = Object.entries(patterns).flatMap(([name, pattern]) => {
    const value = query[name];
    return typeof value === "string" && pattern.test(value.trim()) ? [[name, value.trim()]] : [];
  });
  const before = placeOf(query.before, isEventId);
  return { ...Object.fromEntries(read), ...(before ? { before } : {}) };
}

/** The address of the log, or of its file, with filters. */
export function auditHref({ before, ...filter }: AuditFilter, path: "/admin/audit" | "/admin/audit.csv" = "/admin/audit"): string {
  const query = new URLSearchParams(Object.entries(filter).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
  if (before) query.set("before", placeText(before));
  return query.size > 0 ? `${path}?${query}` : path;
}

/** The author that a text names directly; null where it has to be looked up. */
export const authorIn = (actor: string): string | null => (/^(?:staff|cli):\S+$/.test(actor) ? actor : null);

/** The times of a filter. */
export const timesOf = ({ from, to }: Pick<AuditFilter, "from" | "to">): { since: Date | null; until: Date | null } => ({
  since: from ? dayBegins(from) : null,
  until: to ? dayBegins(to, 1) : null,
});

export { isRowId };
