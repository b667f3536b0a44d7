import { signReceipt, VERIFICATION_RECEIPT_TYPE } from "#lib/accounts/receipt";
import { maskNumber } from "#lib/authenticators/numbers/number";
import type { ChallengeState, ChallengeView } from "#lib/challenges/challenge";
import type { ConfirmedValues } from "#lib/crypto/confirmation-digest";
import { openClaimed } from "#lib/crypto/number-seal";
import { type Sql, sql } from "#lib/db/sql";
import { readChallengeById } from "#lib/purposes/challenges";

/** What a key may know of its verification; times are ISO 8601. */
export type Verification = {
  id: string;
  status: "pending" | "approved" | "expired" | "exhausted";
  /** The last two digits of the number. */
  to: string;
  delivery: ChallengeView["delivery"];
  attemptsLeft: number;
  sendsLeft: number;
  resendAt: { sms?: string; voice?: string };
  expiresAt: string;
  /** The signed proof of the act that was named, once approved. */
  receipt?: string;
};

const statuses = {
  open: "pending",
  consumed: "approved",
  exhausted: "exhausted",
  expired: "expired",
  replaced: "expired",
} as const satisfies Record<ChallengeState, Verification["status"]>;

type Row = { sealed: string; keyName: string } & { [part in keyof ConfirmedValues]: ConfirmedValues[part] | null };

function valuesOf({ act, unit, amount, payee, reference }: Row): ConfirmedValues | null {
  if (act === null || unit === null || amount === null || payee === null || reference === null) return null;
  return { act, unit, amount, payee, reference };
}

/** Reads a verification of a key; null for any other's, and for one that is gone a day after its end. */
export async function readVerification(keyId: string, id: string, tx: Sql = sql): Promise<Verification | null> {
  const [own] = await tx<Row>`
    SELECT v.number_sealed AS sealed, k.name AS key_name, v.act, v.unit, v.amount, v.payee, v.reference
    FROM verifications v JOIN api_keys k ON k.id = v.key_id WHERE v.id = ${id}::uuid AND v.key_id = ${keyId}::uuid`;
  const read = own && (await readChallengeById(id, tx));
  if (!own || !read) return null;
  const { delivery, attemptsLeft, sendsLeft, resendAt, expiresAt } = read.view;
  const values = valuesOf(own);
  const { consumedAt } = read.row;
  const proof = values && consumedAt ? { ...values, id, userId: id, usedAt: consumedAt, audience: own.keyName } : null;
  return {
    id,
    status: statuses[read.state],
    to: maskNumber(openClaimed(id, own.sealed)),
    delivery,
    attemptsLeft,
    sendsLeft,
    resendAt,
    expiresAt,
    ...(proof ? { receipt: await signReceipt(proof, VERIFICATION_RECEIPT_TYPE) } : {}),
  };
}
