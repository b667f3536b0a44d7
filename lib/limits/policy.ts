import type { Env } from "#lib/env";

/**
 * A limit that a success gives back: at most `max` hits within `seconds`, in a sliding window; with `bench`, SEKISHO_LIMITS=bench lifts its
 * verdict.
 */
export type Policy = { name: string; bench: boolean; windows: readonly { max: number; seconds: number }[] };

/**
 * A limit that is never given back: `max` takes in `seconds`, of which takes without a claim on the reserved part have `unkept`; one that is `watched`
 * counts and refuses nothing.
 */
export type Ring = { name: string; bench: boolean; max: number; unkept: number; seconds: number; watched?: boolean };

/** A limit of an address block: above it the block is crowded, and a slower limit of its own spaces further events. */
export type AddressPolicy = { name: string; max: number; seconds: number; crowded: { max: number; seconds: number } };

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
/** The days of the longest month, so that no month of a calendar has more than a budget of a month. */
const MONTH = 31 * DAY;

const ring = (name: string, max: number, seconds: number, unkept = max): Ring => ({ name, bench: true, max, unkept, seconds });

/** Limits by hits; docs/security.md lists what each counts, what gives it back, and the sources of the numbers. */
export const policies = {
  mailsPerMailbox: { name: "mails_per_mailbox", bench: true, windows: [{ max: 3, seconds: HOUR }] },
  /** A reserve for mails to a mailbox without a live code after strangers have used up its share. */
  mailsReserve: { name: "mails_reserve", bench: true, windows: [{ max: 3, seconds: HOUR }] },
  /** Mails of resets, of one account: all carry its one live code. */
  resetMails: { name: "reset_mails", bench: true, windows: [{ max: 3, seconds: HOUR }] },
  /** Mails of the code of a ready lost-phone case that its person asks for again, of one account (RECOVERY_MAILS). */
  recoveryMails: { name: "recovery_mails", bench: true, windows: [{ max: 3, seconds: HOUR }] },
  /** Texts of notices to one number and of one account: an attacker who changes back and forth cannot spend more. */
  noticeTexts: { name: "notice_texts", bench: true, windows: [{ max: 10, seconds: DAY }] },
  noticeTextsPerAccount: { name: "notice_texts_per_account", bench: true, windows: [{ max: 30, seconds: DAY }] },
  /** Passwords typed with one right undo code: strangers, who have no such code, cannot spend them (RS-04). */
  undoPasswords: {
    name: "undo_passwords",
    bench: false,
    windows: [
      { max: 10, seconds: HOUR },
      { max: 30, seconds: DAY },
    ],
  },
  /** Notices that staff send again to one account. */
  noticesAgain: { name: "notices_again", bench: true, windows: [{ max: 5, seconds: DAY }] },
  /** Texts and calls of the set-up guide to one number. */
  rehearsals: { name: "rehearsals", bench: true, windows: [{ max: 20, seconds: HOUR }] },
  /** Tickets of one session for other hosts: a browser that comes back again and again goes in a circle. */
  siteTickets: { name: "site_tickets", bench: true, windows: [{ max: 30, seconds: MINUTE }] },
  mailsPerAccount: { name: "mails_per_account", bench: true, windows: [{ max: 3, seconds: HOUR }] },
  /** Mails that accounts send to a mailbox which is not theirs yet; a bucket of its own, so that they cannot fill that of its sign-ups. */
  changesPerMailbox: { name: "changes_per_mailbox", bench: true, windows: [{ max: 3, seconds: HOUR }] },
  sendsPerPhone: {
    name: "sends_per_phone",
    bench: true,
    windows: [
      { max: 5, seconds: HOUR },
      { max: 10, seconds: DAY },
    ],
  },
  sendsPerAccount: { name: "sends_per_account", bench: true, windows: [{ max: 10, seconds: DAY }] },
  sendsPerPrefix: { name: "sends_per_prefix", bench: true, windows: [{ max: 10, seconds: DAY }] },
  newNumbersPerAccount: { name: "new_numbers_per_account", bench: true, windows: [{ max: 3, seconds: DAY }] },
  /** Different new numbers of one block of a thousand: the fifth within ten minutes is the signature of pumped traffic (FR-04, Twilio). */
  numbersPerBlock: { name: "numbers_per_block", bench: true, windows: [{ max: 4, seconds: 10 * MINUTE }] },
} as const satisfies Record<string, Policy>;

