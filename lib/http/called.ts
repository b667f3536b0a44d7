import type { CookieChange } from "#lib/http/bearer";
import type { Requester } from "#lib/requester";

/** A call of the JSON API as the front door passes it on. */
export type ApiCall = {
  /** Path and query as sent. */
  target: string;
  headers: Readonly<NodeJS.Dict<string | string[]>>;
  query: URLSearchParams;
  /** The values of the path's placeholders. */
  params: Readonly<Record<string, string>>;
  body: Buffer;
  /** The requester, with the tokens of its cookies ("" matches no challenge). */
  requester: Requester;
  challengeToken: string;
  /** Returns true when the client has disconnected. */
  gone(): boolean;
};

/** The answer to a call. */
export type Reply = { status: number; headers: Record<string, string>; body: string; cookies: readonly CookieChange[] };

/** Answers one method of one path; never rejects. */
export type Handler = (call: ApiCall) => Promise<Reply>;
