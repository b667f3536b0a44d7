import { z } from "zod";
import type { ProviderAccountInput, ProviderAccountProblem } from "#lib/delivery/provider-accounts/shape";
import { kindOf, kinds } from "#lib/delivery/providers/kinds";
import type { ErrorCode } from "#lib/errors";

/** Pure: a provider account as the fields of a form: `setting.NAME` and `secret.NAME` beside those that every kind has. */

/** The kinds that an operator may enter. */
export const enterable = kinds.filter(({ kind }) => kind !== "demo");

const text = z.string().max(20_000).optional();
const own = enterable.flatMap(({ settings, secrets }) => [
  ...Object.keys(settings.shape).map((name) => `setting.${name}`),
  ...Object.keys(secrets.shape).map((name) => `secret.${name}`),
]);

/** The fields of every kind; a form has those of one. */
export const providerFields = z.object({
  name: z.string().max(100),
  kind: z.string().max(32),
  baseUrl: text,
  sender: text,
  countries: text,
  price: text,
  ...(Object.fromEntries(own.map((name) => [name, text])) as Record<`setting.${string}`, typeof text>),
});

/** What a form says of an account. */
export type ProviderForm = z.output<typeof providerFields> & { [name: `${"setting" | "secret"}.${string}`]: string | undefined };

/** The named entries of a form that begin with a prefix, by their names within it. */
function entriesOf(form: ProviderForm, prefix: "setting." | "secret."): [string, string][] {
  return Object.entries(form).flatMap(([name, value]): [string, string][] =>
    name.startsWith(prefix) && typeof value === "string" ? [[name.slice(prefix.length), value.trim()]] : [],
  );
}

const list = (typed: string): string[] =>
  typed
    .normalize("NFKC")
    .toUpperCase()
    .split(/[,、\s]+/)
    .filter(Boolean);

/**
 * Converts a form to an operator's input. An empty field clears its value, except the countries, certificates and secrets: those stay as they are
 * stored.
 */
export function providerInput(form: ProviderForm): ProviderAccountInput {
  const given = (typed: string | undefined) => typed?.trim() || undefined;
  const countries = given(form.countries);
  const settings = entriesOf(form, "setting.").filter(([name, value]) => value !== "" || !isLong(form.kind, name));
  return {
    name: form.name.trim(),
    kind: form.kind,
    ...({ baseUrl: given(form.baseUrl), sender: given(form.sender), price: given(form.price)?.normalize("NFKC") } as object),
    ...(countries ? { countries: list(countries) } : {}),
    settings: Object.fromEntries(settings.map(([name, value]) => [name, value || undefined])),
    secrets: Object.fromEntries(entriesOf(form, "secret.").filter(([, value]) => value !== "")),
  };
}

/** Whether a setting is text of several lines, such as a certificate, which a form does not show again. */
export const isLong = (kind: string, setting: string): boolean => /\bPEM\b/.test(kindOf(kind)?.words.settings[setting]?.what.en ?? "");

const PLACES: Record<string, string> = { "base-url": "baseUrl", channels: "countries" };

/** Says each problem at its field; what is missing is `required`. */
export function fieldErrors(found: readonly ProviderAccountProblem[]): Record<string, ErrorCode> {
  return Object.fromEntries(
    found.flatMap(({ field, problem }) => {
      const [, what, names] = /^(setting|secret) (.+)$/.exec(field) ?? [];
      const places = what && names ? names.split(", ").map((name) => `${what}.${name}`) : [PLACES[field] ?? field];
      return places.map((place) => [place, problem === "is missing" ? "required" : "invalid_input"] as [string, ErrorCode]);
    }),
  );
}

/** How a value of a kind is needed: required, left out at will, or with a default. */
export type Need = { is: "required" | "optional" } | { is: "default"; value: string };

/** What happens where a value is left out. */
export function needOf(schema: z.ZodType): Need {
  const without = schema.safeParse(undefined);
  if (!without.success) return { is: "required" };
  return without.data === undefined || without.data === "" ? { is: "optional" } : { is: "default", value: String(without.data) };
}

/** The settings and secrets of a kind, each with its words and how it is needed; undefined for a kind that does not exist. */
export function fieldsOfKind(name: string) {
  const kind = kindOf(name);
  if (!kind || kind.kind === "demo") return undefined;
  const read = (what: "settings" | "secrets") =>
    Object.entries(kind[what].shape).flatMap(([field, schema]) => {
      const words = kind.words[what][field];
      return words ? [{ field: `${what.slice(0, -1)}.${field}`, name: field, need: needOf(schema as z.ZodType), words }] : [];
    });
  return { kind, settings: read("settings"), secrets: read("secrets") };
}
