import { authorOf } from "#lib/audit/author";
import { sql } from "#lib/db/sql";
import type { NoticeFacts, StaffChange } from "#lib/delivery/wording/notice-facts";
import type { Template } from "#lib/delivery/wording/notices";

/** What the mail of a notice tells besides its fixed words, read when it is sent. */

type Message = { id: string; template: Template };
type ChangeRow = { event: string; method: string | null; who: string | null };

const STAFF_EVENTS = ["role.granted", "role.revoked", "account.suspended", "account.resumed"];

/** The change of staff whose transaction queued a message: its event was recorded at the moment of the message. */
async function staffChange(messageId: string): Promise<StaffChange | null> {
  const [row] = await sql<ChangeRow>`
    SELECT e.event, e.method, u.email AS who FROM audit_events e LEFT JOIN users u ON u.audit_subject = e.subject
    WHERE e.at = (SELECT created_at FROM messages WHERE id = ${messageId}::uuid LIMIT 1) AND e.event = ANY(${STAFF_EVENTS}::text[]) LIMIT 1`;
  if (!row?.who) return null;
  const author = authorOf(row.method);
  const [member] =
    author?.kind === "staff" ? await sql<{ email: string }>`SELECT email FROM users WHERE audit_subject::text = ${author.id}` : [];
  return {
    event: row.event as StaffChange["event"],
    who: row.who,
    role: row.event === "role.granted" ? (row.method?.split(" ")[0] ?? null) : null,
    by: member?.email ?? null,
  };
}

/** When the code of the case of a message is mailed; null where its wait has not begun. */
async function readyAt(messageId: string): Promise<Date | null> {
  const [row] = await sql<{ readyAt: Date | null }>`
    SELECT c.ready_at FROM notice_codes n JOIN recovery_cases c ON c.id = n.case_id WHERE n.message_id = ${messageId}::uuid AND c.state = 'waiting' LIMIT 1`;
  return row?.readyAt ?? null;
}

/** Reads the facts of a message; none for most notices. */
export async function noticeFacts({ id, template }: Message): Promise<NoticeFacts> {
  if (template === "notice.staff_changed") return { staff: await staffChange(id) };
  if (template === "notice.case_approved" || template === "notice.case_resumed") return { readyAt: await readyAt(id) };
  return {};
}
