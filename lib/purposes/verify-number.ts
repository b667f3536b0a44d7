import { record } from "#lib/audit/record";
import { claimedNumber } from "#lib/authenticators/numbers/authenticator";
import type { Guess, Purpose } from "#lib/challenges/port";
import { type ConfirmedValues, confirmationDigest } from "#lib/crypto/confirmation-digest";
import { equalInConstantTime } from "#lib/crypto/hash";
import { rollback, type Sql } from "#lib/db/sql";
import { env } from "#lib/env";
import type { Refused } from "#lib/errors";
import { giveBackSends } from "#lib/limits/take";
import type { Effect } from "#lib/purposes/effect";
import { fail, ok } from "#lib/result";

type Row = { [part in keyof ConfirmedValues]: string | null } & { digest: Buffer | null };

/** The act of a verification with its values, from the row that has the challenge's id. */
const askedSql = (): string =>
  "(SELECT json_build_object('act', v.act, 'amount', v.amount, 'unit', v.unit, 'payee', v.payee) FROM verifications v WHERE v.id = c.id AND v.act IS NOT NULL)";

/** Whether a row still has the values that were shown: its digest is over them and the challenge. */
function isUnaltered({ digest, ...values }: Row, challengeId: string): boolean {
  if (digest === null) return Object.values(values).every((value) => value === null);
  const expected = confirmationDigest(values as ConfirmedValues, { account: challengeId, challenge: challengeId });
  return equalInConstantTime(digest.toString("hex"), expected.toString("hex"));
}

async function readAct(tx: Sql, { challengeId }: Guess): Promise<Row | undefined> {
  const [row] = await tx<Row>`
    SELECT act, amount, unit, payee, reference, digest FROM verifications WHERE id = ${challengeId}::uuid`;
  return row;
}

/**
 * VERIFY_NUMBER: a code to a number that another system names proves that number, and where an act was named the act with its values. It is of no
 * account and opens nothing here.
 */
export const verifyNumberPurpose: Purpose<Effect> = {
  name: "VERIFY_NUMBER",
  lifetime: () => env().OTP_TTL_SECONDS,
  accepts: ({ kind }) => kind === claimedNumber.kind,
  ways: (subject) => claimedNumber.offer(subject, null),
  asked: askedSql,
  afterPassword: false,
  // No page of this site shows it.
  whose: () => ({ digits: "" }),
  wording: { ja: "番号の確認", en: "check", elsewhere: true },
  page: { journey: "sign-in", restart: "/sign-in", proves: "number" },
  races: [],
  async effect(tx, guess, { amr }, { ip, userAgent }) {
    const { challengeId } = guess;
    const [row] = await Promise.all([
      readAct(tx, guess),
      // The sends of a verification are counted under its own id.
      giveBackSends(tx, challengeId, guess.hitIds),
      record(tx, { event: "verification.approved", challengeId, method: amr, ip, userAgent }),
    ]);
    if (!row || !isUnaltered(row, challengeId)) return rollback(fail<Refused>({ code: "challenge_expired" }));
    return ok({ kind: "number_proven" });
  },
};
