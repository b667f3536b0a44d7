/** Pure: what an account's owner may read of the `method` of an event, which can name who decided it and why. */

/** Events of which `method` is another person's words alone. */
const BY_STAFF = [
  "account.suspended",
  "account.resumed",
  "sessions.ended_by_operator",
  "password.forced",
  "role.revoked",
  "reverification.asked",
  "message.resent",
  "audit.exported",
];

/** Returns the method for the owner of the account: of a lost-phone case its reference, of a role its name, and never the member of staff or a reason. */
export function ownMethod(event: string, method: string | null): string | null {
  if (method === null || BY_STAFF.includes(event)) return null;
  return event.startsWith("case.") || event === "role.granted" ? (method.split(" ")[0] ?? null) : method;
}
