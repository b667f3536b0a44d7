/** What an account has, as far as the next step depends on it. */
export type AccountState = { hasFactor: boolean; recoveryConfirmed: boolean };

/** What must happen before an account is fully in: sign-up and an abandoned sign-up that comes back meet here. */
export type NextStep = "prove_address_and_bind_phone" | "second_factor" | "save_recovery_codes" | "done";

/** The next step of an account after its password was proven (`session: false`) or with a session. */
export function nextStep(account: AccountState, session: boolean): NextStep {
  if (!account.hasFactor) return "prove_address_and_bind_phone";
  if (!session) return "second_factor";
  return account.recoveryConfirmed ? "done" : "save_recovery_codes";
}
