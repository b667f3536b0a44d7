import { getPublicSuffix, parse as parseDomain } from "tldts";
import { z } from "zod";
import { proxiesProblem } from "#lib/proxies";
import { isWebAddress } from "./contact.ts";

/** Schemas of single environment variables. */

export const isHttpsOrigin = (value: string) => {
  const url = URL.parse(value);
  return url !== null && url.protocol === "https:" && url.origin === value.replace(/\/$/, "");
};

/** Whether a domain is a host or a parent of it that can be registered; browsers refuse a public suffix, also that of a platform (github.io). */
export const isPasskeyDomain = (domain: string, host: string): boolean =>
  domain === host || (host.endsWith(`.${domain}`) && getPublicSuffix(domain, { allowPrivateDomains: true }) !== domain);

export const isPostable = (value: string) => {
  const url = URL.parse(value);
  return url?.protocol === "https:" || (url?.protocol === "http:" && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname));
};

/** What LINE or Google calls this site: the id and the secret of a channel or an OAuth client. */
export const clientId = z.string().regex(/^[\x21-\x7e]{1,256}$/, "must be visible ASCII characters");
export const clientSecret = z.string().regex(/^[\x21-\x7e]{16,256}$/, "must be 16 to 256 visible ASCII characters");

/** The issuer of ID tokens, without a path: https, or http on loopback for a trial. */
export const issuer = z
  .string()
  .refine((value) => isPostable(value) && new URL(value).origin === value, "must be an https origin, or http on loopback");

export const appKeys = z.string().refine(
  (value) =>
    value.split(",").every((entry) => {
      const [id, key] = entry.trim().split(":");
      return !!id && /^[A-Za-z0-9_-]{1,16}$/.test(id) && !!key && Buffer.from(key, "base64").length >= 32 && !/^(.)\1+$/.test(key);
    }),
  "must be id:key pairs, comma separated, the active one first; each key at least 32 random bytes in base64 (openssl rand -base64 32)",
);

export const proxies = z.string().superRefine((value, ctx) => {
  const problem = proxiesProblem(value);
  if (problem) ctx.addIssue(problem);
});

/** The name of a header that a proxy sets, and none that means something else to this program. */
export const countryHeader = z
  .string()
  .regex(/^(?!x-(?:forwarded|sekisho|real-ip))[a-z][a-z0-9-]{1,63}$/i, "must be the name of a header such as CF-IPCountry")
  .refine(
    (name) => !["host", "origin", "cookie", "authorization", "user-agent", "forwarded"].includes(name.toLowerCase()),
    "is another header",
  );

/** Whether the letters after a dot begin with a domain of the internet's root; words of Japanese may follow it without a space. */
const isTopLevel = (label: string): boolean =>
  [label, /^[a-z0-9-]*/i.exec(label)?.[0] ?? ""].some((name) => parseDomain(`a.${name}`).isIcann === true);

/** Whether a text has an address or a domain, which carriers filter and phones turn into links (SM-01). */
export const hasLink = (text: string): boolean =>
  /:\/\/|www\./i.test(text) ||
  [
    ...text
      .replaceAll("｡", ".")
      .normalize("NFKC")
      .matchAll(/[\p{L}\p{N}-]\.([\p{L}\p{N}-]+)/gu),
  ].some(([, label = ""]) => isTopLevel(label));

// The name appears in texts, mails and pages, so it must not contain a line break (a browser reads a line `@host #code`), a mark that reverses or
// hides text, or a link.
export const serviceNameField = z
  .string()
  .max(12)
  .refine((name) => /\S/.test(name) && !/[\p{C}\p{Zl}\p{Zp}@#]/u.test(name) && !hasLink(name), {
    message: "must be a plain name of at most 12 characters: no line breaks, invisible characters, @, #, or domain",
  });

/** A sender of texts as it is announced: a number or a name. */
export const senderField = z.string().regex(/^[\p{L}\p{N} +.-]{1,16}$/u, "must be at most 16 letters, digits, spaces, + . -");

/** The version of a document that people agree to, such as `2026-11`. */
export const documentVersion = z.string().regex(/^[\w.-]{1,32}$/, "must be at most 32 letters, digits, . _ -");

/** Digits that a payee may have in all: fewer than any code, so that no reader takes a name for one. */
const PAYEE_DIGITS = 3;

/** The payee of an act, which stands in texts, calls and pages: the rule of `SERVICE_NAME`, and no run of digits (SM-01). */
export const payeeField = serviceNameField.refine((name) => name.trim() === name && (name.match(/\p{N}/gu) ?? []).length <= PAYEE_DIGITS, {
  message: `must be a plain name of at most 12 characters with at most ${PAYEE_DIGITS} digits`,
});

/** Decimal amounts, at most 15 characters. */
export const AMOUNT = /^[1-9][0-9]{0,11}(\.[0-9]{1,2})?$/;

/** The most characters of a unit: with the longest amount, payee and service name a text is one segment still. */
export const UNIT_LENGTH = 4;

/** An act and its unit, as an operator sets them: `points_exchange:pt`. */
const ACT_AND_UNIT = new RegExp(`^[a-z][a-z0-9_]{0,31}:[\\p{L}\\p{Sc}]{1,${UNIT_LENGTH}}$`, "u");

/** The acts that may be confirmed, each with its unit. */
export const confirmationActs = z
  .string()
  .refine((value) => value.split(",").every((one) => ACT_AND_UNIT.test(one) && one.normalize("NFKC") === one), {
    message: `must be act:unit pairs, comma separated, such as points_exchange:pt: an act of small letters, digits and _, a unit of at most ${UNIT_LENGTH} letters`,
  });

export const webAddress = z.string().refine(isWebAddress, "must be an http(s) URL");

// URL parameters that override pg's options: our connections bring their own settings (lib/db/settings).
const SETTINGS_IN_URL = [
  "options",
  "statement_timeout",
  "lock_timeout",
  "idle_in_transaction_session_timeout",
  "query_timeout",
  "replication",
];

export const databaseUrl = z
  .string()
  .startsWith("postgres", "must be a postgres:// URL")
  .refine((value) => !SETTINGS_IN_URL.some((name) => URL.parse(value)?.searchParams.has(name)), {
    message: `must not set ${SETTINGS_IN_URL.join(", ")}: the product says itself what its connections rely on`,
  });
