import { randomUUID } from "node:crypto";
import { takeMail } from "#lib/authenticators/addresses/mail-share";
import { targetOf } from "#lib/authenticators/addresses/target";
import type { OpenedChallenge } from "#lib/challenges/challenge";
import { OPEN_RACE, openChallenge } from "#lib/challenges/open";
import { loadChallenge } from "#lib/challenges/read";
import { lockChallenge, refusalOf } from "#lib/challenges/send";
import { transactionOn } from "#lib/db/in-line";
import { retryOn } from "#lib/db/sql";
import { isMailStopped } from "#lib/delivery/stops";
import { type Refused, SENDING_STOPPED } from "#lib/errors";
import { currentSettings, readSettings } from "#lib/policy/read";
import { house } from "#lib/purposes/house";
import { recoverPurpose as purpose } from "#lib/purposes/recover";
import { mailMayRecover, signInPurpose as purposeBefore } from "#lib/purposes/sign-in";
import type { CaseReason } from "#lib/recovery/case";
import { openCaseOf, type PersonalCase } from "#lib/recovery/read-case";
import { sealNote } from "#lib/recovery/rows";
import { fail, ok, type Result } from "#lib/result";

export type LostPhone = { reason: CaseReason; note?: string | undefined; drawnFor?: string | undefined };

/** What a page may say of the lost-phone request at an open sign-in: the request that stands already, and whether a note may be written. */
export type LostPhoneOffer = { open: PersonalCase | null; note: boolean };

/** The offer of a browser's challenge; null where that is no open sign-in of an account, so that nothing can be requested. */
export async function lostPhoneOffer(token: string): Promise<LostPhoneOffer | null> {
  const row = await loadChallenge(house, token);
  if (!row || refusalOf(row) || row.purpose !== purposeBefore.name || !row.userId || !row.accountEmail) return null;
  const [open, { lostPhoneNote }] = await Promise.all([openCaseOf(row.userId), currentSettings()]);
  if (!mailMayRecover(row)) return null;
  // What staff began waits for this request.
  return { open: open?.provenAt ? open : null, note: lostPhoneNote };
}

/**
 * Begins the request of a person who cannot use the phone, from an open sign-in whose password was right: a code to the account's address has to be
 * proven before the request stands. Refusals: those of a challenge, `case_open` where a request stands already, `sending_stopped`.
 */
export async function beginLostPhone(token: string, input: LostPhone): Promise<Result<OpenedChallenge, Refused>> {
  if (await isMailStopped()) return fail(SENDING_STOPPED);
  return retryOn([OPEN_RACE], () =>
    transactionOn(token, async (tx): Promise<Result<OpenedChallenge, Refused>> => {
      const row = await lockChallenge(house, token, tx);
      const refusal = refusalOf(row, input.drawnFor);
      if (!row || refusal) return fail(refusal ?? { code: "challenge_missing" });
      const email = row.accountEmail;
      if (row.purpose !== purposeBefore.name || !row.userId || !email) return fail({ code: "challenge_missing" });
      if (!mailMayRecover(row)) return fail({ code: "method_not_available" });
      const open = await openCaseOf(row.userId);
      if (open && open.provenAt !== null) return fail({ code: "case_open" });
      const target = targetOf(email);
      const admission = await takeMail(tx, { email, userId: row.userId }, purpose.name);
      const id = randomUUID();
      const note = (await readSettings(tx)).lostPhoneNote ? input.note?.trim() : undefined;
      const held = admission.kind === "held" ? { target, reason: "throttled" as const, until: admission.until } : null;
      const opened = await openChallenge(tx, {
        id,
        purpose,
        userId: row.userId,
        locale: row.locale,
        returnTo: row.returnTo,
        target: held ? null : target,
        held,
        same: admission.kind === "same" ? admission : null,
        account: { email, authenticators: row.authenticators, facts: row.facts, epoch: row.epoch, deviceId: row.deviceId },
        typedEmail: row.email,
        followsToken: token,
      });
      await tx`
        UPDATE challenges SET action = ${input.reason}, note_sealed = ${note ? sealNote(row.userId, id, note) : null} WHERE id = ${id}::uuid`;
      await tx`UPDATE challenges SET voided_at = app_now() WHERE id = ${row.id}::uuid AND consumed_at IS NULL AND voided_at IS NULL`;
      return ok(opened);
    }),
  );
}
