import type { ErrorCode, Refused } from "#lib/errors";
import { fail, ok, type Result } from "#lib/result";
import type { Level } from "#lib/sessions/levels";

/** Pure: what a service may be registered with, and which addresses are its own. */

/**
 * Where a service runs (RFC 6749 2.1): `web` on a server, which keeps a secret; `browser` as script of a page and `native` as an app on a device, which
 * keep none.
 */
export const profiles = ["web", "browser", "native"] as const;
export type Profile = (typeof profiles)[number];

/** What is typed for a service; URLs are exact. */
export type Registration = {
  name: string;
  profile: Profile;
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  backchannelLogoutUri: string | null;
  firstParty: boolean;
  pairwise: boolean;
  /** The least level of a sign-in, which the service need not ask for itself. */
  level: Level | null;
};

const LONGEST_URL = 2_000;
const MOST_URLS = 10;
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** A scheme of an app: a domain name of its maker in reverse order, so that it has a dot (RFC 8252 7.1). */
const APP_SCHEME = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/;

/** An https URL, or http on loopback, without a fragment or credentials (OpenID Connect Core 3.1.2.1, RFC 9700 2.1); of an app also RFC 8252 7. */
function isAddress(text: string, profile: Profile): boolean {
  const url = URL.parse(text);
  if (!url || text.length > LONGEST_URL || /[\s#*]/.test(text) || url.username || url.password) return false;
  const { protocol, hostname } = url;
  if (profile !== "native") return protocol === "https:" || (protocol === "http:" && LOOPBACK.includes(hostname));
  if (protocol === "https:") return !LOOPBACK.includes(hostname);
  // `localhost` may be another machine (RFC 8252 8.3).
  return protocol === "http:" ? hostname !== "localhost" && LOOPBACK.includes(hostname) : APP_SCHEME.test(protocol);
}

const refused = (field: string, code: ErrorCode): Result<never, Refused> => fail({ code: "invalid_input", fields: { [field]: code } });

/**
 * Judges what was typed. All addresses of a service to return to have one host, so that its `sub` belongs to one site; those of an app have none, and
 * its `sub` belongs to the app.
 */
export function judged(typed: Registration): Result<Registration, Refused> {
  const { profile, redirectUris, postLogoutRedirectUris, backchannelLogoutUri } = typed;
  const name = typed.name.trim().normalize("NFC");
  if (name === "" || name.length > 80 || /\p{C}/u.test(name)) return refused("name", "required");
  const wrong = profile === "native" ? "app_url_invalid" : "url_invalid";
  const addresses = (urls: readonly string[]) => urls.length <= MOST_URLS && urls.every((url) => isAddress(url, profile));
  if (redirectUris.length === 0 || !addresses(redirectUris)) return refused("redirectUris", wrong);
  if (profile !== "native" && new Set(redirectUris.map((one) => new URL(one).host)).size > 1)
    return refused("redirectUris", "not_one_host");
  if (!addresses(postLogoutRedirectUris)) return refused("postLogoutRedirectUris", wrong);
  if (backchannelLogoutUri !== null && !isAddress(backchannelLogoutUri, "web")) return refused("backchannelLogoutUri", "url_invalid");
  return ok({ ...typed, name, redirectUris: [...new Set(redirectUris)], postLogoutRedirectUris: [...new Set(postLogoutRedirectUris)] });
}

/** A loopback address without its port, or null for any other. */
const withoutPort = (uri: string): string | null => {
  const [, scheme, rest] = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::\d{1,5})?((?:[/?].*)?)$/.exec(uri) ?? [];
  return scheme === undefined ? null : `${scheme}${rest}`;
};

/** Whether an address is one of those registered, exactly; an app listens on loopback at any port (RFC 8252 7.3). */
export function isRegistered(profile: Profile, registered: readonly string[], uri: string): boolean {
  if (registered.includes(uri)) return true;
  const plain = profile === "native" ? withoutPort(uri) : null;
  return plain !== null && registered.some((one) => withoutPort(one) === plain);
}

/** The origins from which scripts of a service call this site: those of its pages, for one that runs in a browser, and none for any other. */
export const originsOf = ({ profile, redirectUris }: Pick<Registration, "profile" | "redirectUris">): string[] =>
  profile === "browser" ? redirectUris.map((uri) => new URL(uri).origin) : [];

/** How pages name the target of an address: its host, or the scheme of an app. */
export function placeOf(uri: string): string {
  const { host, protocol } = new URL(uri);
  return host || protocol.slice(0, -1);
}
