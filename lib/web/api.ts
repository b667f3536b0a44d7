import type { z } from "zod";
import { HasherBusy } from "#lib/crypto/password-hash";
import { DatabaseUnavailable } from "#lib/db/pool";
import { type ErrorCode, httpStatus, type Refused } from "#lib/errors";
import { log } from "#lib/log";
import { requestContext } from "#lib/request";

const NO_STORE = { "cache-control": "no-store" };

/** An answer of the API as JSON. */
export const json = (body: unknown, status = 200): Response => Response.json(body, { status, headers: NO_STORE });

/** An answer without a body. */
export const noContent = (): Response => new Response(null, { status: 204, headers: NO_STORE });

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

/** A refusal as `application/problem+json` (RFC 9457) with the contract's stable code; 429 and 503 say when to come back, in seconds. */
export function problem(refused: Refused): Response {
  const { code, fields, attemptsLeft, reason, retryAfter } = refused;
  const status = httpStatus[code];
  const body = {
    type: "about:blank",
    title: titles[status] ?? "Error",
    status,
    code,
    ...(fields ? { errors: fields } : {}),
    attemptsLeft,
    reason,
  };
  const wait: Record<string, string> =
    status === 429 || status === 503 ? { "retry-after": String(retryAfter ?? (status === 503 ? 5 : 30)) } : {};
  return new Response(JSON.stringify(body), { status, headers: { ...NO_STORE, "content-type": "application/problem+json", ...wait } });
}

/** Deeper or wider JSON than any of our bodies is refused before it is judged (WB-09). */
function readJson(text: string): unknown {
  if (text.trim() === "") return {};
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new SyntaxError("not an object");
  return value;
}

/** NUL cannot be stored as text and has no place in any field. */
const hasNul = (value: unknown): boolean => typeof value === "string" && value.includes("\0");

async function parse<S extends z.ZodObject>(request: Request, schema: S): Promise<{ input: z.infer<S> } | { refused: Refused }> {
  let body: unknown;
  try {
    body = readJson(await request.text());
  } catch {
    return { refused: { code: "invalid_input" } };
  }
  const parsed = schema.strict().safeParse(body);
  if (parsed.success && !Object.values(parsed.data).some(hasNul)) return { input: parsed.data as z.infer<S> };
  const fields: Record<string, ErrorCode> = {};
  for (const issue of parsed.error?.issues ?? [])
    for (const name of issue.code === "unrecognized_keys" ? issue.keys : [String(issue.path[0] ?? "body")])
      fields[name.slice(0, 64)] ??=
        issue.code === "invalid_type" && (body as Record<string, unknown>)[name] === undefined ? "required" : "invalid_input";
  return { refused: { code: "invalid_input", fields } };
}

/**
 * A call of the API: parse with a strict schema → use case → answer. Expected refusals are answered by the use case's value,
 * an unreachable database or a full hasher by 503; a bug is answered 500 with the request's id and logged under it.
 */
export const call =
  <S extends z.ZodObject>(schema: S, run: (input: z.infer<S>) => Promise<Response>) =>
  async (request: Request): Promise<Response> => {
    try {
      const parsed = await parse(request, schema);
      return "refused" in parsed ? problem(parsed.refused) : await run(parsed.input);
    } catch (error) {
      return failed(error);
    }
  };

/** The same for calls without a body. */
export const read =
  (run: (request: Request) => Promise<Response>) =>
  async (request: Request): Promise<Response> => {
    try {
      return await run(request);
    } catch (error) {
      return failed(error);
    }
  };

function failed(error: unknown): Response {
  if (error instanceof DatabaseUnavailable || error instanceof HasherBusy) return problem({ code: "unavailable", retryAfter: 5 });
  const reference = requestContext()?.id ?? "";
  log.error({ id: reference, err: error instanceof Error ? error.stack : String(error) }, "a call failed");
  const body = { type: "about:blank", title: "Internal error", status: 500, code: "internal", reference };
  return new Response(JSON.stringify(body), { status: 500, headers: { ...NO_STORE, "content-type": "application/problem+json" } });
}
