import type { ChainHead } from "#lib/audit/chain";
import { singleton } from "#lib/singleton";

/**
 * The newest head that this process has seen: kept in memory, out of reach of an attacker with database access, so that a truncated chain is
 * detected.
 */

const memory = () => singleton("audit-head", (): { head: ChainHead | null } => ({ head: null }));

/** Stores a head unless it is older than the stored one. */
export function rememberHead(head: ChainHead): void {
  const known = memory().head;
  if (!known || head.position > known.position) memory().head = head;
}

/** Returns the newest head seen so far, or null. */
export const rememberedHead = (): ChainHead | null => memory().head;
