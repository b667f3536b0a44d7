/** Pure: the named levels of a sign-in (OpenID Connect Core 2, `acr`), the weakest first. */

export const levels = ["urn:sekisho:acr:password", "urn:sekisho:acr:sms", "urn:sekisho:acr:app", "urn:sekisho:acr:passkey"] as const;

/** The name of a level. */
export type Level = (typeof levels)[number];

const isLevel = (text: string): text is Level => (levels as readonly string[]).includes(text);

/** The level that the methods of a session reach (RFC 8176 words); a recovery code counts as a text, a trusted browser as its password. */
export function levelOf(amr: readonly string[]): Level {
  if (amr.includes("hwk")) return "urn:sekisho:acr:passkey";
  if (amr.includes("otp")) return "urn:sekisho:acr:app";
  return ["sms", "tel", "rc"].some((word) => amr.includes(word)) ? "urn:sekisho:acr:sms" : "urn:sekisho:acr:password";
}

/** The weakest level that `acr_values` takes, or null where it names none of ours. */
export function leastOf(acrValues: string | undefined): Level | null {
  const named = (acrValues ?? "").split(" ").filter(isLevel);
  return levels.find((level) => named.includes(level)) ?? null;
}

/** Whether a level is at least another. */
export const reaches = (has: Level, least: Level): boolean => levels.indexOf(has) >= levels.indexOf(least);

/** The stronger of two levels of which each may be missing. */
export const strongerOf = (one: Level | null, other: Level | null): Level | null =>
  one && other ? (reaches(one, other) ? one : other) : (one ?? other);

/** The levels that an operator may demand, by the last word of their names; the weakest demands nothing. */
export const demandable = ["sms", "app", "passkey"] as const;

/** The level of such a word, or null for any other. */
export const levelNamed = (word: string): Level | null =>
  demandable.some((one) => one === word) ? `urn:sekisho:acr:${word as (typeof demandable)[number]}` : null;

/** The word of a level, or "none". */
export const wordOfLevel = (level: Level | null): string => level?.split(":").at(-1) ?? "none";
