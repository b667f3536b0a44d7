import { z } from "zod";
import { NONE } from "#lib/proxies";
import { type Contact, readContact } from "./env/contact.ts";
import {
  AMOUNT,
  appKeys,
  clientId,
  clientSecret,
  confirmationActs,
  countryHeader,
  databaseUrl,
  documentVersion,
  isHttpsOrigin,
  isPasskeyDomain,
  isPostable,
  issuer,
  proxies,
  senderField,
  serviceNameField,
  webAddress,
} from "./env/fields.ts";
import { type MailFrom, readMailFrom } from "./env/mail-from.ts";

/** The only reader of `process.env`: one schema, parsed once, frozen; `lib/env/about.ts` describes every name. */

export const schema = z
  .object({
    SEKISHO_MODE: z.enum(["demo", "production"]).default("demo"),
    PORT: z.coerce.number().int().min(1).max(65535).default(3000),
    LISTEN_HOST: z.string().optional(),
    APP_URL: z.string().optional(),
    DATABASE_URL: databaseUrl,
    DATABASE_OWNER_URL: databaseUrl.optional(),
    DATABASE_ONE_LOGIN: z.enum(["accept"]).optional(),
    DATABASE_POOL: z.coerce.number().int().min(2).max(100).default(10),
    APP_KEYS: appKeys,
    TRUSTED_PROXIES: proxies.optional(),
    COUNTRY_HEADER: countryHeader.optional(),
    METRICS_TOKEN: z.string().min(16).optional(),
    METRICS_PORT: z.coerce.number().int().min(1).max(65535).optional(),
    AUDIT_WEBHOOK_URL: z.string().refine(isPostable, "must be an https URL, or http on loopback").optional(),
    AUDIT_WEBHOOK_SECRET: z
      .string()
      .regex(/^[\x21-\x7e]{32,512}$/, "must be 32 to 512 visible ASCII characters (openssl rand -hex 32)")
      .optional(),
    ALERT_WEBHOOK_URL: z.string().refine(isPostable, "must be an https URL, or http on loopback").optional(),
    ALERT_WEBHOOK_SECRET: z
      .string()
      .regex(/^[\x21-\x7e]{32,512}$/, "must be 32 to 512 visible ASCII characters")
      .optional(),
    ALERT_MAIL_TO: z.email("must be an e-mail address").optional(),
    AUDIT_MAIL_TO: z.email("must be an e-mail address").optional(),
    SMTP_URL: z.string().optional(),
    MAIL_FROM: z.string().optional(),
    SERVICE_NAME: serviceNameField.default("関所"),
    SENDER_NUMBER: senderField.optional(),
    CONTACT: z
      .string()
      .refine((value) => readContact(value) !== null, "must be a mail address, an http(s) URL or a telephone number")
      .optional(),
    TERMS_URL: webAddress.optional(),
    PRIVACY_URL: webAddress.optional(),
    TERMS_VERSION: documentVersion.optional(),
    PRIVACY_VERSION: documentVersion.optional(),
    SEKISHO_LIMITS: z.enum(["standard", "bench"]).default("standard"),
    SEKISHO_DEV: z.enum(["0", "1"]).default("0"),
    SEKISHO_WORKER: z.enum(["on", "off"]).default("on"),
    PASSKEY_RP_ID: z
      .string()
      .regex(/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, "must be a domain in lower case")
      .optional(),
    LINE_CLIENT_ID: clientId.optional(),
    LINE_CLIENT_SECRET: clientSecret.optional(),
    LINE_ISSUER: issuer.default("https://access.line.me"),
    GOOGLE_CLIENT_ID: clientId.optional(),
    GOOGLE_CLIENT_SECRET: clientSecret.optional(),
    GOOGLE_ISSUER: issuer.default("https://accounts.google.com"),
    OTP_TTL_SECONDS: z.coerce.number().int().min(60).max(600).default(600),
    ACCOUNTS_PER_PHONE: z.coerce.number().int().min(1).max(5).default(1),
    ALLOWED_COUNTRIES: z
      .string()
      .regex(/^[A-Z]{2}(,[A-Z]{2})*$/, "must be ISO country codes, comma separated")
      .default("JP"),
    PROVIDER_PRIVATE_HOSTS: z
      .string()
      .regex(/^[a-z0-9.:-]+(?:,[a-z0-9.:-]+)*$/, "must be host names in lower case, comma separated")
      .optional(),
    EVENTS_PRIVATE_HOSTS: z
      .string()
      .regex(/^[a-z0-9.:-]+(?:,[a-z0-9.:-]+)*$/, "must be host names in lower case, comma separated")
      .optional(),
    NUMBER_LOOKUP: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "must be the name of a provider account")
      .optional(),
    NUMBER_LOOKUP_FAILS: z.enum(["open", "closed"]).default("open"),
    SIM_SWAP_HOURS: z.coerce.number().int().min(1).max(720).default(72),
    SENDS_PER_DAY: z.coerce.number().int().min(0).max(1_000_000_000).optional(),
    SENDS_PER_COUNTRY_HOUR: z.coerce.number().int().min(0).max(1_000_000_000).optional(),
    SENDS_KEPT_PERCENT: z.coerce.number().int().min(0).max(90).default(30),
    CONFIRMATION_ACTS: confirmationActs.optional(),
    CONFIRMATION_PASSKEY_FROM: z.string().regex(AMOUNT, "must be an amount such as 100000").optional(),
    TRUSTED_DEVICES: z.enum(["off", "on"]).default("off"),
    FAILING_ACCOUNTS_PER_10_MINUTES: z.coerce.number().int().min(1).default(200),
    HASH_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(2),
    LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  })
  .superRefine((value, ctx) => {
    const problem = (name: string, message: string) => ctx.addIssue({ code: "custom", path: [name], message });
    if (value.AUDIT_WEBHOOK_URL && !value.AUDIT_WEBHOOK_SECRET) problem("AUDIT_WEBHOOK_SECRET", "signs what AUDIT_WEBHOOK_URL is sent");
    if (value.ALERT_WEBHOOK_URL && !value.ALERT_WEBHOOK_SECRET) problem("ALERT_WEBHOOK_SECRET", "signs what ALERT_WEBHOOK_URL is sent");
    for (const provider of ["LINE", "GOOGLE"] as const) {
      const [id, secret] = [value[`${provider}_CLIENT_ID`], value[`${provider}_CLIENT_SECRET`]];
      if (id && !secret) problem(`${provider}_CLIENT_SECRET`, `is missing beside ${provider}_CLIENT_ID`);
      if (secret && !id) problem(`${provider}_CLIENT_ID`, `is missing beside ${provider}_CLIENT_SECRET`);
      if (value.SEKISHO_MODE === "production" && !isHttpsOrigin(value[`${provider}_ISSUER`]))
        problem(`${provider}_ISSUER`, "must be an https origin (production)");
    }
    if (value.METRICS_PORT && !value.METRICS_TOKEN) problem("METRICS_TOKEN", "opens the metrics on METRICS_PORT");
    if (value.TERMS_VERSION && !value.TERMS_URL) problem("TERMS_VERSION", "is the version of TERMS_URL, which is not set");
    if (value.PRIVACY_VERSION && !value.PRIVACY_URL) problem("PRIVACY_VERSION", "is the version of PRIVACY_URL, which is not set");
    if (value.COUNTRY_HEADER && (value.TRUSTED_PROXIES ?? NONE) === NONE)
      problem("COUNTRY_HEADER", "is read from the proxies of TRUSTED_PROXIES, which names none");
    if (value.SEKISHO_MODE === "production") {
      if (value.APP_URL && !isHttpsOrigin(value.APP_URL))
        problem("APP_URL", "must be an https origin such as https://login.example.jp (production)");
      if (value.SEKISHO_LIMITS === "bench") problem("SEKISHO_LIMITS", "bench exists in demo mode alone");
      if ((value.SMTP_URL || value.MAIL_FROM) && !readMailFrom(value.MAIL_FROM ?? ""))
        problem("MAIL_FROM", "must be one address at a real domain, such as Example <no-reply@example.jp> (production)");
    }
    const host = value.SEKISHO_MODE === "demo" ? "localhost" : (URL.parse(value.APP_URL ?? "")?.hostname ?? "");
    if (value.PASSKEY_RP_ID && !isPasskeyDomain(value.PASSKEY_RP_ID, host))
      problem("PASSKEY_RP_ID", "must be the host of APP_URL or a parent domain of it that can be registered (not co.jp)");
    if (value.APP_URL && value.SEKISHO_MODE === "demo" && !URL.canParse(value.APP_URL)) problem("APP_URL", "must be a URL");
  });

