import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { RequestContext } from "#lib/request";
import { type Answer, type Asker, answerFor, type Site } from "./answer.ts";
import { endLingering } from "./body.ts";
import { type Family, isApi } from "./target.ts";
import { languageOf, type Status } from "./words.ts";

/** One request and its answer, from the arrival of the head to the end of the answer. */
export interface Exchange {
  req: IncomingMessage;
  res: ServerResponse;
  context: RequestContext;
  startedAt: number;
  /** Path without query; "" until the target was understood. */
  path: string;
  family: Family | "refused";
  asker: Asker;
  /** The door has answered by itself; what Next might say is not judged any more. */
  refused: boolean;
}

// Crockford base32: read aloud on the telephone without mistakes. 60 bits.
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const newReference = () => Array.from(randomBytes(12), (byte) => ALPHABET[byte & 31]).join("");

const single = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);

/** Whose door it is, and its public origin. */
export type Place = Site & { origin: string };

/** Who asks, and so in which shape and language answers are made. */
export function askerOf(req: IncomingMessage, path: string, context: RequestContext, place: Place): Asker {
  const rsc = req.headers["next-action"] !== undefined || (req.headers.accept ?? "").includes("text/x-component");
  return {
    kind: isApi(path) ? "api" : rsc ? "fetch" : "page",
    language: languageOf(req.headers.cookie, single(req.headers["accept-language"])),
    nonce: context.nonce,
    id: context.id,
    origin: place.origin,
    site: place,
  };
}

export function beginExchange(req: IncomingMessage, res: ServerResponse, clientIp: string, place: Place): Exchange {
  const nonce = randomBytes(16).toString("base64");
  const path = (req.url ?? "").split("?", 1)[0] ?? "";
  const ours = req.method !== "POST" || isApi(path);
  const context: RequestContext = { id: newReference(), clientIp, nonce, ours, databaseUnavailable: false };
  const asker = askerOf(req, path, context, place);
  return { req, res, context, startedAt: performance.now(), path, family: "refused", asker, refused: false };
}

/** Answers by the door itself; a request still arriving is not kept open for the next one. */
export function refuse(exchange: Exchange, status: Status, code?: string, extra: Record<string, string> = {}): void {
  send(exchange, answerFor(status, exchange.asker, code), extra);
}

type Ready = Pick<Answer, "headers" | "body"> & { status: number };

/** Sends a ready answer, unless one has begun. */
export function send(exchange: Exchange, answer: Ready, extra: Record<string, string | string[]> = {}): void {
  const { req, res } = exchange;
  if (res.headersSent || res.destroyed || exchange.refused) return;
  exchange.refused = true;
  for (const [name, value] of Object.entries({ ...answer.headers, ...extra })) res.setHeader(name, value);
  res.statusCode = answer.status;
  if (answer.status !== 204) res.setHeader("Content-Length", Buffer.byteLength(answer.body));
  // After a refused upgrade the client may go on in another protocol.
  if (req.headers.upgrade !== undefined && answer.status >= 400) res.setHeader("Connection", "close");
  if (req.complete) return void res.end(answer.body);
  // A body that came with its head is read a turn later; only one that is really still arriving costs the connection.
  req.resume();
  setImmediate(() => {
    if (req.complete) return void res.end(answer.body);
    res.setHeader("Connection", "close");
    res.write(answer.body);
    endLingering(req, res);
  });
}
