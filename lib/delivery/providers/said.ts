import { AsyncLocalStorage } from "node:async_hooks";
import type { NetworkFailure } from "#lib/delivery/providers/network-failure";

/**
 * A provider's answer to one hand-over, for the operator's trial: status, error code and field names, never text from the provider. Stored only
 * within the asynchronous context of `listen`, so that real messages store nothing.
 */
export type Said =
  | { by: "http"; status: number; code: string | null; fields: string[] }
  | { by: "smpp"; to: "bind" | "text"; status: number }
  | { by: "network"; failure: NetworkFailure }
  /** Nothing was sent: no sender, a callback address that the provider cannot reach, or a fault of the adapter. */
  | { by: "us"; why: "no_sender" | "address_unreachable" | "fault" };

type Json = Record<string, unknown>;
type Listening = { privy: readonly string[]; said: Said | null };
const listening = new AsyncLocalStorage<Listening>();

/** Runs work and returns the provider's last answer during it; the answer contains no part of `privy` (secrets, number). */
export async function listen<T>(privy: readonly string[], work: () => Promise<T>): Promise<{ value: T; said: Said | null }> {
  const kept: Listening = { privy, said: null };
  const value = await listening.run(kept, work);
  return { value, said: kept.said };
}

/** Stores the answer if a trial listens. */
export function hear(said: Said): void {
  const kept = listening.getStore();
  if (kept) kept.said = said;
}

/** Stores an HTTP answer; reads its body only if a trial listens. */
export function hearAnswer(status: number, body: () => Json | null): void {
  const kept = listening.getStore();
  if (kept) kept.said = { by: "http", status, ...errorNamesIn(body(), kept.privy) };
}

const CODE = /^(?:\d{1,6}|[A-Za-z]{1,24}(?:[_.-][A-Za-z]{1,24}){0,4}[_.-]?\d{0,5})$/;
const FIELD = /^[A-Za-z_][A-Za-z0-9_.[\]-]{0,39}$/;
const MOST_FIELDS = 8;

/** Returns true if a name may be shown: it has the format of a code or a field, and neither contains nor is part of a secret. */
function showable(name: string, shape: RegExp, privy: readonly string[]): boolean {
  if (!shape.test(name) || name.length > 40 || (shape === FIELD && name.replace(/\D/g, "").length > 4)) return false;
  return !privy.some((one) => isPartOf(name.toLowerCase(), one.toLowerCase()));
}

/** Matches of fewer than four characters do not count. */
const isPartOf = (name: string, privy: string): boolean =>
  name === privy || (name.length >= 4 && privy.includes(name)) || (privy.length >= 4 && name.includes(privy));

const objectOf = (value: unknown): Json | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : null;

/** Extracts the error code and the field names from a JSON body, in every vendor's format. Pure. */
export function errorNamesIn(top: Json | null, privy: readonly string[]): { code: string | null; fields: string[] } {
  if (!top) return { code: null, fields: [] };
  const error = objectOf(top.error);
  const lists = [top.errors, error?.errors, top["invalid-params"], top.invalid_params, top.details, top.violations];
  const entries = lists.flatMap((list) => (Array.isArray(list) ? list.slice(0, 50).map(objectOf) : []));
  const codes = [top.code, top.error_code, top.errorCode, error?.code, top.error, ...entries.map((one) => one?.code)];
  const keys = [top.errors, error?.errors].flatMap((list) => Object.keys(objectOf(list) ?? {}));
  const fields = [
    ...keys,
    top.field,
    top.param,
    error?.param,
    ...entries.flatMap((one) => [one?.field, one?.param, one?.name, one?.property]),
  ];
  const texts = (values: unknown[]) => values.flatMap((one) => (["string", "number"].includes(typeof one) ? [String(one)] : []));
  const shown = texts(fields).filter((name) => showable(name, FIELD, privy));
  return {
    code: texts(codes).find((code) => showable(code, CODE, privy)) ?? null,
    fields: [...new Set(shown)].slice(0, MOST_FIELDS),
  };
}
