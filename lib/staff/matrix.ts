/** Pure: who may do what in the console. The one table that every page, act and read of it asks (ASVS 8.2.1). */

export const roles = ["support", "administrator"] as const;
/** A role of staff. */
export type Role = (typeof roles)[number];

/** Whether a text is a role. */
export const isRole = (text: string): text is Role => (roles as readonly string[]).includes(text);

const everyone: readonly Role[] = roles;
const administrators: readonly Role[] = ["administrator"];

/** Every page and act of the console, with the roles that may have it. A name that is missing here does not compile. */
export const matrix = {
  "overview.read": everyone,
  "users.read": everyone,
  "users.suspend": administrators,
  "users.resume": administrators,
  "users.end_sessions": everyone,
  "users.require_reverification": everyone,
  "users.force_reset": administrators,
  "users.start_case": everyone,
  "cases.read": everyone,
  "cases.review": everyone,
  "cases.approve": administrators,
  "cases.reject": administrators,
  "cases.cancel": administrators,
  "cases.resume": administrators,
  "messages.read": everyone,
  "messages.resend": everyone,
  "abuse.read": everyone,
  "audit.read": everyone,
  "audit.export": administrators,
  "people.read": everyone,
  "people.invite": administrators,
  "people.withdraw": administrators,
  "people.grant": administrators,
  "people.revoke": administrators,
  "providers.read": everyone,
  "providers.add": administrators,
  "providers.change": administrators,
  "providers.disable": administrators,
  "providers.enable": administrators,
  "providers.remove": administrators,
  "providers.up": administrators,
  "providers.test": administrators,
  "providers.test_callback": administrators,
  "setup.read": everyone,
  "setup.confirm": administrators,
  "texts.read": everyone,
  "texts.change": administrators,
  "setup.rehearse": administrators,
  "setup.export": administrators,
  "usage.read": everyone,
  "usage.export": administrators,
  "usage.set_rate": administrators,
  "usage.reconcile": administrators,
  "health.read": everyone,
  "health.switch": administrators,
  "policy.read": everyone,
  "policy.change": administrators,
  "members.read": administrators,
  "members.stage": administrators,
  "members.begin": administrators,
  "members.cancel": administrators,
  "members.export": administrators,
  "clients.read": administrators,
  "clients.add": administrators,
  "clients.change": administrators,
  "clients.rotate": administrators,
  "clients.remove": administrators,
  "keys.read": everyone,
  "keys.add": administrators,
  "keys.rotate": administrators,
  "keys.remove": administrators,
  "events.read": everyone,
  "events.add": administrators,
  "events.rotate": administrators,
  "events.pause": administrators,
  "events.resume": administrators,
  "events.remove": administrators,
  "events.test": administrators,
  "events.resend": administrators,
} as const satisfies Record<string, readonly Role[]>;

/** A page or an act of the console. */
export type StaffAct = keyof typeof matrix;

/** Whether an account with these roles may do an act. */
export const mayDo = (held: readonly string[], act: StaffAct): boolean => matrix[act].some((role) => held.includes(role));

/** Whether an account has a role of staff at all. */
export const isStaff = (held: readonly string[]): boolean => held.some(isRole);
