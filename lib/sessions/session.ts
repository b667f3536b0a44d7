/** Pure words about a session. */

/** RFC 8176 method words, with `rc` for a recovery code (look-up secret). */
export type Amr = "pwd" | "sms" | "tel" | "otp" | "hwk" | "rc";

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

const SECOND_FACTORS = new Set<string>(["sms", "tel", "otp", "hwk", "rc"]);

/** Authenticator assurance level of what was proven (NIST SP 800-63B-4 section 2): a password and one other factor make 2. */
export const aalOf = (amr: readonly string[]): 1 | 2 => (amr.includes("pwd") && amr.some((word) => SECOND_FACTORS.has(word)) ? 2 : 1);
