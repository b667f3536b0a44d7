import type { Sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { type AddressPolicy, type Policy, policies, type Ring, shardsOf, UNPROVEN } from "#lib/limits/policy";
import { blocksOf, type Naming, naming } from "#lib/limits/subject";

/** One hit to count: a policy, its subject (canonical identifier), and the account that may give it back. */
type Hit = {
  policy: Policy;
  subject: string;
  owner?: string | null;
  /** Only the owner's own hits count here, so that hits of strangers on the same subject cannot refuse it (RL-06). */
  ownOnly?: boolean;
};

/** One take of a ring; `claims` lets it use the reserved part too. */
export type RingTake = { ring: Ring; subject: string; claims?: boolean };

export type Take = Hit | RingTake;

/** Which limit refused, and for how many seconds. */
export type Refusal = { policy: string; retryAfter: number };

const isRing = (take: Take): take is RingTake => "ring" in take;
const lifted = ({ bench, watched = false }: Pick<Ring, "bench" | "watched">) => watched || (bench && env().SEKISHO_LIMITS === "bench");

/** The largest int of PostgreSQL: a lifted ring always has room, so that a benchmark takes the steps of a site whose limits have room. */
const UNLIMITED = 2_147_483_647;

/** The stored subject of a hit. */
const subjectOf = (name: Naming, { policy, subject }: Hit) => name(`limit/${policy.name}`, subject);

/**
 * Counts one on every given limit, or on none if any is full, and returns the refusal of the first full one (null: all taken); atomic over all
 * processes. The locks last until the transaction ends (lock the row of a challenge before them, never after); with `given` the statement is sent
 * at once and keeps its place in a pipeline.
 */
export async function takeLimits(tx: Sql, takes: Take[], given?: Naming): Promise<Refusal | null> {
  const name = given ?? (await naming());
  const rows = inOrder(
    takes.filter((take): take is Hit => !isRing(take)).map((take) => ({ take, policy: take.policy.name, subject: subjectOf(name, take) })),
  ).flatMap((row) => row.take.policy.windows.map((window) => ({ ...row, window })));
  const rings = inOrder(
    takes
      .filter(isRing)
      .map(({ subject, ...take }) => ({ ...take, policy: take.ring.name, subject: name(`limit/${take.ring.name}`, subject) })),
  );
  const [refused] = await tx<{ refusedPolicy: string; retryAfter: number }>`
    SELECT * FROM take_limits(
      ${rows.map(({ policy }) => policy)}::text[], ${rows.map(({ subject }) => subject)}::bytea[],
      ${rows.map(({ take }) => take.owner ?? null)}::uuid[],
      ${rows.map(({ window }) => window.max)}::int[], ${rows.map(({ window }) => window.seconds)}::int[],
      ${rows.map(({ take }) => take.ownOnly ?? false)}::boolean[], ${rows.map(({ take }) => lifted(take.policy))}::boolean[],
      ${rings.map(({ ring }) => ring.name)}::text[], ${rings.map(({ subject }) => subject)}::bytea[],
      ${rings.map(({ ring }) => (lifted(ring) ? UNLIMITED : ring.max))}::int[], ${rings.map(({ ring }) => (lifted(ring) ? UNLIMITED : ring.unkept))}::int[],
      ${rings.map(({ claims }) => claims ?? false)}::boolean[], ${rings.map(({ ring }) => widthOf(ring))}::int[],
      ${rings.map(({ ring }) => shardsOf(ring))}::int[], ${rings.map(({ ring }) => lifted(ring))}::boolean[])`;
  return refused ? { policy: refused.refusedPolicy, retryAfter: refused.retryAfter } : null;
}

/** Sorts what is taken together: every take locks its limits in this one order. */
const inOrder = <T extends { policy: string; subject: Buffer }>(takes: T[]): T[] =>
  takes.sort((a, b) => (a.policy === b.policy ? a.subject.compare(b.subject) : a.policy < b.policy ? -1 : 1));

/** The width of one bucket of a ring in seconds. */
export const widthOf = ({ seconds }: Pick<Ring, "seconds">): number => Math.ceil(seconds / 60);

/** The takes of one ring for an address and for the blocks around it. */
export const ringOfBlocks = (ring: Ring, address: string): RingTake[] =>
  blocksOf(address).map(({ name, factor }) => ({ ring: { ...ring, max: ring.max * factor, unkept: ring.unkept * factor }, subject: name }));

/** The SQL values that count an event against an address and the blocks around it (`address_lanes`). */
export function addressTake(name: Naming, policy: AddressPolicy, address: string) {
  const blocks = inOrder(
    blocksOf(address).map((block) => ({ ...block, policy: policy.name, subject: name(`limit/${policy.name}`, block.name) })),
  );
  return {
    policy: policy.name,
    blocks: blocks.map(({ subject }) => subject),
    maxima: blocks.map(({ factor }) => policy.max * factor),
    seconds: policy.seconds,
    crowdedMaxima: blocks.map(({ factor }) => policy.crowded.max * factor),
    crowdedSeconds: policy.crowded.seconds,
  };
}

/** Counts one event against an address; returns the seconds to wait if the address is crowded, else null. */
export async function takeAddress(tx: Sql, policy: AddressPolicy, address: string): Promise<number | null> {
  const take = addressTake(await naming(), policy, address);
  const [row] = await tx<{ wait: number | null }>`
    SELECT take_address(${take.policy}, ${take.blocks}::bytea[], ${take.maxima}::int[], ${take.seconds}::int,
      ${take.crowdedMaxima}::int[], ${take.crowdedSeconds}::int) AS wait`;
  return lifted({ bench: true }) ? null : (row?.wait ?? null);
}

/** Tells whether a hit was counted against a subject within the last `seconds`. */
export async function wasHitSince(tx: Sql, hit: Hit, seconds: number): Promise<boolean> {
  const hits = await tx`
    SELECT 1 FROM limit_hits WHERE policy = ${hit.policy.name} AND subject = ${subjectOf(await naming(), hit)}
      AND at > app_now() - make_interval(secs => ${seconds}::int) LIMIT 1`;
  return hits.length > 0;
}

/** Gives back the hits of an attempt that was right. */
export async function giveBackHits(tx: Sql, hitIds: readonly string[]): Promise<void> {
  if (hitIds.length > 0) await tx`DELETE FROM limit_hits WHERE id = ANY(${hitIds}::bigint[])`;
}

/** Gives back the account's share of unproven sends after a successful verification (`UNPROVEN`), and hits by their ids. */
export async function giveBackSends(tx: Sql, userId: string, hitIds: readonly string[] = []): Promise<void> {
  await tx`DELETE FROM limit_hits WHERE id = ANY(${hitIds}::bigint[]) OR (owner = ${userId}::uuid AND policy = ANY(${[...UNPROVEN]}::text[]))`;
}

/** Keeps the sends to a replaced number counted against that number, because a later success proves another number. */
export async function keepSends(tx: Sql, userId: string): Promise<void> {
  await tx`
    UPDATE limit_hits SET owner = NULL
    WHERE owner = ${userId}::uuid AND policy = ANY(${UNPROVEN.filter((name) => name !== policies.sendsPerAccount.name)}::text[])`;
}