/** Limits by rings. */
export const rings = {
  sendsPerIp: ring("sends_per_ip", 25, 5 * MINUTE),
  /** A known device has a bucket of its own, which other clients at its address cannot fill (RL-11). */
  sendsPerDevice: ring("sends_per_device", 25, 5 * MINUTE),
  /** Texts and calls of one account, proven or not; ten are reserved for its known devices (RL-12). */
  sendsCeiling: ring("sends_ceiling", 30, DAY, 20),
} as const satisfies Record<string, Ring>;

/** Limits of address blocks. */
export const addressPolicies = {
  signUps: { name: "sign_ups_per_ip", max: 20, seconds: HOUR, crowded: { max: 6, seconds: MINUTE } },
  /** Requests for a reset: they cost rows and no hash, and an owner may share an address with strangers. */
  resets: { name: "resets_per_ip", max: 200, seconds: HOUR, crowded: { max: 30, seconds: MINUTE } },
  /** Wrong stop, undo and status codes; a right one is never refused. */
  noticeCodes: { name: "notice_codes_per_ip", max: 20, seconds: HOUR, crowded: { max: 1, seconds: MINUTE } },
  /** Authorisation requests of browsers without a session: each costs a row, and an office may share an address. */
  serviceRequests: { name: "service_requests_per_ip", max: 600, seconds: HOUR, crowded: { max: 60, seconds: MINUTE } },
  /** Sign-ins that are begun with another provider, and their returns: each asks that provider something over the network. */
  providerRequests: { name: "provider_requests_per_ip", max: 200, seconds: HOUR, crowded: { max: 30, seconds: MINUTE } },
  passwordFailures: { name: "password_failures_per_ip", max: 50, seconds: 15 * MINUTE, crowded: { max: 30, seconds: MINUTE } },
  /** Wrong answers of a passkey alone: each costs a signature's verification, and a known device of the account is counted apart (RL-11). */
  passkeyFailures: { name: "passkey_failures_per_ip", max: 50, seconds: 15 * MINUTE, crowded: { max: 30, seconds: MINUTE } },
  /** Wrong six-digit codes, except on known devices: 800 guesses an hour from 20 addresses hit once in 1,250 hours (RL-09). */
  factorFailures: { name: "factor_failures_per_ip", max: 40, seconds: HOUR, crowded: { max: 6, seconds: MINUTE } },
} as const satisfies Record<string, AddressPolicy>;

/** Wrong codes an hour that one account may add to an address block, so that failures at one account do not block its neighbours. */
export const FACTOR_FAILURES_OF_ONE_ACCOUNT = 5;

/** Multiples of the limit of an address for the blocks around it: an IPv6 /64, its /56, its /48 (RL-03). */
export const BLOCK_FACTORS = [1, 2, 4] as const;

export type BudgetEnv = Pick<Env, "SENDS_PER_DAY" | "SENDS_PER_COUNTRY_HOUR" | "SENDS_KEPT_PERCENT">;

/** The shipped numbers of the budgets; a number that the operator set also applies under SEKISHO_LIMITS=bench. */
export const BUDGETS = { perDay: 10_000, perCountryHour: 2000 } as const;

const unkeptOf = (max: number, { SENDS_KEPT_PERCENT: kept }: Pick<Env, "SENDS_KEPT_PERCENT">): number =>
  Math.ceil((max * (100 - kept)) / 100);

/** The daily budget of all sends and the hourly budgets per country; a part of each is reserved for proven numbers (RL-12). */
export function budgetRings(env: BudgetEnv): { sendsPerDay: Ring; sendsPerCountry: Ring } {
  const budget = (name: string, set: number | undefined, shipped: number, seconds: number): Ring => {
    const max = set ?? shipped;
    return { name, bench: set === undefined, max, unkept: unkeptOf(max, env), seconds };
  };
  return {
    sendsPerDay: budget("sends_per_day", env.SENDS_PER_DAY, BUDGETS.perDay, DAY),
    sendsPerCountry: budget("sends_per_country", env.SENDS_PER_COUNTRY_HOUR, BUDGETS.perCountryHour, HOUR),
  };
}

/** The daily budget of one key of another system (`--per-day` of `npm run key`). */
export const keyRing = (max: number): Ring => ({ name: "sends_per_key", bench: false, max, unkept: max, seconds: DAY });

/** The sends that an operator set for one country; `monitor` counts and alerts, and refuses nothing. */
type CountrySends = { mode: "deny" | "monitor"; sendsPerDay: number | null; sendsPerMonth: number | null };

/**
 * The budgets of one country for a day and for any 31 days, of which proven numbers have their reserved part. With each comes the share that one
 * account, address or number block may take of what is unreserved: two percent, within an hour of a day's and within a day of a month's.
 */
