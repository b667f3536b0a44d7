import type { z } from "zod";
import type { schema } from "../env.ts";

/** The meaning of a variable for an operator; `unset` is the effect of leaving it out if the schema has no default. Markdown. */
type About = { means: string; unset?: string; group: Group };

/** The sections of docs/configuration.md, in their order. */
export const groups = {
  start: "What production requires",
  database: "Database",
  web: "Web server",
  mail: "Mail",
  shown: "What people see",
  social: "Sign-in with LINE and Google",
  texts: "Texts and calls",
  guarded: "Guarded acts and trusted devices",
  limits: "Limits",
  watch: "Log, metrics, audit",
  trial: "Development and benchmarks",
} as const;
type Group = keyof typeof groups;

type Name = keyof z.infer<typeof schema>;

/** One entry for every variable of the schema: the compiler names a missing one and a superfluous one. */
export const about: Record<Name, About> = {
  SEKISHO_MODE: {
    group: "start",
    means: "`demo`: 127.0.0.1 only, every text goes to the demo phone. `production`: needs this section, and has no demo",
  },
  APP_URL: { group: "start", unset: "localhost in demo mode", means: "public https origin; decides URLs, cookies and accepted hosts" },
  DATABASE_URL: {
    group: "start",
    unset: "bundled in demo mode",
    means:
      "PostgreSQL 15, 16, 17 or 18, any distribution's or managed, as a `postgres://` URL; a direct connection (no transaction pooler)",
  },
  APP_KEYS: {
    group: "start",
    unset: "made in demo mode",
    means: "`id:base64`, comma separated, the first is active; `openssl rand -base64 32` makes one key",
  },
  PASSKEY_RP_ID: {
    group: "web",
    unset: "the host of `APP_URL`",
    means:
      "domain that passkeys are bound to: the host of `APP_URL` or a parent of it, for passkeys that several hosts share. Passkeys made under another one are lost",
  },
  TRUSTED_PROXIES: {
    group: "start",
    unset: "`none` in demo mode",
    means:
      "addresses or CIDRs, comma separated, of the proxies whose `X-Forwarded-For` counts, or `none`. Behind a proxy that is not named all clients are one",
  },
  COUNTRY_HEADER: {
    group: "web",
    unset: "no country is known",
    means:
      "header in which every proxy of `TRUSTED_PROXIES` names the country of the client (ISO 3166-1 alpha-2), such as `CF-IPCountry`; the proxy must replace what the client sends. A lost-phone request from a country that the account was not signed in from waits longer",
  },
  DATABASE_OWNER_URL: {
    group: "database",
    unset: "`DATABASE_URL` in demo mode",
    means: "the login that owns the tables: for `npm run migrate` alone, not where the application runs",
  },
  DATABASE_ONE_LOGIN: {
    group: "database",
    means: "the platform gives one login alone, so production may run as the owner; the doctor says what is lost",
  },
  DATABASE_POOL: { group: "database", means: "connections of each process, beside 20 for its jobs" },
  PORT: { group: "web", means: "TCP port on which it listens" },
  LISTEN_HOST: { group: "web", unset: "all in production", means: "address on which it listens; in demo mode always 127.0.0.1" },
  HASH_CONCURRENCY: { group: "web", means: "passwords hashed at once; one fewer than there are processors until four wait" },
  SEKISHO_WORKER: { group: "web", means: "`off`: this instance runs no jobs" },
  SMTP_URL: {
    group: "mail",
    means: "mail server of production, `smtp://` or `smtps://`; without it no mail is sent and no sign-up is possible",
  },
  MAIL_FROM: {
    group: "mail",
    means: "sender of mails, at a real domain; required with `SMTP_URL`. Its name is `SERVICE_NAME` where it has none",
  },
  SERVICE_NAME: { group: "shown", means: "name on pages, in texts and mails: at most 12 characters, no domain" },
  SENDER_NUMBER: {
    group: "shown",
    unset: "`0005 1234` in demo mode",
    means: "the number that texts come from, shown where the provider account names none; without it production shows none",
  },
  CONTACT: { group: "shown", means: "お問い合わせ窓口: a mail address, a URL or a telephone number, on pages and in mails" },
  TERMS_URL: { group: "shown", means: "terms of use: in the footer and at sign-up" },
  PRIVACY_URL: { group: "shown", means: "privacy policy: in the footer and at sign-up" },
  TERMS_VERSION: {
    group: "shown",
    means:
      "version of the terms of use, such as `2026-11`: kept with each consent, and everybody is asked again at the next sign-in when it changes",
  },
  PRIVACY_VERSION: { group: "shown", means: "the same for the privacy policy" },
  ALLOWED_COUNTRIES: {
    group: "texts",
    means: "countries that a number may have, ISO 3166-1 codes, comma separated; all others are refused",
  },
  PROVIDER_PRIVATE_HOSTS: {
    group: "texts",
    means:
      "host names or addresses of gateways in the operator's own network, comma separated: every other base address that leads there is refused when it is entered and when it is connected to",
  },
  EVENTS_PRIVATE_HOSTS: {
    group: "watch",
    means:
      "host names or addresses in the operator's own network that may take events, alerts and heads of the audit log, comma separated; those of events may have http. Every other name that leads there is refused when it is entered and when it is connected to",
  },
  NUMBER_LOOKUP: {
    group: "texts",
    means:
      "name of the provider account (Twilio, a webhook with `lookup`, or CAMARA) that is asked about a number before each text or call",
  },
  NUMBER_LOOKUP_FAILS: { group: "texts", means: "`open`: a look-up without an answer sends; `closed`: it does not" },
  SIM_SWAP_HOURS: {
    group: "texts",
    means: "hours after a SIM change in which no code is sent, unless the number was proven after the change",
  },
  CONFIRMATION_ACTS: {
    group: "guarded",
    unset: "`points_exchange:pt` in demo mode",
    means:
      "acts that `POST /api/v1/confirmations` takes, each with its unit: `act:unit`, comma separated. A unit has at most 4 letters, because texts name it. Unset in production: none",
  },
  CONFIRMATION_PASSKEY_FROM: {
    group: "guarded",
    means: "amount from which a passkey alone confirms an act, whatever its unit; unset: any second factor does",
  },
  TRUSTED_DEVICES: {
    group: "guarded",
    means: "`on`: a person may let one browser skip the second factor at sign-in for 30 days; such a session is AAL 1 (decision 039)",
  },
  LINE_CLIENT_ID: {
    group: "social",
    unset: "no sign-in with LINE",
    means: "channel ID of a LINE Login channel whose callback URL is `APP_URL` followed by `/api/auth/callback/line` (docs/social.md)",
  },
  LINE_CLIENT_SECRET: { group: "social", means: "channel secret of the same channel" },
  LINE_ISSUER: { group: "social", means: "issuer of LINE's ID tokens; another one is for tests" },
  GOOGLE_CLIENT_ID: {
    group: "social",
    unset: "no sign-in with Google",
    means: "OAuth client of Google whose redirect URI is `APP_URL` followed by `/api/auth/callback/google` (docs/social.md)",
  },
  GOOGLE_CLIENT_SECRET: { group: "social", means: "secret of the same client" },
  GOOGLE_ISSUER: { group: "social", means: "issuer of Google's ID tokens; another one is for tests" },
  OTP_TTL_SECONDS: { group: "limits", means: "seconds for which a code by SMS or call is valid" },
  ACCOUNTS_PER_PHONE: { group: "limits", means: "accounts that may share a number, for family phones" },
  SENDS_PER_DAY: {
    group: "limits",
    unset: "10000",
    means: "texts and calls of a day; once spent nothing is texted or called, the other ways still work",
  },
  SENDS_PER_COUNTRY_HOUR: { group: "limits", unset: "2000", means: "the same for the numbers of one country within an hour" },
  SENDS_KEPT_PERCENT: { group: "limits", means: "percentage of both budgets that only numbers already proven may use" },
  FAILING_ACCOUNTS_PER_10_MINUTES: {
    group: "limits",
    means: "accounts whose second factor may fail before sign-ins on unknown devices are braked",
  },
  LOG_LEVEL: { group: "watch", means: "the least level of the JSON lines on standard output" },
  METRICS_TOKEN: { group: "watch", means: "bearer token, 16 characters or more, that opens `/api/metrics`" },
  METRICS_PORT: {
    group: "watch",
    unset: "a worker alone serves none",
    means: "TCP port on which `npm run worker` serves `/api/metrics` and `/api/health/live`, on the address of `LISTEN_HOST`",
  },
  ALERT_WEBHOOK_URL: {
    group: "watch",
    unset: "alerts are log lines and metrics alone",
    means: "where alerts are posted when something begins to be wrong, every hour while it lasts, and when it is over",
  },
  ALERT_WEBHOOK_SECRET: { group: "watch", means: "signs what `ALERT_WEBHOOK_URL` is sent: 32 to 512 visible ASCII characters" },
  ALERT_MAIL_TO: { group: "watch", means: "address that the same alerts are mailed to" },
  AUDIT_WEBHOOK_URL: {
    group: "watch",
    means: "where the head of the audit log is posted every hour in which it moved: out of reach of an attacker with database access",
  },
  AUDIT_WEBHOOK_SECRET: { group: "watch", means: "signs what `AUDIT_WEBHOOK_URL` is sent: 32 to 512 visible ASCII characters" },
  AUDIT_MAIL_TO: { group: "watch", means: "address that the head of the audit log is mailed to" },
  SEKISHO_DEV: { group: "trial", means: "set by `npm run dev`" },
  SEKISHO_LIMITS: {
    group: "trial",
    means: "`bench` counts all limits and refuses nothing because of them, guesses excepted; demo mode only",
  },
};
