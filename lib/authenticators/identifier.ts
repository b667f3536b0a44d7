import { parseEmail } from "#lib/authenticators/addresses/email";
import { parseNumber } from "#lib/authenticators/phones/number";
import { env } from "#lib/env";

/** The account that a person names, by address or number, in one spelling. */
export type Identifier = { kind: "email" | "phone" | "none"; value: string };

/** Normalises an identifier; input that is neither an address nor a number is only truncated. */
export function canonicalIdentifier(typed: string): Identifier {
  const email = parseEmail(typed);
  if (email) return { kind: "email", value: email };
  const number = parseNumber(typed, env().ALLOWED_COUNTRIES.split(","));
  return number.ok ? { kind: "phone", value: number.value.e164 } : { kind: "none", value: typed.slice(0, 254).toLowerCase() };
}
