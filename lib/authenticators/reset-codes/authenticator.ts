import type { Admission, Authenticator, Target } from "#lib/challenges/port";
import { resetCodePlace } from "#lib/crypto/code-seal";
import { LONG_CODE, newLongCode, parseLongCode } from "#lib/crypto/codes";
import { equalInConstantTime, keyedHash, keyedHashes } from "#lib/crypto/hash";
import { seal } from "#lib/crypto/seal";
import { type Sql, sql } from "#lib/db/sql";
import { policies, RESET } from "#lib/limits/policy";
import { takeLimits } from "#lib/limits/take";

const scope = (userId: string) => `reset/${userId}`;

/**
 * Gives an account its one live code, unless it has one, and counts a mail that carries it (RESET_MAILS). Without an account, or above the
 * limit, nothing is sent and the answer is the same. A new code is always mailed, even if the mails of a used one have filled the limit.
 */
export async function admitResetMail(tx: Sql, account: string | null): Promise<Extract<Admission, { kind: "own" }>> {
  const code = newLongCode();
  const sealed = seal(code, resetCodePlace(account ?? ""));
  const hash = keyedHash("token", scope(account ?? ""), code);
  const fresh = await tx`
    INSERT INTO reset_codes (user_id, sealed, hash, expires_at)
    SELECT id, ${sealed}, ${hash}::bytea, app_now() + make_interval(secs => ${RESET.codeSeconds}::int) FROM users WHERE id = ${account}::uuid
    ON CONFLICT (user_id) DO UPDATE SET sealed = EXCLUDED.sealed, hash = EXCLUDED.hash, expires_at = EXCLUDED.expires_at
      WHERE reset_codes.expires_at <= app_now() RETURNING user_id`;
  // A decoy counts on a subject of its own, so that both cost the same.
  const full = await takeLimits(tx, [{ policy: policies.resetMails, subject: account ?? `decoy/${code}` }]);
  return { kind: "own", deliver: full === null || fresh.length > 0 };
}

/** The target of a reset mail: the address of the account, which the challenge does not name, or a decoy. */
export const resetTarget = (hint: string, account: string | null): Target => ({
  channel: "EMAIL",
  authenticatorId: null,
  to: hint,
  country: null,
  proven: false,
  account,
});

/**
 * The code that reset mails of an account carry: ten characters, one live for an hour, valid in every open reset of the account. It is judged against
 * the account that the reset would be about, so that neither its counts nor its locks concern that account (RESET_CODE).
 */
export const resetCode: Authenticator = {
  kind: "reset_code",
  bound: false,
  methods: ["email"],
  sent: true,
  counted: true,
  secondFactor: false,
  read: parseLongCode,
  offer: ({ hint, aboutId, mailStopped }) => [
    {
      method: "email",
      authenticatorId: null,
      stopped: mailStopped,
      hint: () => hint ?? "",
      target: () => resetTarget(hint ?? "", aboutId),
    },
  ],
  async evaluate({ aboutId }, answer) {
    const owner = aboutId ?? "";
    const [live] = await sql<{ hash: Buffer }>`SELECT hash FROM reset_codes WHERE user_id = ${aboutId}::uuid AND expires_at > app_now()`;
    const right = keyedHashes("token", scope(owner), answer).map((hash) =>
      equalInConstantTime(hash.toString("hex"), live?.hash.toString("hex")),
    );
    return right.includes(true) ? { amr: null } : null;
  },
  async spend(tx, { aboutId }) {
    const spent = await tx`DELETE FROM reset_codes WHERE user_id = ${aboutId}::uuid RETURNING user_id`;
    return spent.length === 1;
  },
  admit: (tx, { account = null }) => admitResetMail(tx, account),
};

export { LONG_CODE as RESET_CODE_LENGTH };
