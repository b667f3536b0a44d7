import { record } from "#lib/audit/record";
import { parseEmail } from "#lib/authenticators/addresses/email";
import { reasonOf } from "#lib/console/reason";
import { type Sql, transaction } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { fail, ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";
import { invitePath, inviteStaff, withdrawInvite } from "#lib/staff/invites";
import type { Role } from "#lib/staff/matrix";
import { grantRole, revokeRoles } from "#lib/staff/people";

/** Who becomes staff and who no longer is, from the console and from the command line: the same steps, the same guards. */

type Named = { email: string; role: Role };

const WRONG_ADDRESS: Refused = { code: "email_invalid", fields: { email: "email_invalid" } };

async function invite(tx: Sql, { email, role }: Named, by: string): Promise<Result<string, Refused>> {
  const token = await inviteStaff(tx, { email, role, by });
  await record(tx, { event: "role.invited", userId: null, method: `${role} ${by}`, ip: "", userAgent: "" });
  return ok(invitePath(token));
}

async function grant(tx: Sql, { email, role }: Named, by: string): Promise<Result<null, Refused>> {
  const [account] = await tx<{ id: string }>`SELECT id FROM users WHERE email = ${email} AND disabled_at IS NULL`;
  if (!account) return fail({ code: "not_found", fields: { email: "not_found" } });
  return (await grantRole(tx, account.id, role, by)) ? ok(null) : fail({ code: "not_allowed", reason: "no_change" });
}

/** Invites an address to a role; returns the path of the one-time page, which is stored nowhere. */
export async function invitePerson(acting: Acting, { email: typed, role }: Named): Promise<Result<string, Refused>> {
  const email = parseEmail(typed);
  if (!email) return fail(WRONG_ADDRESS);
  return actAsStaff(acting, { act: "people.invite" }, (tx, { by }) => invite(tx, { email, role }, by));
}

/** Withdraws an open invitation. Refusals: those of `requireStaff`, `no_change` where it was accepted, replaced or is over. */
export const withdrawInvitation = (acting: Acting, id: string): Promise<Result<null, Refused>> =>
  actAsStaff(acting, { act: "people.withdraw" }, async (tx, { by }) => {
    const role = await withdrawInvite(tx, id);
    if (!role) return fail({ code: "not_allowed", reason: "no_change" });
    await record(tx, { event: "role.invite_withdrawn", userId: null, method: `${role} ${by}`, ip: "", userAgent: "" });
    return ok(null);
  });

/** Gives a role to an account that exists. Refusals: those of `requireStaff`, `email_invalid`, `not_found`, `no_change`. */
export async function grantPerson(acting: Acting, { email: typed, role }: Named): Promise<Result<null, Refused>> {
  const email = parseEmail(typed);
  if (!email) return fail(WRONG_ADDRESS);
  return actAsStaff(acting, { act: "people.grant" }, (tx, { userId, by }) => grantToOther(tx, { email, role }, { userId, by }));
}

/** A person gives no role to the own account (J04). */
async function grantToOther(tx: Sql, named: Named, { userId, by }: { userId: string; by: string }): Promise<Result<null, Refused>> {
  const own = await tx`SELECT 1 FROM users WHERE id = ${userId}::uuid AND email = ${named.email}`;
  return own.length > 0 ? fail({ code: "not_allowed", reason: "own_account" }) : grant(tx, named, by);
}

/** Takes the roles of another account away. Refusals: a reason that is none, those of `requireStaff`, `last_administrator`, `no_change`. */
export async function revokePerson(acting: Acting, userId: string, why: string): Promise<Result<null, Refused>> {
  const reason = reasonOf(why);
  if (!reason.ok) return reason;
  return actAsStaff(acting, { act: "people.revoke", userId, reason: reason.value }, (tx, { by }) => revokeRoles(tx, userId, by));
}

/** Runs the work of a command on an address that was typed. */
const atTheCommandLine = async <T>(
  typed: string,
  work: (tx: Sql, email: string) => Promise<Result<T, Refused>>,
): Promise<Result<T, Refused>> => {
  const email = parseEmail(typed);
  return email ? transaction((tx) => work(tx, email), { patient: true }) : fail(WRONG_ADDRESS);
};

/** Invites an address at the command line. */
export const inviteByCommand = (email: string, role: Role, by: string): Promise<Result<string, Refused>> =>
  atTheCommandLine(email, (tx, address) => invite(tx, { email: address, role }, by));

/** Gives a role at the command line. */
export const grantByCommand = (email: string, role: Role, by: string): Promise<Result<null, Refused>> =>
  atTheCommandLine(email, (tx, address) => grant(tx, { email: address, role }, by));

/** Takes the roles of an account away at the command line. */
export const revokeByCommand = (email: string, by: string): Promise<Result<null, Refused>> =>
  atTheCommandLine(email, async (tx, address) => {
    const [account] = await tx<{ id: string }>`SELECT id FROM users WHERE email = ${address}`;
    return account ? revokeRoles(tx, account.id, by) : fail({ code: "not_found", fields: { email: "not_found" } });
  });
