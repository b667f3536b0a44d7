/** Pure: the hosts of other services as operators register them, and the level that a path there asks for. */

/** What a session must rest on, from the weakest to the strongest: any session, two factors, a passkey. */
export const siteLevels = ["aal1", "aal2", "passkey"] as const;

/** A level, also the value of `Remote-Acr`. */
export type SiteLevel = (typeof siteLevels)[number];

/** A registered host; `levels` has what the paths that begin alike ask for. */
export type Site = { id: string; host: string; level: SiteLevel; levels: Readonly<Record<string, SiteLevel>> };

/** Whether a text is a level. */
export const isSiteLevel = (text: string): text is SiteLevel => (siteLevels as readonly string[]).includes(text);

/** Whether a session of one level may open what asks for another. */
export const suffices = (has: SiteLevel, asked: SiteLevel): boolean => siteLevels.indexOf(has) >= siteLevels.indexOf(asked);

const strictest = (levels: readonly SiteLevel[]): SiteLevel =>
  siteLevels[Math.max(...levels.map((one) => siteLevels.indexOf(one)))] ?? "passkey";

const HOST = /^(?=[^:]{1,253}(?::|$))[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::[0-9]{1,5})?$/;

/** Returns the one spelling of a host under a scheme: lower case, punycode, no final dot, no default port; null for anything else. */
export function siteHost(typed: string, scheme: "http:" | "https:"): string | null {
  if (!/^[^\s/\\?#@%*[\]]+$/u.test(typed)) return null;
  const host = URL.parse(`${scheme}//${typed}/`)?.host.replace(/\.(?=:|$)/, "") ?? "";
  return HOST.test(host) ? host : null;
}

/** Whether a text can be the beginning of paths: visible ASCII in its one spelling. */
export const isPrefix = (text: string): boolean =>
  /^\/[\x21-\x7e]*$/.test(text) && text.length <= 200 && !/[?#%\\;]|\/\/|\/\.{1,2}(?:\/|$)/.test(text);

/** The most times that a path may be escaped over again; beyond that its meaning for a service is unknown. */
const DECODINGS = 4;

/** A path as a service might normalise it: one kind of slash, in lower case, without parameters, single dots and empty segments. */
function plain(path: string): string {
  const names = path.split(/[/\\]/).map((segment) => segment.split(";", 1)[0]);
  return `/${names.filter((name) => name !== "" && name !== ".").join("/")}`.toLowerCase();
}

/** A segment that leads upwards; its target depends on how a service parses slashes, parameters and the end of a path. */
const UPWARDS = /[/\\]\.\.(?![\p{L}\p{N}._~-])/u;

/** Returns a path as it was sent and after each decoding; null where its last meaning is unknown. Browsers resolve dots before they send. */
function readings(path: string): string[] | null {
  if (path.includes("#")) return null;
  const found = [path];
  for (let last = path; last.includes("%"); found.push(last)) {
    if (found.length > DECODINGS) return null;
    try {
      last = decodeURIComponent(last);
    } catch {
      return null;
    }
  }
  return found.some((reading) => UPWARDS.test(reading)) ? null : found;
}

/** Whether a reading lies below a prefix, with and without its odd parts. */
const begins = (reading: string, prefix: string): boolean => {
  const wanted = prefix.toLowerCase();
  return reading.toLowerCase().startsWith(wanted) || `${plain(reading)}/`.startsWith(wanted);
};

/**
 * Returns the level that a request target of a site asks for: the strictest of its host and of every prefix that any reading of the path has. A path
 * that leads upwards or cannot be decoded gets the strictest of all, so that no spelling goes around a prefix.
 */
export function levelOf({ level, levels }: Pick<Site, "level" | "levels">, target: string): SiteLevel {
  const all = Object.entries(levels);
  const path = target.split("?", 1)[0] ?? "";
  const read = readings(path);
  const met = read ? all.filter(([prefix]) => read.some((one) => begins(one, prefix))) : all;
  return strictest([level, ...met.map(([, one]) => one)]);
}

/** Longest path that is carried along to come back to. */
const LONGEST = 1000;

/** Returns the path that a browser comes back to: the target, without its query where that is too long, else the first page. */
export function pathBack(target: string): string {
  for (const path of [target, target.split("?", 1)[0] ?? ""])
    if (/^\/[\x21-\x7e]*$/.test(path) && path.length <= LONGEST && !path.startsWith("/.sekisho/")) return path;
  return "/";
}

/** The path that a parameter carries, in base64url; the first page for anything else. */
export const pathFrom = (carried: string | null | undefined): string =>
  pathBack(Buffer.from(carried ?? "", "base64url").toString("latin1"));

/** A path as a parameter carries it: no escape in it, so that every reader sees one spelling. */
export const carriedPath = (path: string): string => Buffer.from(path, "latin1").toString("base64url");
