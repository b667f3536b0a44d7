import { createHash } from "node:crypto";

/** The digest of a service's secret: it has 256 random bits, so no key and no cost are needed, and no rotation of keys touches it. 32 bytes. */
export const clientSecretHash = (secret: string): Buffer => createHash("sha256").update(`openid-client\0${secret}`).digest();
