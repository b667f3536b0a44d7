import type { OwedStep } from "#lib/sessions/next-step";

/** The page of each step that a session may owe. */
const pages: Record<OwedStep, string> = { save_recovery_codes: "/recovery-codes", enrol_factor: "/account/factors" };

/** Returns the page on which a session goes on: of the step that it owes, else its account. */
export const pageOf = (nextStep: OwedStep | null): string => (nextStep ? pages[nextStep] : "/account");
