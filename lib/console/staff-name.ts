import { isStaff } from "#lib/staff/matrix";
import { maskEmail } from "#lib/words/mask-email";

/** Pure: the address of an author as staff read it: whole while the author is one of them, masked for an account that has no role any more. */
export const staffName = ({ email, roles }: { email: string; roles: readonly string[] }): string =>
  isStaff(roles) ? email : maskEmail(email);
