/** The data of an account that its next step depends on. */
export type AccountState = { hasPhone: boolean; recoveryConfirmed: boolean };

/** The step that an account must complete next; new and resumed sign-ups share it. */
export type NextStep = "prove_address_and_bind_phone" | "second_factor" | "save_recovery_codes" | "done";

/** The next step of an account after its password was proven (`session: false`) or with a session. */
export function nextStep(account: AccountState, session: boolean): NextStep {
  if (!account.hasPhone) return "prove_address_and_bind_phone";
  if (!session) return "second_factor";
  return account.recoveryConfirmed ? "done" : "save_recovery_codes";
}
