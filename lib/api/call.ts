import type { z } from "zod";
import { repeatedKey } from "#lib/api/repeated-key";
import { HasherBusy } from "#lib/crypto/password-hash";
import { DatabaseUnavailable } from "#lib/db/pool";
import { type ErrorCode, httpStatus, type Refused } from "#lib/errors";
import type { CookieChange } from "#lib/http/bearer";
import type { ApiCall, Handler, Reply } from "#lib/http/called";
import { log } from "#lib/log";
import { requestContext } from "#lib/request";

const reply = (status: number, type: string, body: unknown, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { "Content-Type": type, ...headers },
  body: JSON.stringify(body),
  cookies: [],
});

export const json = (body: unknown, status = 200, cookies: readonly CookieChange[] = []): Reply => ({
  ...reply(status, "application/json", body),
  cookies,
});

export const noContent = (cookies: readonly CookieChange[] = []): Reply => ({ status: 204, headers: {}, body: "", cookies });

const titles: Partial<Record<number, string>> = {
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not found",
  409: "Conflict",
  410: "Gone",
  413: "Content too large",
  415: "Unsupported media type",
  422: "Unprocessable content",
  429: "Too many requests",
  503: "Service unavailable",
};

/** Builds a refusal as `application/problem+json` (RFC 9457) with its stable code (`lib/errors.ts`); 429 and 503 carry Retry-After in seconds. */
export function problem({ code, fields, attemptsLeft, reason, retryAfter, action, until }: Refused): Reply {
  const status = httpStatus[code];
  const wait: Record<string, string> =
    status === 429 || status === 503 ? { "Retry-After": String(retryAfter ?? (status === 503 ? 5 : 30)) } : {};
  const errors = fields ? { errors: fields } : {};
  const body = { type: "about:blank", title: titles[status] ?? "Error", status, code, ...errors, attemptsLeft, reason, action, until };
  return reply(status, "application/problem+json", body, wait);
}

/** Parses a body; refuses anything but an object before the schema sees it (WB-09). */
function readJson(text: string): object {
  if (text.trim() === "") return {};
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new SyntaxError("not an object");
  return value;
}

// Skips a byte order mark before the body, which RFC 8259 8.1 allows.
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Text that PostgreSQL cannot store (NUL), or that UTF-8 encodes ambiguously (lone surrogates, which would all hash alike). */
const isUnfit = (value: unknown): boolean => typeof value === "string" && (value.includes("\0") || !value.isWellFormed());

function parse<S extends z.ZodObject>(bytes: Buffer, schema: S): { input: z.infer<S> } | { refused: Refused } {
  let text: string;
  let body: object;
  try {
    text = utf8.decode(bytes);
    body = readJson(text);
  } catch {
    return { refused: { code: "invalid_input" } };
  }
  const repeated = repeatedKey(text);
  if (repeated !== null) return { refused: { code: "invalid_input", fields: { [repeated.slice(0, 64)]: "invalid_input" } } };
  const parsed = schema.safeParse(body);
  if (parsed.success && !Object.values(parsed.data).some(isUnfit)) return { input: parsed.data as z.infer<S> };
  // Without a prototype, so that a field of the name constructor is named like any other.
  const fields: Record<string, ErrorCode> = Object.create(null);
  for (const issue of parsed.error?.issues ?? [])
    for (const name of issue.code === "unrecognized_keys" ? issue.keys : [String(issue.path[0] ?? "body")])
      fields[name.slice(0, 64)] ??=
        issue.code === "invalid_type" && (body as Record<string, unknown>)[name] === undefined ? "required" : "invalid_input";
  return { refused: { code: "invalid_input", fields } };
}

/**
 * A call with a body: parse with a strict schema → use case → answer. Expected refusals are answered by the use case's value,
 * an unreachable database or a full hasher by 503; a bug is answered 500 with the request's id and logged under it.
 */
export function call<S extends z.ZodObject>(schema: S, run: (input: z.infer<S>, call: ApiCall) => Promise<Reply>): Handler {
  const strict = schema.strict() as unknown as S;
  return readInput(async (one) => {
    const parsed = parse(one.body, strict);
    return "refused" in parsed ? problem(parsed.refused) : run(parsed.input, one);
  });
}

/** The handler of a call without a body. */
export const readInput =
  (run: (call: ApiCall) => Promise<Reply>): Handler =>
  (one) =>
    run(one).catch(failed);

function failed(error: unknown): Reply {
  if (error instanceof DatabaseUnavailable || error instanceof HasherBusy) return problem({ code: "unavailable", retryAfter: 5 });
  const reference = requestContext()?.id ?? "";
  log.error({ id: reference, err: error instanceof Error ? error.stack : String(error) }, "a call failed");
  const body = { type: "about:blank", title: "Internal error", status: 500, code: "internal", reference };
  return reply(500, "application/problem+json", body);
}
