import type { Env } from "#lib/env";

/** One row of the limits table: at most `max` hits within `seconds`, counted in a sliding window; `bench` rows are lifted by SEKISHO_LIMITS=bench. */
export type Policy = { name: string; bench: boolean; windows: readonly { max: number; seconds: number }[] };

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** The limits table (reference/security 1.0): what is counted is in the name, the numbers have their sources there. */
export const policies = {
  signUpsPerIp: { name: "sign_ups_per_ip", bench: true, windows: [{ max: 20, seconds: HOUR }] },
  mailsPerAddress: { name: "mails_per_address", bench: true, windows: [{ max: 3, seconds: HOUR }] },
  sendsPerPhone: {
    name: "sends_per_phone",
    bench: true,
    windows: [
      { max: 5, seconds: HOUR },
      { max: 10, seconds: DAY },
    ],
  },
  sendsPerAccount: { name: "sends_per_account", bench: true, windows: [{ max: 10, seconds: DAY }] },
  sendsPerIp: { name: "sends_per_ip", bench: true, windows: [{ max: 25, seconds: 5 * MINUTE }] },
  sendsPerPrefix: { name: "sends_per_prefix", bench: true, windows: [{ max: 10, seconds: DAY }] },
  newNumbersPerAccount: { name: "new_numbers_per_account", bench: true, windows: [{ max: 3, seconds: DAY }] },
  passwordFailuresPerIp: { name: "password_failures_per_ip", bench: false, windows: [{ max: 50, seconds: 15 * MINUTE }] },
} as const satisfies Record<string, Policy>;

/** Daily budget of sends in all and hourly per country; the operator's numbers. */
export const budgetPolicies = (env: Pick<Env, "SENDS_PER_DAY" | "SENDS_PER_COUNTRY_HOUR">) => ({
  sendsPerDay: { name: "sends_per_day", bench: true, windows: [{ max: env.SENDS_PER_DAY, seconds: DAY }] },
  sendsPerCountry: { name: "sends_per_country", bench: true, windows: [{ max: env.SENDS_PER_COUNTRY_HOUR, seconds: HOUR }] },
});

/** The policies whose hits are unproven sends: a successful verification gives the account's share back. */
export const UNPROVEN = ["sends_per_phone", "sends_per_account", "sends_per_prefix"] as const;

/** Wrong guesses one challenge evaluates, whatever the factor. */
export const ATTEMPTS_PER_CHALLENGE = 5;
/** Consecutive failures of second factors after which an account waits (each further ten again). */
export const SOFT_LOCK = { failures: 10, seconds: 15 * MINUTE } as const;
/** Consecutive failures after which one authenticator is disabled until it is bound again (NIST SP 800-63B-4 3.2.2). */
export const HARD_CAP = 100;
/** Sends of one challenge over all channels. */
export const SENDS_PER_CHALLENGE = 5;
/** Life of an open challenge, and of one that waits for a number, in seconds. */
export const BIND_PHONE_SECONDS = 30 * MINUTE;
/** Sessions: idle and overall, in seconds. */
export const SESSION = { idle: HOUR, overall: DAY, adminIdle: 15 * MINUTE, adminOverall: 12 * HOUR } as const;

/** Seconds to wait after the nth send of one channel before the next (RESEND_WAIT 30, 60, 120 s). */
export const resendWait = (sends: number): number => [0, 30, 60][sends] ?? 120;

/** Wrong passwords an account takes before it waits, and the wait in seconds: 15 minutes, doubling with every further ten up to four hours. */
export const PASSWORD_FAILURES = { max: 10, wait: 15 * MINUTE, longestWait: 4 * HOUR } as const;
