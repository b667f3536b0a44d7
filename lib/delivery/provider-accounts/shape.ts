import type { Both, FieldWords, PhoneChannel, ProviderKind } from "#lib/delivery/provider";
import { fail, ok, type Result } from "#lib/result";

/** Pure: validates a provider account, from any entry point (command now, console later). */

export type ProviderAccountInput = {
  name: string;
  kind: string;
  channels?: readonly string[];
  /** ISO countries, or `*` for all allowed ones. */
  countries?: readonly string[];
  /** The lowest is tried first; by default behind accounts with the same countries. */
  order?: number;
  weight?: number;
  /** Price in yen per segment or call. */
  price?: string;
  sender?: string;
  baseUrl?: string;
  settings?: Record<string, unknown>;
  secrets?: Record<string, string>;
};

export type ProviderAccountShape = {
  name: string;
  channels: PhoneChannel[];
  countries: string[];
  weight: number;
  price: string | null;
  sender: string | null;
  baseUrl: string | null;
  settings: Record<string, unknown>;
  secrets: Record<string, string>;
};

/** A problem with one entry in words for the operator (`ja` in Japanese); it never contains a secret's value. */
export type ProviderAccountProblem = { field: string; problem: string; ja: string };

/** Builds a problem of a field from both languages. */
export const providerAccountProblem = (field: string, { en, ja }: Both): ProviderAccountProblem => ({ field, problem: en, ja });

const must = (en: string, ja: string): Both => ({ en: `must ${en}`, ja });

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const HTTP = ["https:", "http:"] as const;

