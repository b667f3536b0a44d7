import { durableHash, durableKey } from "#lib/db/durable-keys";
import { BLOCK_FACTORS } from "#lib/limits/policy";

/** Derives the subject of a limit or a brake, or the name of a number that changes hands: 32 bytes that reveal no address and no number. */
export type Naming = (scope: string, subject: string) => Buffer;

/** Loads the naming of this installation. Its key is independent of APP_KEYS, so that limits survive a key rotation (RL-05). */
export async function naming(): Promise<Naming> {
  const key = await durableKey("limits");
  return (scope, subject) => durableHash(key, scope, subject);
}

/** An address block as a limit counts it, with its multiple of the limit: an IPv4 address, or an IPv6 /64 and the /56 and /48 around it. */
type Block = { name: string; factor: number };

/**
 * The blocks of a client address in `limiterKey` form (an IPv4 address, or `a:b:c:d::/64`), the narrowest first (RL-03). An address that another
 * system names has the id of its key and a space before it, and so counts for that system alone.
 */
export function blocksOf(address: string): Block[] {
  const groups = /^((?:[0-9a-f-]{36} )?[0-9a-f]{1,4}):([0-9a-f]{1,4}):([0-9a-f]{1,4}):([0-9a-f]{1,4})::\/64$/.exec(address)?.slice(1);
  if (!groups) return [{ name: address, factor: 1 }];
  const [site, last = "0"] = [groups.slice(0, 3).join(":"), groups[3]];
  const wide = (Number.parseInt(last, 16) & 0xff00).toString(16);
  const [narrow, wider, widest] = BLOCK_FACTORS;
  return [
    { name: address, factor: narrow },
    { name: `${site}:${wide}::/56`, factor: wider },
    { name: `${site}::/48`, factor: widest },
  ];
}
