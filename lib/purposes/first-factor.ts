import { record } from "#lib/audit/record";
import { authenticators } from "#lib/authenticators/index";
import { isPastSignUp } from "#lib/authenticators/last-factor";
import { enrol } from "#lib/challenges/enrol";
import type { Guess, Proof } from "#lib/challenges/port";
import { isOfAnother } from "#lib/challenges/read";
import { lockChallenge, refusalOf } from "#lib/challenges/send";
import { rollback, type Sql } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import type { NoticeTemplate } from "#lib/delivery/wording/notices";
import type { Refused } from "#lib/errors";
import { keepSends } from "#lib/limits/take";
import { readSettings } from "#lib/policy/read";
import type { Settings } from "#lib/policy/settings";
import { bindPhonePurpose } from "#lib/purposes/bind-phone";
import { answerOf, type Verified } from "#lib/purposes/challenges";
import { accountOf, completeSignIn } from "#lib/purposes/complete";
import { completeCase } from "#lib/purposes/complete-case";
import type { Effect } from "#lib/purposes/effect";
import { house } from "#lib/purposes/house";
import { bindingCase } from "#lib/recovery/finish";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { endWhatWasBegunBesides } from "#lib/sessions/end-session";

/** A sign-up that ends with an authenticator app or a passkey instead of a phone, where the operator allows it (`factorsAtSignUp`). */

export type SignUpFactor = Settings["factorsAtSignUp"][number];

/** A fresh account whose sign-up waits for its second factor, in the browser of its challenge. */
export type SigningUp = { challengeId: string; userId: string; email: string; locale: "ja" | "en" };

/**
 * Whether an account may end its sign-up by a kind, with its row locked: the kind is allowed, and the account was never given a factor (SU-05) or binds
 * a new one after it lost the phone.
 */
async function refusalFor(
  tx: Sql,
  { userId, epoch, challengeId }: { userId: string; epoch: number | null; challengeId: string },
  kind: SignUpFactor,
): Promise<Refused | null> {
  const open = await tx`
    SELECT 1 FROM users WHERE id = ${userId}::uuid AND epoch = coalesce(${epoch}::int, epoch) AND disabled_at IS NULL FOR UPDATE`;
  const recovering = (await bindingCase(tx, challengeId)) !== null;
  if (open.length === 0 || (!recovering && (await isPastSignUp(tx, userId)))) return { code: "challenge_expired" };
  return (await readSettings(tx)).factorsAtSignUp.includes(kind) ? null : { code: "method_not_available" };
}

/** The sign-up of a browser's challenge, locked for a kind that it may end with; a challenge that a session asked for is none. */
export async function lockSigningUp(tx: Sql, token: string, kind: SignUpFactor, drawnFor?: string): Promise<Result<SigningUp, Refused>> {
  const row = await lockChallenge(house, token, tx);
  if (isOfAnother(row, drawnFor)) return fail({ code: "form_of_another" });
  if (!row?.userId || row.purpose !== bindPhonePurpose.name || row.sessionId !== null) return fail({ code: "challenge_missing" });
  const refused = refusalOf(row) ?? (await refusalFor(tx, { userId: row.userId, epoch: null, challengeId: row.id }, kind));
  if (refused) return fail(refused);
  return ok({ challengeId: row.id, userId: row.userId, email: row.accountEmail ?? "", locale: row.locale === "en" ? "en" : "ja" });
}

/** A factor that ends a sign-up: how its first answer is judged, and how its row becomes the account's. */
export type FirstFactor = {
  kind: Exclude<SignUpFactor, "phone">;
  evaluate(guess: Guess): Promise<Proof | null>;
  /** Writes it as proven in the transaction that consumes the challenge; the id of its row, or null where another request was first. */
  bind(tx: Sql, userId: string, proof: Proof): Promise<string | null>;
  event: "totp.added" | "passkey.added";
  notice: NoticeTemplate;
};

/** Judges the first answer of a factor that ends a sign-up, and opens the session for the right one; of many at once one. */
export async function endSignUp(
  token: string,
  factor: FirstFactor,
  { drawnFor }: { drawnFor?: string | undefined },
  requester: Requester,
): Promise<Result<Verified, Refused>> {
  const { kind, evaluate } = factor;
  const purpose = { ...bindPhonePurpose, effect: (tx: Sql, guess: Guess, proof: Proof) => bindFirst(tx, factor, guess, proof, requester) };
  const ending = { ...house, purposes: { ...house.purposes, [purpose.name]: purpose } };
  const ended = await enrol(ending, { token, purpose: purpose.name, drawnFor }, { kind, method: kind, evaluate }, requester);
  return ended.ok ? ok(answerOf(ended.value)) : ended;
}

async function bindFirst(tx: Sql, factor: FirstFactor, guess: Guess, proof: Proof, requester: Requester): Promise<Result<Effect, Refused>> {
  const userId = accountOf(guess);
  const caseId = await bindingCase(tx, guess.challengeId);
  // Challenges are locked before the account: the others of a recovering account end before its row is.
  if (caseId) await endWhatWasBegunBesides(tx, userId, guess.challengeId);
  const refused = await refusalFor(tx, { userId, epoch: guess.epoch, challengeId: guess.challengeId }, factor.kind);
  if (refused) return rollback(fail(refused));
  // What a recovering account has of the kind goes with the case; an account has one app, so it goes before the new one is proven.
  if (caseId) await tx`DELETE FROM authenticators WHERE user_id = ${userId}::uuid AND kind = ${factor.kind} AND verified_at IS NOT NULL`;
  const id = await factor.bind(tx, userId, proof);
  if (id === null) return rollback(fail<Refused>({ code: "challenge_missing" }));
  // Deletes factors that were never proven. Their sends stay counted, because this proof says nothing about those numbers.
  const kinds = authenticators.filter(({ enrols }) => enrols).map(({ kind }) => kind);
  await tx`
    DELETE FROM authenticators WHERE user_id = ${userId}::uuid AND kind = ANY(${kinds}::text[]) AND verified_at IS NULL AND id <> ${id}::uuid`;
  await keepSends(tx, userId);
  await record(tx, { event: factor.event, userId, challengeId: guess.challengeId, ...requester });
  const bound = { ...guess, authenticatorId: id, kind: factor.kind };
  if (caseId) return completeCase(tx, { ...bound, caseId, userId, keepId: id }, proof, requester);
  await queueNotice(tx, { userId, template: factor.notice, locale: guess.locale });
  // The browser that creates the account causes no notice of a new browser.
  return completeSignIn(tx, bound, proof, requester, { newDevice: false });
}