/** Returns the problem of a base URL, or null. It must be encrypted, or plain on loopback, without credentials, query or fragment. */
function baseUrlProblem(value: string, { schemes = HTTP }: Pick<ProviderKind, "schemes"> = {}): Both | null {
  const url = URL.parse(value);
  const [secure, plain] = schemes;
  const example = schemes === HTTP ? "https://sms.example.jp/api" : `${secure}//sms.example.jp:3550`;
  if (!url?.hostname) return must(`be a URL such as ${example}`, `${example} のような URL にしてください`);
  if (url.username || url.password || url.search || url.hash)
    return must("have no credentials, query or fragment", "ログイン名とパスワード、? 以降、# 以降を取り除いてください");
  if (schemes !== HTTP && (!url.port || !/^\/*$/.test(url.pathname)))
    return must(`name a host and a port alone, such as ${example}`, `${example} のように、ホスト名とポートだけにしてください`);
  if (url.protocol === secure || (url.protocol === plain && LOOPBACK.test(url.hostname))) return null;
  const [safe, open] = [secure.slice(0, -1), plain.slice(0, -1)];
  return must(`be ${safe}, or ${open} on loopback`, `${safe} にしてください。${open} はこのマシンの中（loopback）だけで使えます`);
}

/** Normalises a typed sender to ASCII where possible: full-width letters and digits, and dashes of every kind between digits. */
export const readSender = (typed: string): string =>
  typed
    .normalize("NFKC")
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "")
    .replace(/(?<=\d ?)[\p{Pd}\u2212\u2500\u30fc](?= ?\d)/gu, "-")
    .trim();

/** Letters of any script, for the operator's own gateway; kinds with a network add a stricter rule. */
const PRINTABLE = /^[\p{L}\p{N} +.-]{1,32}$/u;

function senderProblem({ sender }: ProviderAccountInput, { acceptsSender, words }: ProviderKind): Both | null {
  if (sender === undefined) return null;
  const read = readSender(sender);
  if (PRINTABLE.test(read) && (acceptsSender?.(read) ?? true)) return null;
  return must(`be ${words.sender.en}`, `次のどれかにしてください：${words.sender.ja}`);
}

const wholeFrom = (value: number | undefined, least: number, most: number): Both | null =>
  value === undefined || (Number.isInteger(value) && value >= least && value <= most)
    ? null
    : must(`be a number from ${least} to ${most}`, `${least} から ${most} までの整数にしてください`);

const problems: [field: string, check: (input: ProviderAccountInput, kind: ProviderKind) => Both | null][] = [
  [
    "name",
    ({ name }) =>
      /^[a-z0-9][a-z0-9-]{0,31}$/.test(name)
        ? null
        : must(
            "be 1 to 32 of a-z, 0-9 and -, as it is part of an address",
            "アドレスの一部になるため、a-z、0-9、- の32文字以内にしてください",
          ),
  ],
  [
    "channels",
    ({ channels }, kind) => {
      const known = kind.channels.join(", ").toLowerCase();
      if (known === "" && channels?.length)
        return must("be left out, as this kind carries nothing", "指定しないでください。この種類では何も送りません");
      return channelsOf(channels, kind) ? null : must(`be among ${known}`, `${known} から選んでください`);
    },
  ],
  [
    "countries",
    ({ countries }, kind) => {
      const known = kind.countries?.join(", ");
      if (countriesOf(countries, kind)) return null;
      return known
        ? must(`be ISO codes such as JP, here among ${known}`, `JP のような国（2文字）を、${known} から選んでください`)
        : must("be ISO codes such as JP, or *", "JP のような国（2文字）か * にしてください");
    },
  ],
  ["order", ({ order }) => wholeFrom(order, 0, 100_000)],
  ["weight", ({ weight }) => wholeFrom(weight, 1, 100)],
  [
    "price",
    ({ price }) =>
      price === undefined || /^\d{1,6}(?:\.\d{1,4})?$/.test(price)
        ? null
        : must("be yen per segment, such as 8.5", "1通あたりの円を 8.5 のように書いてください"),
  ],
  ["sender", senderProblem],
  [
    "base-url",
    ({ baseUrl }, kind) => {
      if (baseUrl !== undefined) return baseUrlProblem(baseUrl, kind);
      return kind.needsBaseUrl ? { en: "is needed, as this kind has no address of its own", ja: "この種類では必ず指定してください" } : null;
    },
  ],
];

function channelsOf(channels: readonly string[] | undefined, kind: ProviderKind): PhoneChannel[] | null {
  const chosen = (channels ?? kind.channels).map((one) => one.toUpperCase());
  return (chosen.length > 0 || kind.channels.length === 0) && chosen.every((one) => (kind.channels as readonly string[]).includes(one))
    ? ([...new Set(chosen)] as PhoneChannel[])
    : null;
}

function countriesOf(countries: readonly string[] | undefined, kind: ProviderKind): string[] | null {
  const chosen = [...new Set(countries ?? kind.countries ?? ["*"])];
  const reached = (one: string) => (kind.countries ? kind.countries.includes(one) : /^(?:\*|[A-Z]{2})$/.test(one));
  return (chosen.length > 0 || kind.channels.length === 0) && chosen.every(reached) ? chosen : null;
}

/** Converts texts typed at a command, such as `12` and `true`, where the schema expects a number or a boolean. */
function coerced(kind: ProviderKind, settings: Record<string, unknown>) {
  const first = kind.settings.strict().safeParse(settings);
  if (first.success) return first;
  const wrong = new Set(first.error.issues.map((issue) => String(issue.path[0])));
  const read = ([name, value]: [string, unknown]) =>
    wrong.has(name) && typeof value === "string" && /^(?:\d{1,9}|true|false)$/.test(value) ? [name, JSON.parse(value)] : [name, value];
  return kind.settings.strict().safeParse(Object.fromEntries(Object.entries(settings).map((entry) => read(entry))));
}

type Issue = { path: PropertyKey[]; code: string; keys?: string[]; expected?: string };

const MISSING: Both = { en: "is missing", ja: "必ず指定してください" };
const UNKNOWN: Both = { en: "is not known to this kind", ja: "この種類にはありません" };
const TYPES: Record<string, Both> = {
  number: must("be a number", "数字にしてください"),
  int: must("be a whole number", "整数にしてください"),
  boolean: must("be true or false", "true か false にしてください"),
};

/** Describes the problem of one value in the words of its kind, not of the schema. */
function wordsOf(issue: Issue, given: Record<string, unknown>, words: Record<string, FieldWords>): Both {
  const name = String(issue.path[0] ?? "");
  if (issue.keys || !words[name]) return UNKNOWN;
  if (given[name] === undefined && issue.code === "invalid_type") return MISSING;
  return (issue.code === "invalid_type" && TYPES[issue.expected ?? ""]) || words[name].must;
}

/** Returns the name of a setting if it is safe to print, because an operator may have typed a secret in its place. */
const nameable = (name: string) => (/^[A-Za-z][A-Za-z0-9]{0,31}$/.test(name) ? name : "…");

const named = (
  what: string,
  issues: readonly Issue[],
  given: Record<string, unknown>,
  words: Record<string, FieldWords>,
): ProviderAccountProblem[] =>
  issues.map((issue) =>
    providerAccountProblem(
      `${what} ${(issue.keys ?? [String(issue.path[0] ?? "")]).map(nameable).join(", ")}`,
      wordsOf(issue, given, words),
    ),
  );

/** Validates an account of a kind: returns all problems at once, or its shape with the kind's defaults. */
export function validateProviderAccount(
  input: ProviderAccountInput,
  kind: ProviderKind,
): Result<ProviderAccountShape, ProviderAccountProblem[]> {
  const found = problems.flatMap(([field, check]) => {
    const problem = check(input, kind);
    return problem ? [providerAccountProblem(field, problem)] : [];
  });
  const settings = coerced(kind, input.settings ?? {});
  const secrets = kind.secrets.strict().safeParse(input.secrets ?? {});
  if (!settings.success) found.push(...named("setting", settings.error.issues as Issue[], input.settings ?? {}, kind.words.settings));
  if (!secrets.success) found.push(...named("secret", secrets.error.issues as Issue[], input.secrets ?? {}, kind.words.secrets));
  const [channels, countries] = [channelsOf(input.channels, kind), countriesOf(input.countries, kind)];
  if (found.length > 0 || !settings.success || !secrets.success || !channels || !countries) return fail(found);
  return ok({
    name: input.name,
    channels,
    countries,
    weight: input.weight ?? 1,
    price: input.price ?? null,
    sender: input.sender === undefined ? null : readSender(input.sender),
    baseUrl: input.baseUrl?.replace(/\/+$/, "") ?? null,
    settings: settings.data,
    secrets: secrets.data as Record<string, string>,
  });
}
