import { numberHashes } from "#lib/crypto/number-seal";
import { sql } from "#lib/db/sql";
import type { LostReason, Named, Receipt } from "#lib/delivery/provider";

/** Matches a receipt to its attempt when its id is ambiguous. */

/** An attempt with one of the names; `recipient` tells whether its number equals the receipt's, null if either is missing. */
type Found = { id: string; name: string; recipient: boolean | null };

const sureOf = (list: readonly Named[], { name }: Found) => list.find((one) => one.name === name)?.sure;

/**
 * Picks the only certain attempt of a list of names, or the reason why there is none, so that a receipt never updates the text of another person.
 */
function only(list: readonly Named[], found: readonly Found[], corroborated: boolean): { id: string } | LostReason {
  const candidates = found.filter((one) => sureOf(list, one));
  const agreed = candidates.filter((one) => one.recipient);
  const [first, ...others] = agreed.length > 0 ? agreed : candidates.filter((one) => sureOf(list, one) === "yes");
  if (first && (agreed.length > 0 || !corroborated)) return others.length > 0 ? "ambiguous" : { id: first.id };
  const [last, ...more] = candidates;
  if (!last) return "unmatched";
  if (more.length > 0) return "ambiguous";
  if (last.recipient === false) return "other_recipient";
  return sureOf(list, last) === "likely" && !corroborated ? { id: last.id } : "base_unknown";
}

/**
 * Picks the attempt that a receipt's names refer to. Two lists without a common name may match one attempt but not two; the second (the text's id)
 * counts only with the recipient's number.
 */
export function meant(names: readonly (readonly Named[])[], found: readonly Found[]): { id: string } | LostReason {
  const [first = [], second] = names;
  if (!second) return only(first, found, false);
  const [byFirst, bySecond] = [first, second].map((list) => found.some((one) => sureOf(list, one)));
  if (byFirst && bySecond) return "contradictory";
  return byFirst ? only(first, found, false) : only(second, found, true);
}

/** Finds an account's attempts by the names of a receipt; of several with the same name the one with the recipient's number, then the latest. */
export async function matchReceipt(accountId: string, names: readonly (readonly Named[])[], to: Receipt["to"] = []) {
  const wanted = [...new Set(names.flat().map(({ name }) => name))];
  const hashes = to.flatMap(numberHashes).map((hash) => hash.toString("hex"));
  const found = await sql<Found>`
    SELECT DISTINCT ON (name) id, name, recipient FROM (
      SELECT a.id, a.provider_ref AS name, a.started_at,
        CASE WHEN p.id IS NOT NULL AND cardinality(${hashes}::text[]) > 0 THEN encode(p.number_hash, 'hex') = ANY(${hashes}::text[]) END AS recipient
      FROM delivery_attempts a JOIN messages m ON m.id = a.message_id AND m.created_at = a.message_at LEFT JOIN phones p ON p.id = m.authenticator_id
      WHERE a.account_id = ${accountId}::uuid AND a.provider_ref = ANY(${wanted}::text[])) named
    ORDER BY name, recipient IS TRUE DESC, started_at DESC`;
  return meant(names, found);
}