export type Env = Readonly<
  z.infer<typeof schema> & {
    demo: boolean;
    /** Public origin, e.g. `https://login.example.jp`; decides URLs, cookie security and accepted hosts. */
    publicOrigin: string;
    /** Origins a browser may act from. */
    origins: readonly string[];
    /** The domain that passkeys are bound to: the host of the origin, or a parent of it. */
    passkeyDomain: string;
    /** The sender of mails; null in demo mode and when no mail is sent. */
    mailFrom: MailFrom | null;
    contact: Contact | null;
    /** The acts that may be confirmed, each with its unit. */
    confirmationActs: readonly { act: string; unit: string }[];
    /** The announced sender of texts when the provider account has none; null if unknown, so that pages name none. */
    senderNumber: string | null;
    /** Names of unset variables that production can run without but that pages and mails need. */
    unset: readonly string[];
    TRUSTED_PROXIES: string;
  }
>;

/** The number of the demo network; in production it could belong to another company. */
const DEMO_SENDER = "0005 1234";
/** The act of the sample page. */
const DEMO_ACTS = "points_exchange:pt";
const EXPECTED = ["SERVICE_NAME", "SENDER_NUMBER", "MAIL_FROM", "CONTACT", "TERMS_URL", "PRIVACY_URL"];

/** Variables that only production requires, with the message when one is missing. */
const PRODUCTION_NEEDS: Record<string, string> = {
  APP_URL: "is missing",
  TRUSTED_PROXIES:
    "is missing: name the proxy or load balancer in front by address or CIDR (several: comma separated), or set none where clients connect directly. Behind a proxy that is not named all clients have its address, and one of them uses up the limits of all",
};

