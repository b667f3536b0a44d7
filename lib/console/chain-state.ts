import { readHead } from "#lib/audit/chain";
import { readProgress } from "#lib/audit/watch";
import { sql } from "#lib/db/sql";

/** What staff see of the chain of the audit log: whether it was verified, until which row, and its last anchor. Times are ISO 8601. */
export type ChainState = {
  state: "whole" | "under_way" | "broken" | "never";
  /** When a round last found no fault. */
  wholeAt: string | null;
  /** The seals that this round has verified, and all there are. */
  verified: string;
  sealed: string;
  /** The first event that is not what was written. */
  broken: { event: string; why: string } | null;
  /** The last head that was told outside. */
  anchor: { position: string; at: string } | null;
};

/** Reads how far the job that verifies the chain has come. */
export async function readChainState(): Promise<ChainState> {
  const [progress, head, [anchor]] = await Promise.all([
    readProgress(),
    readHead(sql),
    sql<{ position: string; at: string }>`
      SELECT position::text, to_json(at)#>>'{}' AS at FROM audit_heads ORDER BY position DESC LIMIT 1`,
  ]);
  const sealed = head.position.toString();
  const common = { sealed, anchor: anchor ?? null };
  if (progress === null) return { state: "never", wholeAt: null, verified: "0", broken: null, ...common };
  // A forged note of the job is a fault of the log itself.
  if (progress === "forged") return { state: "broken", wholeAt: null, verified: "0", broken: { event: "0", why: "progress" }, ...common };
  const { seal, wholeAt, broken } = progress;
  return {
    state: broken ? "broken" : wholeAt === null ? "under_way" : "whole",
    wholeAt: wholeAt === null ? null : new Date(wholeAt).toISOString(),
    verified: seal.position.toString(),
    broken: broken && { event: broken.eventId, why: broken.why },
    ...common,
  };
}
