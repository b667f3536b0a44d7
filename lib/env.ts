import { isIP } from "node:net";
import { z } from "zod";

/** The only reader of `process.env`: one schema, parsed once, frozen; the README documents every name. */

const isHttpsOrigin = (value: string) => {
  const url = URL.parse(value);
  return url !== null && url.protocol === "https:" && url.origin === value.replace(/\/$/, "");
};

const appKeys = z.string().refine(
  (value) =>
    value.split(",").every((entry) => {
      const [id, key] = entry.trim().split(":");
      return !!id && /^[A-Za-z0-9_-]{1,16}$/.test(id) && !!key && Buffer.from(key, "base64").length >= 32 && !/^(.)\1+$/.test(key);
    }),
  "must be id:key pairs, comma separated, the active one first; each key at least 32 random bytes in base64 (openssl rand -base64 32)",
);

const isCidr = (entry: string) => {
  const [address = "", bits, ...rest] = entry.split("/");
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return rest.length === 0 && most > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most));
};

const proxies = z.string().refine((value) => {
  const entries = value.split(",").map((entry) => entry.trim());
  return entries.filter(Boolean).every(isCidr);
}, "must be addresses or CIDRs, comma separated");

/** What carriers filter and telephones make into something to tap: an address or a domain (SM-01). */
export const LINK =
  /:\/\/|www\.|[\p{L}\p{N}-][.．｡](?:com|net|org|info|biz|app|dev|shop|store|site|online|xyz|link|click|top|club|[a-z]{2})(?![a-z])/iu;

// The name stands in texts, mails and pages, so nothing in it may be more than a name: a line of its own (a browser reads `@host #code`
// there), a mark that turns or hides what follows, a link.
const serviceName = z
  .string()
  .max(12)
  .refine((name) => /\S/.test(name) && !/[\p{C}\p{Zl}\p{Zp}@#]/u.test(name) && !LINK.test(name), {
    message: "must be a plain name of at most 12 characters: no line breaks, invisible characters, @, #, or domain",
  });

// What pg reads from a URL in place of what its caller says: our connections bring their own settings (lib/db/settings).
const SETTINGS_IN_URL = [
  "options",
  "statement_timeout",
  "lock_timeout",
  "idle_in_transaction_session_timeout",
  "query_timeout",
  "replication",
];

const databaseUrl = z
  .string()
  .startsWith("postgres", "must be a postgres:// URL")
  .refine((value) => !SETTINGS_IN_URL.some((name) => URL.parse(value)?.searchParams.has(name)), {
    message: `must not set ${SETTINGS_IN_URL.join(", ")}: the product says itself what its connections rely on`,
  });

const schema = z
  .object({
    SEKISHO_MODE: z.enum(["demo", "production"]).default("demo"),
    PORT: z.coerce.number().int().min(1).max(65535).default(3000),
    LISTEN_HOST: z.string().optional(),
    APP_URL: z.string().optional(),
    DATABASE_URL: databaseUrl,
    DATABASE_OWNER_URL: databaseUrl.optional(),
    DATABASE_POOL: z.coerce.number().int().min(2).max(100).default(10),
    APP_KEYS: appKeys,
    TRUSTED_PROXIES: proxies.default(""),
    METRICS_TOKEN: z.string().min(16).optional(),
    SMTP_URL: z.string().optional(),
    MAIL_FROM: z.string().default("Sekisho <no-reply@localhost>"),
    SERVICE_NAME: serviceName.default("関所"),
    SENDER_NUMBER: z
      .string()
      .regex(/^[\p{L}\p{N} +.-]{1,16}$/u, "must be at most 16 letters, digits, spaces, + . -")
      .default("0005 1234"),
    SEKISHO_LIMITS: z.enum(["standard", "bench"]).default("standard"),
    SEKISHO_DEV: z.enum(["0", "1"]).default("0"),
    SEKISHO_WORKER: z.enum(["on", "off"]).default("on"),
    OTP_TTL_SECONDS: z.coerce.number().int().min(60).max(600).default(600),
    ACCOUNTS_PER_PHONE: z.coerce.number().int().min(1).max(5).default(1),
    ALLOWED_COUNTRIES: z
      .string()
      .regex(/^[A-Z]{2}(,[A-Z]{2})*$/, "must be ISO country codes, comma separated")
      .default("JP"),
    /** The provider account that is asked about a number before a text or call goes to it. */
    NUMBER_LOOKUP: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "must be the name of a provider account")
      .optional(),
    NUMBER_LOOKUP_FAILS: z.enum(["open", "closed"]).default("open"),
    SIM_SWAP_HOURS: z.coerce.number().int().min(1).max(720).default(72),
    SENDS_PER_DAY: z.coerce.number().int().min(0).default(10_000),
    SENDS_PER_COUNTRY_HOUR: z.coerce.number().int().min(0).default(2_000),
    FAILING_ACCOUNTS_PER_10_MINUTES: z.coerce.number().int().min(1).default(200),
    HASH_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(2),
    LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  })
  .superRefine((value, ctx) => {
    const problem = (name: string, message: string) => ctx.addIssue({ code: "custom", path: [name], message });
    if (value.SEKISHO_MODE === "production") {
      if (!value.APP_URL || !isHttpsOrigin(value.APP_URL))
        problem("APP_URL", "must be an https origin such as https://login.example.jp (production)");
      if (value.SEKISHO_LIMITS === "bench") problem("SEKISHO_LIMITS", "bench exists in demo mode alone");
    }
    if (value.APP_URL && value.SEKISHO_MODE === "demo" && !URL.canParse(value.APP_URL)) problem("APP_URL", "must be a URL");
  });

export type Env = Readonly<
  z.infer<typeof schema> & {
    demo: boolean;
    /** Public origin, e.g. `https://login.example.jp`; decides URLs, cookie security and accepted hosts. */
    origin: string;
    /** Origins a browser may act from. */
    origins: readonly string[];
  }
>;

/** Thrown for a configuration that must not boot; `message` names every variable and its problem, never its value. */
export class EnvError extends Error {}

/** Parses the given variables; throws `EnvError` that names each wrong one. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = schema.safeParse(present);
  const unknown = Object.keys(present).filter((name) => name.startsWith("SEKISHO_") && !Object.hasOwn(schema.shape, name));
  if (!parsed.success || unknown.length > 0) {
    const wrong = (parsed.error?.issues ?? []).map(({ path, message }): [string, string] => [path.join("."), message]);
    // What depends on the mode is judged by zod only once all the rest is right; whoever is missing both hears so at once.
    if (present.SEKISHO_MODE === "production" && !present.APP_URL && !wrong.some(([name]) => name === "APP_URL"))
      wrong.unshift(["APP_URL", ""]);
    const lines = [
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
  return Object.freeze({ ...parsed.data, demo, origin: origins[0] ?? "", origins: Object.freeze(origins) });
}

let cached: Env | undefined;

/** The process's configuration, parsed at first use so that building needs no secrets. */
export function env(): Env {
  cached ??= parseEnv(process.env);
  return cached;
}
