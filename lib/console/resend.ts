import { randomUUID } from "node:crypto";
import { record } from "#lib/audit/record";
import { noteRefused, type Sent } from "#lib/challenges/send";
import { isRowId } from "#lib/console/message-filter";
import { reasonOf } from "#lib/console/reason";
import type { Channel, DeliveryStatus } from "#lib/db/generated/enums";
import { rollback, type Sql, sql } from "#lib/db/sql";
import { carriesStop, codesOfCase, isNotice } from "#lib/delivery/wording/notices";
import { isCode } from "#lib/delivery/wording/texts";
import { type Refused, tooManySends } from "#lib/errors";
import { policies, UNDO_SECONDS } from "#lib/limits/policy";
import { takeLimits } from "#lib/limits/take";
import type { Method } from "#lib/methods";
import { readChallengeById, sendCodeAgain } from "#lib/purposes/challenges";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";

/** What a limit prevented; it comes out of the transaction that it undid. */
type Limited = Extract<Sent, { refused: object }>;
const isLimited = (done: Result<string, Refused> | Limited): done is Limited => "refused" in done;

/** Sending a message again at a person's request: the code of an open challenge, or a notice whose codes still count. */

/** Whether a message may be sent again, or why not: still on its way, over, or gone with its phone, address or account. */
export type Again = "code" | "notice" | "under_way" | "over" | "gone";

type Row = {
  id: string;
  userId: string | null;
  challengeId: string | null;
  authenticatorId: string | null;
  template: string;
  channel: Channel;
  status: DeliveryStatus;
  open: boolean;
  /** A notice is young, and how many of its codes count and no longer count. */
  young: boolean;
  live: number;
  dead: number;
  /** A notice goes to where it went: its text still has a number, and its account has the address that it had. */
  reachable: boolean;
};

const rowOf = (tx: Sql, id: string) => tx<Row>`
  SELECT m.id, m.user_id, m.challenge_id, m.authenticator_id, m.template, m.channel, m.status,
    (c.id IS NOT NULL AND c.consumed_at IS NULL AND c.voided_at IS NULL AND c.expires_at > app_now()) AS open,
    m.created_at > app_now() - make_interval(secs => ${UNDO_SECONDS}::int) AS young,
    (SELECT count(*)::int FROM notice_codes n WHERE n.message_id = m.id AND n.used_at IS NULL AND n.expires_at > app_now()) AS live,
    (SELECT count(*)::int FROM notice_codes n WHERE n.message_id = m.id AND (n.used_at IS NOT NULL OR n.expires_at <= app_now())) AS dead,
    (m.channel = 'EMAIL' AND (m.recipient IS NOT NULL OR NOT EXISTS (SELECT FROM changes g WHERE g.user_id = m.user_id AND g.old_email IS NOT NULL
        AND greatest(g.created_at, g.undone_at) > m.created_at))
      OR m.channel <> 'EMAIL' AND (m.number_sealed IS NOT NULL OR EXISTS (SELECT FROM account_phones p WHERE p.id = m.authenticator_id AND p.verified_at IS NOT NULL))) AS reachable
  FROM (SELECT * FROM messages WHERE id = ${id}::uuid LIMIT 1) m LEFT JOIN challenges c ON c.id = m.challenge_id`;

/** Pure: judges a message by its row. */
function againOf({ template, status, challengeId, userId, open, young, live, dead, reachable }: Row): Again {
  if (status === "queued") return "under_way";
  if (isCode(template)) return challengeId === null ? "over" : open ? "code" : "over";
  if (!isNotice(template)) return "over";
  if (userId === null || !reachable) return "gone";
  // Without its codes it would say less than it did: they went with the message that was sent after it.
  const whole = dead === 0 && (live > 0 || !(carriesStop(template) || codesOfCase(template).length > 0));
  return young && whole ? "notice" : "over";
}

/** Whether a message may be sent again now. */
export async function again(id: string): Promise<Again> {
  const [row] = await rowOf(sql, id);
  return row ? againOf(row) : "gone";
}

