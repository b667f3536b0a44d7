import { signReceipt, VERIFICATION_RECEIPT_TYPE } from "#lib/accounts/receipt";
import { maskNumber } from "#lib/authenticators/numbers/number";
import type { ChallengeState, ChallengeView } from "#lib/challenges/challenge";
import type { ConfirmedValues } from "#lib/crypto/confirmation-digest";
import { openClaimed } from "#lib/crypto/number-seal";
import { sql } from "#lib/db/sql";
import { readNumberChallenge } from "#lib/purposes/numbers";

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

type Row = { client: string | null; sealed: string; keyName: string } & { [part in keyof ConfirmedValues]: ConfirmedValues[part] | null };

/** A verification as stored for its key: whom it is of, and what its answer repeats. */
export type OwnVerification = Row & { id: string };

function valuesOf({ act, unit, amount, payee, reference }: Row): ConfirmedValues | null {
  if (act === null || unit === null || amount === null || payee === null || reference === null) return null;
  return { act, unit, amount, payee, reference };
}

/** What a key may know, of the view of a verification's challenge. */
export const shown = ({
  id,
  status,
  to,
  view: { delivery, attemptsLeft, sendsLeft, resendAt, expiresAt },
}: Pick<Verification, "id" | "status" | "to"> & { view: ChallengeView }): Verification => {
  return { id, status, to, delivery: delivery && { ...delivery, hint: to }, attemptsLeft, sendsLeft, resendAt, expiresAt };
};

/** Reads what is stored of a verification of a key; null for any other's, and for one that is gone a day after its end. */
export async function ownVerification(keyId: string, id: string): Promise<OwnVerification | null> {
  const [own] = await sql<Row>`
    SELECT v.client, v.number_sealed AS sealed, k.name AS key_name, v.act, v.unit, v.amount, v.payee, v.reference
    FROM verifications v JOIN api_keys k ON k.id = v.key_id WHERE v.id = ${id}::uuid AND v.key_id = ${keyId}::uuid`;
  return own ? { ...own, id } : null;
}

/** The state of a verification now, with the receipt of its act once approved; null for one that has just gone. */
export async function verificationNow(own: OwnVerification): Promise<Verification | null> {
  const { id } = own;
  const read = await readNumberChallenge(id);
  if (!read) return null;
  const now = shown({ id, status: statuses[read.state], to: maskNumber(openClaimed(id, own.sealed)), view: read.view });
  const values = valuesOf(own);
  const { consumedAt } = read.row;
  if (!values || !consumedAt) return now;
  const proof = { ...values, id, userId: id, usedAt: consumedAt, audience: own.keyName };
  return { ...now, receipt: await signReceipt(proof, VERIFICATION_RECEIPT_TYPE) };
}

/** Reads a verification of a key as it is now; null where `ownVerification` is. */
export async function readVerification(keyId: string, id: string): Promise<Verification | null> {
  const own = await ownVerification(keyId, id);
  return own && verificationNow(own);
}
