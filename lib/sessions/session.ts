import { type AccountFacts, mustEnrol, requirementFrom, type Strict } from "#lib/policy/requirement";
import { type OwedStep, owedStep } from "#lib/sessions/next-step";

/** Pure: the signed-in state of a browser and its assurance level. */

/** What begins a sign-in: the password, or the assertion of a provider that is linked to the account (`fed`, as Microsoft Entra names it). */
const FIRST_FACTORS = ["pwd", "fed"] as const;

const SECOND_FACTORS = ["sms", "tel", "otp", "hwk", "rc"] as const;

/**
 * RFC 8176 method words, with `rc` (recovery code), `trusted_device` (skipped the second factor) and `user` (the key checked a PIN or a finger). Only
 * those of SECOND_FACTORS prove a second factor.
 */
export type Amr = (typeof FIRST_FACTORS)[number] | "user" | "trusted_device" | (typeof SECOND_FACTORS)[number];

/** The signed-in state of one browser as the product passes it around; times are ISO 8601. */
export type SessionView = {
  sessionId: string;
  user: { id: string; email: string; locale: string; roles: string[] };
  aal: 1 | 2;
  amr: string[];
  authenticatedAt: string;
  expiresAt: string;
  nextStep: OwedStep | null;
  /** The restriction of guarded acts, or null; its end is null while staff decide. */
  restriction: { until: string | null } | null;
  /** A factor that the account still has to add, from when, and in how many days that is (JP-03). */
  announced: { factor: Strict; until: string; days: number } | null;
};

/**
 * Authenticator assurance level of what was proven (NIST SP 800-63B-4 section 2): a first and one other factor make 2, and so does a key that
 * verified its user, which is two factors in itself.
 */
export const aalOf = (amr: readonly string[]): 1 | 2 => {
  const twice = FIRST_FACTORS.some((word) => amr.includes(word)) && SECOND_FACTORS.some((word) => amr.includes(word));
  return twice || (amr.includes("hwk") && amr.includes("user")) ? 2 : 1;
};

/** A stored session with the account data of its view. */
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
  /** When the restriction of its account ends, as PostgreSQL writes it: a time, `infinity`, or null without one. */
  restrictedUntil: string | null;
  /** What rules of factors judge its account by. */
  facts: AccountFacts;
};

const endOf = (written: string): string | null => (written === "infinity" ? null : new Date(written).toISOString());

/** A session as the product passes it around; what it still owes follows from its account and the rules as they were read with it. */
export function viewOfSession(row: SessionRow): SessionView {
  const requirement = requirementFrom(row.facts);
  const { announced } = requirement;
  return {
    sessionId: row.id,
    user: { id: row.userId, email: row.email, locale: row.locale, roles: row.roles },
    aal: aalOf(row.amr),
    amr: row.amr,
    authenticatedAt: row.authenticatedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    nextStep: owedStep({ recoveryConfirmed: row.saved, mustEnrol: mustEnrol(requirement) }),
    restriction: row.restrictedUntil === null ? null : { until: endOf(row.restrictedUntil) },
    announced:
      announced && !announced.met
        ? {
            factor: announced.factor,
            until: announced.until.toISOString(),
            days: Math.ceil((announced.until.getTime() - Date.parse(row.facts?.now ?? "")) / 86_400_000),
          }
        : null,
  };
}
