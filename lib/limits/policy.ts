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
  /** Different new numbers of one block of a thousand: the fifth within ten minutes is the signature of pumped traffic (FR-04, Twilio). */
  numbersPerBlock: { name: "numbers_per_block", bench: true, windows: [{ max: 4, seconds: 10 * MINUTE }] },
  /** Wrong second factors from one address, known devices aside: 800 guesses an hour from 20 addresses hit once in 1,250 hours (RL-09). */
  factorFailuresPerIp: { name: "factor_failures_per_ip", bench: false, windows: [{ max: 40, seconds: HOUR }] },
  passwordFailuresPerIp: { name: "password_failures_per_ip", bench: false, windows: [{ max: 50, seconds: 15 * MINUTE }] },
} as const satisfies Record<string, Policy>;

/** Daily budget of sends in all and hourly per country; the operator's numbers. */
export const budgetPolicies = (env: Pick<Env, "SENDS_PER_DAY" | "SENDS_PER_COUNTRY_HOUR">) => ({
  sendsPerDay: { name: "sends_per_day", bench: true, windows: [{ max: env.SENDS_PER_DAY, seconds: DAY }] },
  sendsPerCountry: { name: "sends_per_country", bench: true, windows: [{ max: env.SENDS_PER_COUNTRY_HOUR, seconds: HOUR }] },
});

/** Accounts whose second factor fails within ten minutes: above this somebody guesses across accounts (RL-09); the operator's number. */
export const accountsFailing = (env: Pick<Env, "FAILING_ACCOUNTS_PER_10_MINUTES">) => ({
  name: "accounts_failing",
  bench: false,
  windows: [{ max: env.FAILING_ACCOUNTS_PER_10_MINUTES, seconds: 10 * MINUTE }],
});

/**
 * Sends to new numbers from one address that no proof followed. Counted always, so that who pumped before the brake came on has had his
 * share; as many as `sendsPerIp` lets through in an hour, or five (Authgear's least) while few of a country's sends convert.
 */
export const newNumberSendsPerIp = (braked: boolean) => ({
  name: "new_number_sends_per_ip",
  bench: true,
  windows: [{ max: braked ? 5 : 300, seconds: HOUR }],
});

/** Conversion: of so many sends to new numbers in an hour less than this share was proven; the latest ones are not decided yet (FR-04). */
export const CONVERSION = { sends: 20, share: 0.2, undecidedSeconds: 5 * MINUTE } as const;

/** For how many seconds a brake stays on: guesses from devices nobody knows, texts to a block of numbers, texts to new numbers of a country. */
export const BRAKE = { secondFactor: 10 * MINUTE, numberBlock: HOUR, conversion: HOUR } as const;

/** Known devices: their life since the last sign-in, how many an account keeps, and the shortest time between two notices of new ones. */
export const KNOWN_DEVICE = { seconds: 180 * DAY, perUser: 10, noticeEvery: MINUTE } as const;

/** The policies whose hits are unproven sends: a successful verification gives the account's share back. */
export const UNPROVEN = [
  "sends_per_phone",
  "sends_per_account",
  "sends_per_prefix",
  "numbers_per_block",
  "new_number_sends_per_ip",
] as const;

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
