import { env } from "#lib/env";

/** The relying party that passkeys belong to. */

/** The id that passkeys are bound to: the host of APP_URL, or the parent domain that the operator chose. */
export const partyId = (): string => env().passkeyDomain;

/** The origins that may use them: those of this site whose host lies within that id, spelled out in full. */
export const partyOrigins = (): string[] =>
  env().origins.filter((origin) => {
    const host = new URL(origin).hostname;
    return host === partyId() || host.endsWith(`.${partyId()}`);
  });

/** ES256, EdDSA and RS256: named, because a newer runtime would prefer keys that an instance on an older one cannot verify. */
export const ALGORITHMS = [-7, -8, -257];

/** How long a browser has for its dialog, in seconds. */
export const CEREMONY_SECONDS = 300;

/** A random challenge of 256 bits. */
export const NONCE_BYTES = 32;

/** The handle under which a passkey stores its account: the bytes of its id, which are random and reveal nothing. */
export const handleOf = (userId: string): Buffer => Buffer.from(userId.replaceAll("-", ""), "hex");