export function countryRings(
  { mode, sendsPerDay, sendsPerMonth }: CountrySends,
  env: Pick<Env, "SENDS_KEPT_PERCENT">,
): { budget: Ring; share: (who: string) => Ring }[] {
  const of = (name: string, max: number | null, seconds: number, shareSeconds: number) => {
    if (max === null) return [];
    const watched = mode === "monitor";
    const unkept = unkeptOf(max, env);
    return [
      {
        budget: { name, bench: false, max, unkept, seconds, watched },
        share: (who: string): Ring => ({ ...ring(`${name}_${who}`, Math.max(1, Math.floor(unkept / 50)), shareSeconds), watched }),
      },
    ];
  };
  return [...of("sends_per_country_day", sendsPerDay, DAY, HOUR), ...of("sends_per_country_month", sendsPerMonth, MONTH, DAY)];
}

const BUDGET_NAMES = ["sends_per_day", "sends_per_country", "sends_per_country_day", "sends_per_country_month", "sends_per_key"];

/** Whether a limit is a budget, by its name. */
export const isBudget = (policy: string): boolean => BUDGET_NAMES.includes(policy);

/** The share of the budgets for unproven numbers that one account, address or number block may take within an hour: two percent, at least one. */
export function shareRings(env: BudgetEnv): { perAccount: Ring; perIp: Ring; perBlock: Ring } {
  const { sendsPerDay, sendsPerCountry } = budgetRings(env);
  const max = Math.max(1, Math.floor(Math.min(sendsPerDay.unkept, sendsPerCountry.unkept) / 50));
  const share = (name: string) => ring(name, max, HOUR);
  return { perAccount: share("budget_share_account"), perIp: share("budget_share_ip"), perBlock: share("budget_share_block") };
}

/**
 * Shards of a ring: with a single row a site-wide budget would make every send wait for one row lock; a small budget has one shard, so that it is
 * exact.
 */
export const shardsOf = ({ max }: Ring): number => (max >= 1000 ? 16 : 1);

/**
 * Accounts whose second factor may fail within ten minutes; more mean that an attacker guesses across accounts (RL-09). The operator sets the
 * number.
 */
export const accountsFailing = (env: Pick<Env, "FAILING_ACCOUNTS_PER_10_MINUTES">) => ({
  name: "accounts_failing",
  bench: false,
  windows: [{ max: env.FAILING_ACCOUNTS_PER_10_MINUTES, seconds: 10 * MINUTE }],
});

/**
 * Sends to new numbers from one address without a proof, counted also while the brake is off, so that earlier pumping uses up the braked allowance.
 * The limit equals the hourly `sendsPerIp`, or five (Authgear's minimum) while few sends of the country convert.
 */
export const newNumberSendsPerIp = (braked: boolean) => ({
  name: "new_number_sends_per_ip",
  bench: true,
  windows: [{ max: braked ? 5 : 300, seconds: HOUR }],
});

/** How long the code of a text may still be typed before the text counts as not followed by its code; the thresholds are the setting `pumpingGuard`. */
export const CONVERSION = { undecidedSeconds: 5 * MINUTE } as const;

/** Seconds for which a brake stays on: guesses from unknown devices, texts to a block of numbers, texts to new numbers of a country. */
export const BRAKE = { secondFactor: 10 * MINUTE, numberBlock: HOUR, conversion: HOUR } as const;

/** Known devices: their life since the last sign-in, how many an account keeps, and the shortest time between two notices of new ones. */
export const KNOWN_DEVICE = { seconds: 180 * DAY, perUser: 10, noticeEvery: MINUTE } as const;

/** Minimum seconds between two notices of sign-ins that ended after the right password (LG-04). */
export const UNFINISHED_NOTICE_EVERY = HOUR;

/** The policies whose hits are unproven sends: a successful verification gives the account's share back. */
export const UNPROVEN = [
  "sends_per_phone",
  "sends_per_account",
  "sends_per_prefix",
  "numbers_per_block",
  "new_number_sends_per_ip",
] as const;

/** Wrong guesses one challenge evaluates, whatever the factor. */
export const GUESSES_PER_CHALLENGE = 5;
/** Consecutive failures of six-digit factors after which an account, or a known device of it, waits (each further ten again). */
export const SOFT_LOCK = { failures: 10, seconds: 15 * MINUTE } as const;
/** Consecutive failures after which an authenticator of six digits is disabled until it is bound again (NIST SP 800-63B-4 3.2.2). */
export const HARD_CAP = 100;
/** Sends of one challenge over all channels. */
export const SENDS_PER_CHALLENGE = 5;
/** Life of an open challenge, and of one that waits for a number, in seconds. */
export const BIND_PHONE_SECONDS = 30 * MINUTE;
/** Sessions: idle and overall, in seconds. */
export const SESSION = { idle: HOUR, overall: DAY, adminIdle: 15 * MINUTE, adminOverall: 12 * HOUR } as const;

