import { createHmac } from "node:crypto";
import { availableParallelism } from "node:os";
import { hash, verify } from "@node-rs/argon2";
import { type Foreign, makeForeign } from "#lib/crypto/foreign-hash";
import { equalInConstantTime } from "#lib/crypto/hash";
import { HasherLine, type Place } from "#lib/crypto/hasher-line";
import { activeKeyId, keyFor } from "#lib/crypto/keys";
import { env } from "#lib/env";
import { singleton } from "#lib/singleton";

/** OWASP Password Storage: argon2id with at least 19 MiB, two passes, one lane. */
const COST = { algorithm: 2 /* argon2id */, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const MARK = `$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$`;

/** Maximum length of the hasher's queue; at 11 to 25 ms per hash on one lane the last one waits two to five seconds. */
const QUEUE = 200;

/** Thrown when more hashing is asked for than the queue holds; the answer is 503 (PW-05). */
export class HasherBusy extends Error {}

class Gate {
  running = 0;
  readonly line = new HasherLine(QUEUE);
}

/** Length of the queue from which hashing also uses the last processor. */
const LONG_QUEUE = 4;

/**
 * Maximum concurrent hashes. One processor is left for all other work, unless the queue of the hasher is so long that its wait is the
 * longest.
 */
function widthOf(waiting: number): number {
  const processors = availableParallelism();
  return Math.min(env().HASH_CONCURRENCY, waiting >= LONG_QUEUE ? processors : Math.max(1, processors - 1));
}

async function bounded<T>(place: Place, work: () => Promise<T>): Promise<T> {
  const gate = singleton("hasher", () => new Gate());
  if (gate.line.waiting === 0 && gate.running < widthOf(0)) gate.running += 1;
  else {
    const turn = gate.line.join(place);
    // The longer queue may open one more slot, which goes to its first entry and not to the newcomer.
    if (gate.running < widthOf(gate.line.waiting) && gate.line.next()) gate.running += 1;
    if (!(await turn)) throw new HasherBusy("too many passwords at once");
  }
  try {
    return await work();
  } finally {
    // The slot passes directly to the next entry, so that `running` never dips and no newcomer overtakes. A surplus slot closes.
    if (gate.running > widthOf(gate.line.waiting) || !gate.line.next()) gate.running -= 1;
  }
}

const pepper = (keyId: string) => keyFor(keyId, "pepper")?.export() ?? null;

/** Normalises a password before hashing: RFC 8265 OpaqueString maps every space to U+0020 and composes (NFC), and keeps the width of characters. */
export const prepared = (secret: string): string => secret.replace(/\p{Zs}/gu, " ").normalize("NFC");

/** Hashes a secret with argon2id and the keyed pepper: `keyId:$argon2id$…`. Throws `HasherBusy` beyond the queue. */
export async function hashSecret(secret: string, place: Place = {}): Promise<string> {
  const keyId = activeKeyId();
  const encoded = await bounded(place, () => hash(prepared(secret), { ...COST, secret: pepper(keyId) ?? undefined }));
  return `${keyId}:${encoded}`;
}

/** Marks the hash of another system behind the key's id. */
const FOREIGN = "~";

const keyed = (key: Buffer, scheme: string, digest: Buffer): string =>
  createHmac("sha256", key).update(`${scheme}\0`).update(digest).digest("base64url");

/** Stores the hash of another system under the pepper, so that the database alone does not tell whether a guess is right. */
export function keepForeign({ scheme, digest }: Pick<Foreign, "scheme" | "digest">): string {
  const keyId = activeKeyId();
  const key = pepper(keyId);
  if (!key) throw new Error("there is no pepper");
  return `${keyId}:${FOREIGN}${scheme}${FOREIGN}${FOREIGN}${keyed(key, scheme, digest)}`;
}

/** Whether a stored hash is another system's. */
export const isForeign = (stored: string): boolean => stored.includes(`:${FOREIGN}`);

/** Compares a typed password, as it was typed, with the hash of another system; our own work comes on top, so that a wrong one costs no less. */
async function matchesForeign(stored: string, typed: string, place: Place): Promise<boolean> {
  const [keyId = "", rest = ""] = [stored.slice(0, stored.indexOf(":")), stored.slice(stored.indexOf(":") + 2)];
  const end = rest.lastIndexOf(FOREIGN + FOREIGN);
  const [scheme, kept] = [rest.slice(0, end), rest.slice(end + 2)];
  const key = pepper(keyId);
  const digest = await bounded(place, () => makeForeign(scheme, typed));
  return key !== null && equalInConstantTime(keyed(key, scheme, digest), kept);
}

/** A hash without a known password: checking against it costs as much as checking a real one. */
const DECOY = `$argon2id$v=19${MARK}nEcEhl9LI8ATPU6yPl7iHA$sywcJIb8TbppEuxoaYY1Ef7b/oy5KBskoyVsUu51HvQ`;

async function matches(stored: string | null, secret: string, place: Place): Promise<boolean> {
  const at = stored?.indexOf(":") ?? -1;
  const keyId = stored && at > 0 ? stored.slice(0, at) : activeKeyId();
  const encoded = stored && at > 0 ? stored.slice(at + 1) : DECOY;
  const key = pepper(keyId);
  const right = await bounded(place, () => verify(encoded, secret, { secret: key ?? undefined }));
  return right && stored !== null && key !== null;
}

/** Compares a secret with a stored hash; null stands for an unknown account and costs the same. Throws `HasherBusy` when the queue is full. */
export async function verifySecret(stored: string | null, secret: string, place: Place = {}): Promise<boolean> {
  if (stored !== null && isForeign(stored)) {
    const [right] = await Promise.all([matchesForeign(stored, secret, place), matches(null, secret, place)]);
    return right;
  }
  const now = prepared(secret);
  if (await matches(stored, now, place)) return true;
  // A hash from before spaces were mapped; tried for every account alike, and only if the two forms differ.
  const before = secret.normalize("NFC");
  return before !== now && matches(stored, before, place);
}

/** Whether a stored hash was made with a lower cost, an older pepper than today's, or by another system. */
export const needsRehash = (stored: string): boolean => !stored.startsWith(`${activeKeyId()}:`) || !stored.includes(MARK);
