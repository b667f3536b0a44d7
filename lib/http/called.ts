import type { CookieChange } from "#lib/http/bearer";
import type { Requester } from "#lib/requester";

/** One call of the JSON API as the front door hands it over: what was sent, and who sent it. */
export type Call = {
  /** Path and query as they were sent. */
  target: string;
  headers: Readonly<NodeJS.Dict<string | string[]>>;
  query: URLSearchParams;
  /** The values of the path's placeholders. */
  params: Readonly<Record<string, string>>;
  body: Buffer;
  /** Where it comes from, with the tokens of its cookies ("" matches no challenge). */
  requester: Requester;
  challengeToken: string;
  /** Whether the caller has left. */
  gone(): boolean;
};

/** What a call is answered with. */
export type Reply = { status: number; headers: Record<string, string>; body: string; cookies: readonly CookieChange[] };

/** The answer to one method of one path; never rejects. */
export type Handler = (call: Call) => Promise<Reply>;
