/** Pure: which events of the audit log other systems are told, and as what (docs/events.md). */

/** The types of events that an endpoint may take. */
export const eventTypes = [
  "account.registered",
  "account.email_changed",
  "account.phone_changed",
  "account.factor_changed",
  "account.password_changed",
  "account.change_undone",
  "account.suspended",
  "account.resumed",
  "account.closed",
  "account.deleted",
  "case.opened",
  "case.closed",
  "verification.delivery",
  "verification.approved",
] as const;
export type EventType = (typeof eventTypes)[number];

/** Whether a text is a type of event. */
export const isEventType = (text: string): text is EventType => (eventTypes as readonly string[]).includes(text);

/** The type of an event that an operator sends to one endpoint to try it. */
export const TEST_EVENT = "endpoint.test";

/** What is told of an event, and what of its `method` stands in it. */
type Told = { type: EventType; data?: Record<string, string>; names?: "case" | "method" };

const phone = (change: string): Told => ({ type: "account.phone_changed", data: { change } });
const factor = (kind: string, change: string): Told => ({ type: "account.factor_changed", data: { factor: kind, change } });
const password = (change: string): Told => ({ type: "account.password_changed", data: { change } });
const closed = (outcome: string): Told => ({ type: "case.closed", data: { outcome }, names: "case" });

/** The events of the audit log that are told; every other one is for this installation alone. */
export const told = {
  "sign_up.email_proven": { type: "account.registered" },
  "email.changed": { type: "account.email_changed" },
  "phone.bound": phone("added"),
  "phone.removed": phone("removed"),
  "totp.added": factor("totp", "added"),
  "totp.removed": factor("totp", "removed"),
  "passkey.added": factor("passkey", "added"),
  "passkey.removed": factor("passkey", "removed"),
  // A replaced set is issued too.
  "recovery_codes.issued": factor("recovery_codes", "added"),
  "factor.disabled": { type: "account.factor_changed", data: { change: "disabled" }, names: "method" },
  "password.changed": password("changed"),
  "password.reset": password("reset"),
  "password.forced": password("reset_required"),
  "change.undone": { type: "account.change_undone" },
  "account.suspended": { type: "account.suspended" },
  "account.resumed": { type: "account.resumed" },
  "address.released": { type: "account.closed" },
  "account.deleted": { type: "account.deleted" },
  "case.requested": { type: "case.opened", names: "case" },
  "case.done": closed("done"),
  "case.rejected": closed("rejected"),
  "case.cancelled": closed("cancelled"),
  "case.expired": closed("expired"),
  "verification.approved": { type: "verification.approved" },
} as const satisfies Record<string, Told>;

/** An event of the audit log in the parts that are told of it. */
type Recorded = {
  event: string;
  userId?: string | null | undefined;
  challengeId?: string | null | undefined;
  method?: string | null | undefined;
};

/** The event that an audit event makes for other systems, with ids alone; null where it makes none. */
export function toldOf({
  event,
  userId,
  challengeId,
  method,
}: Recorded): { type: EventType; subject: string; data: Record<string, string> } | null {
  if (!Object.hasOwn(told, event)) return null;
  const { type, data = {}, names }: Told = told[event as keyof typeof told];
  const verification = type === "verification.approved";
  const subject = verification ? challengeId : userId;
  if (!subject) return null;
  // The reference of a case is the first word; the author follows it.
  const named: Record<string, string> = names ? { [names === "case" ? "case" : "factor"]: method?.split(" ")[0] ?? "" } : {};
  return { type, subject, data: { [verification ? "verification" : "account"]: subject, ...named, ...data } };
}
