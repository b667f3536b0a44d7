import { durableHash, durableKey } from "#lib/db/durable-keys";

/** The token of a verification's challenge: derived from its id, so that no client stores it. 43 characters, as of every challenge. */
export const tokenOf = async (id: string): Promise<string> =>
  durableHash(await durableKey("limits"), "verification/token", id).toString("base64url");
