import { nextStep } from "#lib/sessions/next-step";

/** Pure: the signed-in state of a browser and its assurance level. */

const SECOND_FACTORS = ["sms", "tel", "otp", "hwk", "rc"] as const;

/**
 * RFC 8176 method words, with `rc` for a recovery code (look-up secret) and `trusted_device` for a browser that skipped the second factor; every one
 * but that and the password's is a second factor's.
 */
export type Amr = "pwd" | "trusted_device" | (typeof SECOND_FACTORS)[number];

/** The signed-in state of one browser as the product passes it around; times are ISO 8601. */
export type SessionView = {
  sessionId: string;
  user: { id: string; email: string; locale: string; roles: string[] };
  aal: 1 | 2;
  amr: string[];
  authenticatedAt: string;
  expiresAt: string;
  nextStep: "save_recovery_codes" | null;
};

/** Authenticator assurance level of what was proven (NIST SP 800-63B-4 section 2): a password and one other factor make 2. */
export const aalOf = (amr: readonly string[]): 1 | 2 => (amr.includes("pwd") && SECOND_FACTORS.some((word) => amr.includes(word)) ? 2 : 1);

/** A stored session with what its view needs of the account. */
export type SessionRow = {
  id: string;
  userId: string;
  email: string;
  locale: string;
  roles: string[];
  amr: string[];
  authenticatedAt: Date;
  expiresAt: Date;
  saved: boolean;
};

/** Builds the session view. Only an account with a proven phone has a session, and `nextStep` names what it must still complete. */
export const viewOfSession = (row: SessionRow): SessionView => ({
  sessionId: row.id,
  user: { id: row.userId, email: row.email, locale: row.locale, roles: row.roles },
  aal: aalOf(row.amr),
  amr: row.amr,
  authenticatedAt: row.authenticatedAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  nextStep: nextStep({ hasPhone: true, recoveryConfirmed: row.saved }, true) === "save_recovery_codes" ? "save_recovery_codes" : null,
});
