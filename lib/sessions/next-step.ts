/** The data of an account that its next step depends on. */
export type AccountState = { hasFactor: boolean; recoveryConfirmed: boolean; mustEnrol?: boolean };

/** The step that an account must complete next; new and resumed sign-ups share it. */
export type NextStep = "prove_address_and_bind_phone" | "second_factor" | "save_recovery_codes" | "enrol_factor" | "done";

/** The next step of an account after its password was proven (`session: false`) or with a session. */
export function nextStep(account: AccountState, session: boolean): NextStep {
  if (!account.hasFactor) return "prove_address_and_bind_phone";
  if (!session) return "second_factor";
  if (!account.recoveryConfirmed) return "save_recovery_codes";
  return account.mustEnrol ? "enrol_factor" : "done";
}

/** The steps that a session may still owe; it opens nothing else until then. */
export type OwedStep = Extract<NextStep, "save_recovery_codes" | "enrol_factor">;

/** The step that a session owes, or null. It exists only for an account that is past its sign-up. */
export function owedStep(account: Omit<AccountState, "hasFactor">): OwedStep | null {
  const step = nextStep({ ...account, hasFactor: true }, true);
  return step === "save_recovery_codes" || step === "enrol_factor" ? step : null;
}
