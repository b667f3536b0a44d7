import type { PhoneChannel, ProviderKind } from "#lib/delivery/provider";
import { fail, ok, type Result } from "#lib/result";

/** Pure: what a provider account may look like, whoever enters it (command now, console later). */

export type AccountInput = {
  name: string;
  kind: string;
  channels?: readonly string[];
  /** ISO countries, or `*` for every allowed one. */
  countries?: readonly string[];
  /** Lower is asked first; absent: behind the accounts of the same reach. */
  order?: number;
  weight?: number;
  /** Yen per segment (or call). */
  price?: string;
  sender?: string;
  baseUrl?: string;
  settings?: Record<string, unknown>;
  secrets?: Record<string, string>;
};

export type Shape = {
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

/** What is wrong with one entry, in plain English for the operator; a secret's value is never in it. */
export type ShapeProblem = { field: string; problem: string };

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const HTTP = ["https:", "http:"] as const;

/** A base URL of a kind: encrypted, or plain on this machine's own loopback; no credentials, query or fragment. */
export function baseUrlProblem(value: string, { schemes = HTTP }: Pick<ProviderKind, "schemes"> = {}): string | null {
  const url = URL.parse(value);
  const [secure, plain] = schemes;
  const example = schemes === HTTP ? "https://sms.example.jp/api" : `${secure}//sms.example.jp:3550`;
  if (!url?.hostname) return `must be a URL such as ${example}`;
  if (url.username || url.password || url.search || url.hash) return "must have no credentials, query or fragment";
  if (schemes !== HTTP && (!url.port || !/^\/*$/.test(url.pathname))) return `must name a host and a port alone, such as ${example}`;
  if (url.protocol === secure) return null;
  return url.protocol === plain && LOOPBACK.test(url.hostname)
    ? null
    : `must be ${secure.slice(0, -1)}, or ${plain.slice(0, -1)} on loopback`;
}

const problems: [field: string, check: (input: AccountInput, kind: ProviderKind) => string | false | null | undefined][] = [
  ["name", ({ name }) => !/^[a-z0-9][a-z0-9-]{0,31}$/.test(name) && "must be 1 to 32 of a-z, 0-9 and -, as it is part of an address"],
  ["channels", ({ channels }, kind) => channelsOf(channels, kind) === null && `must be among ${kind.channels.join(", ").toLowerCase()}`],
  [
    "countries",
    ({ countries }, kind) =>
      countriesOf(countries, kind) === null &&
      `must be ISO codes such as JP${kind.countries ? `, here among ${kind.countries.join(", ")}` : ", or *"}`,
  ],
  [
    "order",
    ({ order }) =>
      order !== undefined && !(Number.isInteger(order) && order >= 0 && order <= 100_000) && "must be a number from 0 to 100000",
  ],
  [
    "weight",
    ({ weight }) => weight !== undefined && !(Number.isInteger(weight) && weight >= 1 && weight <= 100) && "must be a number from 1 to 100",
  ],
  ["price", ({ price }) => price !== undefined && !/^\d{1,6}(?:\.\d{1,4})?$/.test(price) && "must be yen per segment, such as 8.5"],
  [
    "sender",
    ({ sender }, kind) =>
      sender !== undefined &&
      (/^[\p{L}\p{N} +.-]{1,32}$/u.test(sender) ? kind.senderProblem?.(sender) : "must be at most 32 letters, digits, spaces, + . -"),
  ],
  [
    "base-url",
    ({ baseUrl }, kind) =>
      baseUrl === undefined ? kind.needsBaseUrl && "is needed, as this kind has no address of its own" : baseUrlProblem(baseUrl, kind),
  ],
];

function channelsOf(channels: readonly string[] | undefined, kind: ProviderKind): PhoneChannel[] | null {
  const chosen = (channels ?? kind.channels).map((one) => one.toUpperCase());
  return chosen.length > 0 && chosen.every((one) => (kind.channels as readonly string[]).includes(one))
    ? ([...new Set(chosen)] as PhoneChannel[])
    : null;
}

function countriesOf(countries: readonly string[] | undefined, kind: ProviderKind): string[] | null {
  const chosen = [...new Set(countries ?? kind.countries ?? ["*"])];
  const reached = (one: string) => (kind.countries ? kind.countries.includes(one) : /^(?:\*|[A-Z]{2})$/.test(one));
  return chosen.length > 0 && chosen.every(reached) ? chosen : null;
}

/** `12` and `true` typed at a command are texts; where the schema wants a number or a truth value they are read as one. */
function coerced(kind: ProviderKind, settings: Record<string, unknown>) {
  const first = kind.settings.strict().safeParse(settings);
  if (first.success) return first;
  const wrong = new Set(first.error.issues.map((issue) => String(issue.path[0])));
  const read = ([name, value]: [string, unknown]) =>
    wrong.has(name) && typeof value === "string" && /^(?:\d{1,9}|true|false)$/.test(value) ? [name, JSON.parse(value)] : [name, value];
  return kind.settings.strict().safeParse(Object.fromEntries(Object.entries(settings).map((entry) => read(entry))));
}

type Issue = { path: PropertyKey[]; code: string; message: string; keys?: string[]; expected?: string };

/** What is wrong with one value, in the operator's words instead of the schema's. */
function wordsOf(issue: Issue, given: Record<string, unknown>): string {
  if (issue.keys) return "is not known to this kind";
  if (issue.code !== "invalid_type") return issue.message;
  if (given[String(issue.path[0])] === undefined) return "is missing";
  return (
    { number: "must be a number", int: "must be a whole number", boolean: "must be true or false" }[issue.expected ?? ""] ?? issue.message
  );
}

const named = (what: string, issues: readonly Issue[], given: Record<string, unknown> = {}): ShapeProblem[] =>
  issues.map((issue) => ({ field: `${what} ${issue.keys?.join(", ") ?? String(issue.path[0] ?? "")}`, problem: wordsOf(issue, given) }));

/** Judges an account of a kind: every problem at once, or its shape with the kind's defaults filled in. */
export function shapeOf(input: AccountInput, kind: ProviderKind): Result<Shape, ShapeProblem[]> {
  const found = problems.flatMap(([field, check]) => {
    const problem = check(input, kind);
    return problem ? [{ field, problem }] : [];
  });
  const settings = coerced(kind, input.settings ?? {});
  const secrets = kind.secrets.strict().safeParse(input.secrets ?? {});
  if (!settings.success) found.push(...named("setting", settings.error.issues as Issue[], input.settings));
  if (!secrets.success) found.push(...named("secret", secrets.error.issues as Issue[], input.secrets));
  const [channels, countries] = [channelsOf(input.channels, kind), countriesOf(input.countries, kind)];
  if (found.length > 0 || !settings.success || !secrets.success || !channels || !countries) return fail(found);
  return ok({
    name: input.name,
    channels,
    countries,
    weight: input.weight ?? 1,
    price: input.price ?? null,
    sender: input.sender ?? null,
    baseUrl: input.baseUrl?.replace(/\/+$/, "") ?? null,
    settings: settings.data,
    secrets: secrets.data as Record<string, string>,
  });
}