/**
 * Sends a message again as a member of staff, with a reason, within the limits of its person; the code of a text goes out by a call where that is asked
 * for. Returns the id of the new message. Refusals: those of `requireStaff`, `invalid_input` for
 * the reason, `not_found`, `not_allowed` with `other_state` for a message that is under way or over, and those of a send.
 */
export async function resendMessage(
  acting: Acting,
  id: string,
  typed: { reason: string; call?: boolean },
  requester: Requester,
): Promise<Result<string, Refused>> {
  const reason = reasonOf(typed.reason);
  if (!reason.ok) return reason;
  const [about] = isRowId(id) ? await rowOf(sql, id) : [];
  const done = (await actAsStaff(
    acting,
    { act: "messages.resend", userId: about?.userId ?? null, reason: reason.value },
    async (tx, { by }) => {
      if (!about) return fail({ code: "not_found" });
      const sent = await sendAgain(tx, id, typed.call ?? false, requester);
      if (!sent.ok) return sent;
      await record(tx, {
        event: "message.resent",
        userId: about.userId,
        challengeId: about.challengeId,
        method: `message:${id} ${by}`,
        ...requester,
      });
      return sent;
    },
  )) as Result<string, Refused> | Limited;
  return isLimited(done) ? noteRefused(done, requester) : done;
}

/** Whether the code of a text may go out by a call: its challenge offers one to the same phone now. */
export async function mayCall(id: string): Promise<boolean> {
  const [row] = await rowOf(sql, id);
  if (!row?.challengeId || row.channel !== "SMS" || againOf(row) !== "code") return false;
  const challenge = await readChallengeById(row.challengeId);
  return challenge?.view.methods.some((one) => one.method === "voice" && [undefined, row.authenticatorId].includes(one.phoneId)) ?? false;
}

async function sendAgain(tx: Sql, id: string, call: boolean, requester: Requester): Promise<Result<string, Refused>> {
  // Two members of staff who press at once: the second one sees the message of the first under way, and the wait of its challenge.
  await tx`SELECT 1 FROM messages WHERE id = ${id}::uuid FOR UPDATE`;
  const [row] = await rowOf(tx, id);
  const may = row ? againOf(row) : "gone";
  if (row && may === "code" && row.challengeId) {
    const method = call ? "voice" : (row.channel.toLowerCase() as Method);
    const asked = { method, ...(row.authenticatorId ? { phoneId: row.authenticatorId } : {}) };
    // What the person reads in the activity of the account names no browser of staff.
    const sent = await sendCodeAgain(tx, row.challengeId, asked, { ...requester, userAgent: "" });
    if ("refused" in sent) return rollback(sent);
    if (!sent.ok) return sent;
    const [made] = await tx<{
      id: string;
    }>`SELECT id FROM messages WHERE challenge_id = ${row.challengeId}::uuid ORDER BY created_at DESC, id DESC LIMIT 1`;
    return ok(made?.id ?? id);
  }
  return row && may === "notice" && !call ? noticeAgain(tx, row) : fail({ code: "not_allowed", reason: "other_state" });
}

/** Queues a notice once more; its codes go with the new message, so that each still counts once. */
async function noticeAgain(tx: Sql, { id, userId }: Row): Promise<Result<string, Refused>> {
  // The limits of its text are taken when it is sent.
  const full = await takeLimits(tx, [{ policy: policies.noticesAgain, subject: userId ?? "" }]);
  if (full) return fail(tooManySends(full.retryAfter));
  const next = randomUUID();
  await tx`
    WITH message AS (
      INSERT INTO messages (id, user_id, authenticator_id, template, channel, country, digits, locale, recipient, number_sealed)
      SELECT ${next}::uuid, user_id, authenticator_id, template, channel, country, digits, locale, recipient, number_sealed FROM messages WHERE id = ${id}::uuid
    ), codes AS (UPDATE notice_codes SET message_id = ${next}::uuid WHERE message_id = ${id}::uuid)
    SELECT graphile_worker.add_job('send_message', json_build_object('messageId', ${next}::text), max_attempts => 10)`;
  return ok(next);
}
