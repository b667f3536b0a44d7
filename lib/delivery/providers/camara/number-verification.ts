import { exchange, jsonObject } from "#lib/delivery/providers/http";

/**
 * CAMARA's Number Verification. No page offers it: its three-legged token is given to a browser on mobile data by the operator's own sign-in, for which
 * no Japanese operator's terms could be verified.
 */

/** A call with the token of one device; `address` is the API with its version. */
type Device = { address: string; accessToken: string };

/** Returns whether the device behind a token has this E.164 number; null where the network does not say (Wi-Fi, an ended token, no answer). */
export async function deviceHasNumber({ address, accessToken }: Device, phoneNumber: string, signal: AbortSignal): Promise<boolean | null> {
  const headers = {
    authorization: `Bearer ${accessToken}`,
    "content-type": "application/json",
    accept: "application/json",
    "user-agent": "Sekisho",
  };
  const answer = await exchange(`${address}/verify`, { method: "POST", headers, body: JSON.stringify({ phoneNumber }) }, signal);
  if (!answer.ok || answer.status !== 200) return null;
  const verified = jsonObject(answer.text)?.devicePhoneNumberVerified;
  return typeof verified === "boolean" ? verified : null;
}