/** How long a second factor counts for guarded acts of its class, in seconds. */
export const STEP_UP_SECONDS = 10 * MINUTE;
/** How long after a sign-in by text its browser may make a passkey by itself, in seconds. */
export const UNASKED_PASSKEY_SECONDS = 5 * MINUTE;
/** How often the offer of a passkey may be put off, for a day each, before it rests (in seconds). */
export const PASSKEY_OFFER = { times: 3, between: DAY, rest: 30 * DAY } as const;
/** Life of a ticket that leads into a site, and how long its browser may take from there through the sign-in and back, in seconds. */
export const SITE_TICKET_SECONDS = MINUTE;
export const SITE_BEGINNING_SECONDS = HOUR;
/** How long one act may be confirmed and its confirmation used, in seconds (CONFIRMATION). */
export const CONFIRMATION_SECONDS = 10 * MINUTE;
/**
 * Trusted devices (TRUSTED_DEVICE): their life since they were trusted, how many an account keeps, and the seconds in which a token that was just
 * replaced is a second click and no copy.
 */
export const TRUSTED_DEVICE = { seconds: 30 * DAY, perUser: 10, graceSeconds: 10 } as const;
/** Life of a reset, of the code that its mails carry, and how many mails an account gets in an hour (RESET_MAILS, RESET_CODE). */
export const RESET = { seconds: 30 * MINUTE, codeSeconds: HOUR } as const;
/** Days in which a change can be undone or a notice's code used, in seconds (STOP, UNDO). */
export const UNDO_SECONDS = 7 * DAY;
/** How long guarded acts stop after a stop by text, in seconds. */
export const FREEZE_SECONDS = 3 * DAY;
/** Phones that one account may have (PHONES_PER_ACCOUNT). */
export const PHONES_PER_ACCOUNT = 5;
/** Passkeys that one account may have. */
export const PASSKEYS_PER_ACCOUNT = 10;
/** Days without use after which a number is proven again before it serves recovery, in seconds (PSTN-10). */
export const UNUSED_NUMBER_SECONDS = 180 * DAY;
/** After how long the owner of recovery codes is asked whether they are still there, in seconds. */
export const CODES_ASKED_SECONDS = 365 * DAY;
/** How long a second address waits before it serves recovery, in seconds. */
export const RECOVERY_ADDRESS_SECONDS = 7 * DAY;
/** How long the holder of a number can stop another account from taking it over, in seconds. */
export const TAKEOVER_SECONDS = 3 * DAY;
/** How long the notices of a release run before the address is given up, in seconds. */
export const RELEASE_SECONDS = 30 * DAY;
/** How long a deletion can be taken back, in seconds. */
export const DELETION_SECONDS = 30 * DAY;

/** How long an invitation to a role lives, in seconds. */
export const INVITE_SECONDS = HOUR;
/** How long a new administrator approves no case, and how long an administrator is alone before the second approval is replaced by a wait, in seconds. */
export const NEW_ADMINISTRATOR_SECONDS = 3 * DAY;
export const SOLE_ADMINISTRATOR_SECONDS = 30 * DAY;
/**
 * A lost-phone case, in seconds: how long a request that is not decided lives, how long the way to a new factor stays open, the life of the code that
 * opens it, how long guarded acts stay blocked afterwards, and the age of a case after which staff are reminded (LOST_PHONE, RECOVERY_MAIL).
 */
export const LOST_PHONE = { undecided: 14 * DAY, ready: 7 * DAY, code: DAY, restricted: DAY, reminder: DAY } as const;
/** Seconds to wait after the nth send of one channel before the next (30, 60, 120 s). */
export const resendWait = (sends: number): number => [0, 30, 60][sends] ?? 120;

/** Wrong passwords an account takes before it waits, and the wait in seconds: 15 minutes, doubling with every further ten up to four hours. */
export const PASSWORD_FAILURES = { max: 10, wait: 15 * MINUTE, longestWait: 4 * HOUR } as const;
/** Password attempts of an account, or of a known device of it, with any outcome, because each costs a hash. */
export const PASSWORD_ATTEMPTS = { max: 100, seconds: 15 * MINUTE } as const;
