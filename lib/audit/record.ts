import type { RefusedEvent } from "#lib/audit/refused";
import { toldOf } from "#lib/audit/told";
import type { Sql } from "#lib/db/sql";
import { requestContext } from "#lib/request";
import type { Requester } from "#lib/requester";

/** The events of the audit log, named in the field's terms. */
export type AuditEventName =
  | RefusedEvent
  | "sign_up.started"
  | "sign_up.email_proven"
  | "sign_in.password_wrong"
  | "sign_in.password_right"
  | "sign_in.federated_right"
  | "sign_in.federated_unknown"
  | "login.linked"
  | "login.unlinked"
  | "sign_in.passkey_wrong"
  | "challenge.code_wrong"
  | "challenge.exhausted"
  | "challenge.sent"
  | "account.locked"
  | "step_up.proven"
  | "confirmation.proven"
  | "confirmation.used"
  | "device.trusted"
  | "device.trust_ended"
  | "device.copied"
  | "reset.requested"
  | "reset.email_proven"
  | "reset.factor_proven"
  | "password.reset"
  | "password.changed"
  | "password.forced"
  | "email.changed"
  | "recovery_address.added"
  | "recovery_address.removed"
  | "phone.changed"
  | "phone.removed"
  | "change.undone"
  | "account.stopped"
  | "account.frozen"
  | "deletion.requested"
  | "deletion.cancelled"
  | "account.deleted"
  | "address.release_requested"
  | "address.released"
  | "data.exported"
  | "device.forgotten"
  | "consent.given"
  | "recovery_codes.replaced"
  | "phone.bound"
  | "phone.taken"
  | "session.opened"
  | "session.ended"
  | "sessions.ended_others"
  | "everything.ended"
  | "totp.added"
  | "totp.removed"
  | "passkey.added"
  | "passkey.changed"
  | "passkey.removed"
  | "passkey.counter_back"
  | "recovery_codes.issued"
  | "recovery_codes.confirmed"
  | "recovery_code.used"
  | "factor.disabled"
  | "account.suspended"
  | "account.resumed"
  | "sessions.ended_by_operator"
  | "sending.stopped"
  | "sending.started"
  | "usage.exported"
  | "usage.rate_set"
  | "usage.currency_set"
  | "usage.reconciled"
  | "policy.changed"
  | "text.changed"
  | "setup.confirmed"
  | "provider.added"
  | "provider.changed"
  | "provider.disabled"
  | "provider.enabled"
  | "provider.removed"
  | "provider.ordered"
  | "provider.tried"
  | "rehearsal.sent"
  | "rehearsal.confirmed"
  | "rehearsal.exported"
  | "group.added"
  | "group.removed"
  | "role.invited"
  | "role.invite_withdrawn"
  | "role.granted"
  | "role.revoked"
  | "case.requested"
  | "case.reviewed"
  | "case.approved"
  | "case.rejected"
  | "case.cancelled"
  | "case.frozen"
  | "case.frozen_by_session"
  | "case.resumed"
  | "case.ready"
  | "case.code_proven"
  | "case.done"
  | "case.expired"
  | "reverification.asked"
  | "account.searched"
  | "message.resent"
  | "audit.exported"
  | "members.staged"
  | "members.import_begun"
  | "members.imported"
  | "members.exported"
  | "members.import_done"
  | "members.import_cancelled"
  | "members.lines_exported"
  | "client.added"
  | "client.changed"
  | "client.rotated"
  | "client.removed"
  | "client.consented"
  | "verification.requested"
  | "verification.approved"
  | "key.made"
  | "key.rotated"
  | "key.removed"
  | "endpoint.added"
  | "endpoint.rotated"
  | "endpoint.paused"
  | "endpoint.resumed"
  | "endpoint.removed"
  | "endpoint.tested"
  | "event.resent"
  | "site.added"
  | "site.changed"
  | "site.removed"
  | "site.entered";

export type AuditEntry = Pick<Requester, "ip" | "userAgent"> & {
  event: Exclude<AuditEventName, RefusedEvent>;
  userId?: string | null;
  challengeId?: string | null;
  sessionId?: string | null;
  method?: string | null;
  /** The keyed hash of what was searched for (`identifierHash`). */
  identifierHash?: Buffer | null;
};

/**
 * Appends one event inside the transaction of its effect, so that neither exists without the other (LG-01). The subject is the account's pseudonym
 * and no user input is written; `method` holds the operator and reason of an operator's command. What other systems are told of it (`told`) is
 * written with it.
 */
export async function record(tx: Sql, entry: AuditEntry): Promise<void> {
  // An act of staff is recorded by a use case that a command has too, so that its address is the one of the request being answered.
  const ip = entry.ip || (requestContext()?.countedIp ?? "");
  const told = toldOf(entry);
  const written = tx`
    INSERT INTO audit_events (event, subject, challenge_id, session_id, method, ip, user_agent, identifier_hash)
    VALUES (${entry.event}, (SELECT audit_subject FROM users WHERE id = ${entry.userId ?? null}::uuid), ${entry.challengeId ?? null}::uuid,
            ${entry.sessionId ?? null}::uuid, ${entry.method ?? null}, ${ip}, ${entry.userAgent.slice(0, 256)}, ${entry.identifierHash ?? null}::bytea)`;
  // Both are on their way at once: the statements of one connection are answered in turn.
  await Promise.all([written, told && tx`SELECT emit_event(${told.type}, ${told.subject}::uuid, ${JSON.stringify(told.data)}::jsonb)`]);
}