const migrating = z.object({
  SEKISHO_MODE: z.enum(["demo", "production"]).default("demo"),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_OWNER_URL: databaseUrl.optional(),
  DATABASE_ONE_LOGIN: z.enum(["accept"]).optional(),
});

/** Thrown for a configuration that must not boot; `message` names every variable and its problem, never its value. */
export class EnvError extends Error {}

/** Parses the given variables; throws `EnvError` that names each wrong one. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = schema.safeParse(present);
  const unknown = Object.keys(present).filter((name) => name.startsWith("SEKISHO_") && !Object.hasOwn(schema.shape, name));
  const missing = present.SEKISHO_MODE === "production" ? Object.entries(PRODUCTION_NEEDS).filter(([name]) => !present[name]) : [];
  if (!parsed.success || unknown.length > 0 || missing.length > 0) {
    const wrong = (parsed.error?.issues ?? []).map(({ path, message }): [string, string] => [path.join("."), message]);
    // Zod runs the checks that depend on the mode only after all others have passed, so a missing variable is reported separately.
    if (present.SEKISHO_MODE === "production" && present.SMTP_URL && !present.MAIL_FROM && !wrong.some(([name]) => name === "MAIL_FROM"))
      wrong.unshift(["MAIL_FROM", ""]);
    const lines = [
      ...missing.map(([name, message]) => `  ${name}: ${message}`),
      ...wrong.map(([name, message]) => `  ${name}: ${Object.hasOwn(present, name) ? message : "is missing"}`),
      // A misspelt name would silently leave the default in force.
      ...unknown.map((name) => `  ${name}: is not a variable of this program`),
    ];
    throw new EnvError(`The configuration is not complete:\n${lines.join("\n")}`);
  }
  const demo = parsed.data.SEKISHO_MODE === "demo";
  const origins = demo
    ? [`http://localhost:${parsed.data.PORT}`, `http://127.0.0.1:${parsed.data.PORT}`]
    : [new URL(parsed.data.APP_URL ?? "").origin];
  const { MAIL_FROM, CONTACT, SENDER_NUMBER, TRUSTED_PROXIES = NONE, CONFIRMATION_ACTS = demo ? DEMO_ACTS : "" } = parsed.data;
  const acts = CONFIRMATION_ACTS.split(",").flatMap((one) => {
    const [act = "", unit = ""] = one.split(":");
    return act ? [{ act, unit }] : [];
  });
  return Object.freeze({
    ...parsed.data,
    TRUSTED_PROXIES,
    demo,
    publicOrigin: origins[0] ?? "",
    origins: Object.freeze(origins),
    passkeyDomain: parsed.data.PASSKEY_RP_ID ?? new URL(origins[0] ?? "").hostname,
    mailFrom: demo ? null : readMailFrom(MAIL_FROM ?? ""),
    contact: CONTACT ? readContact(CONTACT) : null,
    confirmationActs: Object.freeze(acts),
    senderNumber: SENDER_NUMBER ?? (demo ? DEMO_SENDER : null),
    unset: demo ? [] : EXPECTED.filter((name) => !present[name]),
  });
}

/**
 * Returns the URL of the login that migrates, from the few variables of `npm run migrate`, so that the migrating machine needs no application key.
 * Null in demo mode without DATABASE_OWNER_URL; throws `EnvError`.
 */
export function readOwnerUrl(source: Record<string, string | undefined>): string | null {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = migrating.safeParse(present);
  if (!parsed.success) throw new EnvError(parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n"));
  const { SEKISHO_MODE, DATABASE_URL, DATABASE_OWNER_URL, DATABASE_ONE_LOGIN } = parsed.data;
  if (DATABASE_OWNER_URL) return DATABASE_OWNER_URL;
  if (SEKISHO_MODE === "demo") return null;
  if (DATABASE_ONE_LOGIN && DATABASE_URL) return DATABASE_URL;
  throw new EnvError(
    "DATABASE_OWNER_URL: is missing: the login that owns the tables, or is to own them, as a postgres:// URL. Where the platform gives one login alone, DATABASE_ONE_LOGIN=accept lets that of DATABASE_URL migrate.",
  );
}

let cached: Env | undefined;

/** The process's configuration, parsed at first use so that building needs no secrets. */
export function env(): Env {
  cached ??= parseEnv(process.env);
  return cached;
}
