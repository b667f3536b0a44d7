import { isIP } from "node:net";
import { signedHeaders } from "#lib/delivery/providers/webhook/signature";
import { env } from "#lib/env";
import { mayBeInside } from "#lib/events/endpoints";
import { type MayBeInside, post } from "#lib/events/post";

/** Posts what the product tells by itself to an address of the environment, signed. */

const ANSWER_MS = 5_000;

type Setting = "ALERT_WEBHOOK_URL" | "AUDIT_WEBHOOK_URL";

const SECRETS = { ALERT_WEBHOOK_URL: "ALERT_WEBHOOK_SECRET", AUDIT_WEBHOOK_URL: "AUDIT_WEBHOOK_SECRET" } as const;

/**
 * What may be inside for an address of the environment. One that is written as an address, or as this machine, is meant; a name is judged at each
 * connection, because its record may lead elsewhere by then (DNS rebinding).
 */
export function meantInside(url: string, { hosts, loopback }: MayBeInside): MayBeInside {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
  return { hosts: isIP(host) || host === "localhost" ? [...hosts, host] : hosts, loopback };
}

/** Posts a body as JSON to the address of a setting; nothing where it is not set. Throws when it was not accepted, so that the queue retries. */
export async function postSigned(setting: Setting, value: object): Promise<void> {
  const { [setting]: url, [SECRETS[setting]]: secret } = env();
  if (!url || !secret) return;
  const body = JSON.stringify(value);
  const headers = { "content-type": "application/json", ...signedHeaders(secret, body) };
  const posted = await post(url, { headers, body }, meantInside(url, mayBeInside()), AbortSignal.timeout(ANSWER_MS));
  if (!posted.ok)
    throw new Error(
      posted.failure === "private_address"
        ? `${setting} leads into the own network; name its host in EVENTS_PRIVATE_HOSTS if that is meant`
        : `${setting} does not answer`,
    );
  if (posted.status < 200 || posted.status > 299) throw new Error(`${setting} answered ${posted.status}`);
}
