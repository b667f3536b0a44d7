import { sql, transaction } from "#lib/db/sql";
import { startCase } from "#lib/recovery/open-case";

/** `node start-case.ts EMAIL STAFF_EMAIL`: prepares a lost-phone case as a member of staff does at the request of a caller. */

const [email = "", staffEmail = ""] = process.argv.slice(2);
const [account] = await sql<{ id: string; locale: string }>`SELECT id, locale FROM users WHERE email = ${email}`;
const [staff] = await sql<{ subject: string }>`SELECT audit_subject AS subject FROM users WHERE email = ${staffEmail}`;
if (!account || !staff) throw new Error("there is no such account");
const author = { subject: staff.subject, by: `staff:${staff.subject} (a caller)` };
const { reference } = await transaction((tx) =>
  startCase(tx, { userId: account.id, locale: account.locale, reason: "lost", why: "a caller" }, author),
);
console.log(reference);
process.exit(0);
