import { readDetails } from "#lib/accounts/details";
import type { Level } from "#lib/sessions/levels";

/** The ways that reach a level, with the kind of authenticator that each needs. */
const WAYS = {
  "urn:sekisho:acr:password": [],
  "urn:sekisho:acr:sms": ["sms"],
  "urn:sekisho:acr:app": ["totp", "passkey"],
  "urn:sekisho:acr:passkey": ["passkey"],
} as const satisfies Record<Level, readonly string[]>;

/** The way of an account that reaches a level, or null where it has none. */
export async function wayTo(userId: string, level: Level): Promise<"sms" | "totp" | "passkey" | null> {
  const details = await readDetails(userId);
  const kinds = new Set(details?.authenticators.map(({ kind }) => kind));
  return WAYS[level].find((way) => kinds.has(way === "sms" ? "phone" : way)) ?? null;
}
