import { record } from "#lib/audit/record";
import { keyFingerprint, provenRestore } from "#lib/crypto/proofs";
import type { Refused } from "#lib/errors";
import { fail, ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";

/** The facts of go-live that only a person can have seen, each with the proof that it asks for. */

export const seenFacts = ["keys", "restored"] as const;
export type SeenFact = (typeof seenFacts)[number];

/** What a proof says: the fingerprint of the active key, or the day of a restore; null for a proof that is none. */
function provenBy(fact: SeenFact, proof: string): string | null {
  if (fact === "restored") return provenRestore(proof);
  return proof === keyFingerprint() ? proof : null;
}

/** Confirms a fact by its proof as it was typed. Refusals: those of `requireStaff`, and a wrong proof at its field. */
export async function confirmFact(acting: Acting, fact: SeenFact, typed: string): Promise<Result<null, Refused>> {
  const value = provenBy(fact, typed.normalize("NFKC").trim().toLowerCase());
  return actAsStaff(acting, { act: "setup.confirm" }, async (tx, { by }) => {
    if (value === null) return fail({ code: "invalid_input", fields: { proof: "invalid_input" } });
    await tx`INSERT INTO seen_facts (name, value, by) VALUES (${fact}, ${value}, ${by})`;
    await record(tx, { event: "setup.confirmed", method: `${fact} ${by}`, ip: "", userAgent: "" });
    return ok(null);
  });
}
