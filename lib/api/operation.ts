import type { z } from "zod";
import { call, json, noContent, problem, readInput } from "#lib/api/call";
import type { ErrorCode, Refused } from "#lib/errors";
import type { CookieChange } from "#lib/http/bearer";
import type { ApiCall, Handler, Reply } from "#lib/http/called";
import type { RoutePolicy } from "#lib/http/policy";
import { ok, type Result } from "#lib/result";

/** One successful answer: JSON of a schema, text of another media type, or nothing. */
type Answer = { says: string; schema?: z.ZodType; text?: true };
type Answers = Readonly<Record<number, Answer>>;

/** A header or query parameter; placeholders of the path need no entry. */
export type Parameter = { in: "header" | "query"; name: string; schema: z.ZodType; says: string };

/** The content of an answer: a value of its schema, or text with its media type. */
type Content<A> = A extends { schema: infer S extends z.ZodType }
  ? { body: z.input<S> }
  : A extends { text: true }
    ? { text: string; type: string; headers?: Readonly<Record<string, string>> }
    : { body?: undefined };

/** What a call returns on success: one of its answers, and the cookies that change with it. */
export type Answered<A extends Answers> = {
  [S in keyof A]: { status: S; cookies?: readonly CookieChange[] } & Content<A[S]>;
}[keyof A];

type Described = {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** The path with placeholders in braces, as in OpenAPI. */
  path: string;
  summary: string;
  policy: RoutePolicy;
  parameters?: readonly Parameter[];
  answers: Answers;
  /** The codes of its own refusals; those of its policy and body follow automatically. */
  refusals: readonly ErrorCode[];
  body?: z.ZodObject;
};

/** A call: its documentation, the policy that the door enforces, and its handler. */
export type Operation = Described & { handler: Handler };

type Spec<B extends z.ZodObject, A extends Answers> = Omit<Described, "answers" | "body"> & {
  body?: B;
  answers: A;
  run: (input: z.output<B>, call: ApiCall) => Promise<Result<Answered<A>, Refused>>;
};

/** Builds a successful answer: status, JSON and cookie changes. */
export const answer = <const S extends number, const B>(status: S, body: B, cookies: readonly CookieChange[] = []) =>
  ok({ status, body, cookies });

type Success = {
  status: number;
  cookies?: readonly CookieChange[];
  body?: unknown;
  text?: string;
  type?: string;
  headers?: Readonly<Record<string, string>>;
};

function replyOf(result: Result<Success, Refused>): Reply {
  if (!result.ok) return problem(result.error);
  const { status, cookies = [], body, text, type = "", headers = {} } = result.value;
  if (text !== undefined) return { status, headers: { ...headers, "Content-Type": type }, body: text, cookies };
  return body === undefined ? noContent(cookies) : json(body, status, cookies);
}

/** Creates an entry of the table; the compiler checks the result of `run` against the schemas of `answers`. */
export function operation<B extends z.ZodObject, const A extends Answers>({ run, ...described }: Spec<B, A>): Operation {
  const reply = async (input: z.output<B>, one: ApiCall) => replyOf((await run(input, one)) as Result<Success, Refused>);
  const { body } = described;
  return { ...described, handler: body ? call(body, reply) : readInput((one) => reply({} as z.output<B>, one)) };
}
