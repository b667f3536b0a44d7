import { createHmac } from "node:crypto";
import { equalInConstantTime } from "#lib/crypto/hash";
import type { Callback } from "#lib/delivery/provider";

/** Twilio's signature on callbacks: HMAC-SHA-1 over the registered URL and all parameters, with the auth token as the key. Pure. */

/** The parameters of a form, each with all its values. */
function formOf(body: string): Map<string, string[]> {
  const form = new Map<string, string[]>();
  for (const [key, value] of new URLSearchParams(body)) form.set(key, [...(form.get(key) ?? []), value]);
  return form;
}

/** Returns the signed part after the URL: keys in code unit order; each distinct value of a repeated key once, like the SDK. */
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

/** Returns the URL without a port and with one (or the standard port): Twilio signs either form. */
function spellings(url: string): string[] {
  const parts = /^(https?:\/\/)([^/?#]*?)(:\d*)?([/?#].*)?$/s.exec(url);
  if (!parts) return [url];
  const [, scheme = "", host = "", port, rest = ""] = parts;
  return [scheme + host + rest, scheme + host + (port || (scheme === "https://" ? ":443" : ":80")) + rest];
}

/** Computes Twilio's signature of a URL and a form, in base64. */
export const expectedTwilioSignature = (authToken: string, url: string, body: string): string =>
  createHmac("sha1", authToken)
    .update(url + signedPart(formOf(body)))
    .digest("base64");

/**
 * Returns true if Twilio signed this callback; the URL is the configured public one, never from a header (WH-01). The signature has no timestamp,
 * but a replay is harmless, because receipts only move forward (WH-02).
 */
export function isTwilioSigned({ url, headers, body }: Callback, authToken: string): boolean {
  const given = headers.get("x-twilio-signature") ?? undefined;
  const matches = spellings(url).map((one) => equalInConstantTime(given, expectedTwilioSignature(authToken, one, body)));
  return matches.includes(true);
}
