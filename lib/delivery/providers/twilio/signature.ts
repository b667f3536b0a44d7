import { createHmac } from "node:crypto";
import { equalInConstantTime } from "#lib/crypto/hash";
import type { Callback } from "#lib/delivery/provider";

/** Twilio's proof on its callbacks: HMAC-SHA-1 over the address it was told and every parameter, keyed with the auth token. Pure. */

/** The parameters of a form, each with all its values. */
function formOf(body: string): Map<string, string[]> {
  const form = new Map<string, string[]>();
  for (const [key, value] of new URLSearchParams(body)) form.set(key, [...(form.get(key) ?? []), value]);
  return form;
}

/** What is signed after the address: keys in code unit order, and of a repeated key each different value once, in order, as the SDK does. */
function signedPart(form: Map<string, string[]>): string {
  const keys = [...form.keys()].sort();
  return keys
    .map((key) =>
      [...new Set(form.get(key))]
        .sort()
        .map((value) => key + value)
        .join(""),
    )
    .join("");
}

/** The address without a port, and with one (the standard port where it has none): Twilio signs now the one, now the other. */
function spellings(url: string): string[] {
  const parts = /^(https?:\/\/)([^/?#]*?)(:\d*)?([/?#].*)?$/s.exec(url);
  if (!parts) return [url];
  const [, scheme = "", host = "", port, rest = ""] = parts;
  return [scheme + host + rest, scheme + host + (port || (scheme === "https://" ? ":443" : ":80")) + rest];
}

/** The signature Twilio makes of an address and the form that is sent there, in base64. */
export const signatureOf = (authToken: string, url: string, body: string): string =>
  createHmac("sha1", authToken)
    .update(url + signedPart(formOf(body)))
    .digest("base64");

/**
 * Whether a callback is Twilio's and unchanged. The address is the configured public one, never what a header says (WH-01). The
 * signature carries no time: what a replay could do is bounded by receipts that only move forward (WH-02).
 */
export function isSigned({ url, headers, body }: Callback, authToken: string): boolean {
  const given = headers.get("x-twilio-signature") ?? undefined;
  const matches = spellings(url).map((one) => equalInConstantTime(given, signatureOf(authToken, one, body)));
  return matches.includes(true);
}
