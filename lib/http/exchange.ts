import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { serviceNow } from "#lib/policy/service";
import type { RequestContext } from "#lib/request";
import { type AnswerContext, answerFor, type DoorAnswer } from "./answer.ts";
import { BRIEF, endLingering, PATIENT } from "./body.ts";
import { type Family, policyOf, routePolicies } from "./policy.ts";
import type { Route, RouteAt } from "./route.ts";
import { languageOfRequest, type Status } from "./words.ts";

/** A request and its answer, from the arrival of the head to the end of the answer. */
export interface Exchange {
  req: IncomingMessage;
  res: ServerResponse;
  context: RequestContext;
  startedAt: number;
  /** Path without query; "" until the target is parsed. */
  path: string;
  /** The route of the path; a page until the path is parsed. */
  route: Route;
  /** The metrics label; `refused` until the target is parsed. */
  family: Family | "refused";
  answerContext: AnswerContext;
  /** True once the head has been judged; the product's own code runs only after that. */
  judged: boolean;
  /** True if the door has answered itself; Next's output is then ignored. */
  refused: boolean;
  /** True if the rest of a refused body is read away, for a client who is known. */
  patient: boolean;
}

// Crockford base32, which can be read aloud without confusion; 60 bits.
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const newReference = () => Array.from(randomBytes(12), (byte) => ALPHABET[byte & 31]).join("");

const single = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);

/** The operator of the door, and its public origin. */
export type ExchangeSite = { publicOrigin: string };

/** Creates an exchange without reading any client data, so that it cannot fail. */
export function beginExchange(req: IncomingMessage, res: ServerResponse, place: ExchangeSite): Exchange {
  const nonce = randomBytes(16).toString("base64");
  const context: RequestContext = { id: newReference(), clientIp: "0.0.0.0", nonce, ours: true, databaseUnavailable: false };
  const answerContext: AnswerContext = {
    kind: "page",
    language: "ja",
    nonce,
    id: context.id,
    origin: place.publicOrigin,
    site: serviceNow(),
  };
  const route: Route = { policy: routePolicies.page };
  return {
    req,
    res,
    context,
    startedAt: performance.now(),
    path: "",
    route,
    family: "refused",
    answerContext,
    judged: false,
    refused: false,
    patient: false,
  };
}

/** Reads the path and the client's kind and language from the head, for the format of answers. */
export function readAnswerContext(exchange: Exchange, routeAt: RouteAt): void {
  const { req, context, answerContext } = exchange;
  exchange.path = (req.url ?? "").split("?", 1)[0] ?? "";
  exchange.route = routeAt(exchange.path) ?? { policy: policyOf(exchange.path) };
  const program = exchange.route.policy.refusals === "problem";
  context.ours = req.method !== "POST" || program;
  const rsc = req.headers["next-action"] !== undefined || (req.headers.accept ?? "").includes("text/x-component");
  answerContext.kind = program ? "api" : rsc ? "fetch" : "page";
  answerContext.language = languageOfRequest(req.headers.cookie, single(req.headers["accept-language"]));
}

/** Refuses a request with the door's own answer; closes the connection if the body is still arriving. */
export function refuse(exchange: Exchange, status: Status, code?: string, extra: Record<string, string> = {}): Promise<void> {
  return sendReady(exchange, answerFor(status, exchange.answerContext, code), extra);
}

type Ready = Pick<DoorAnswer, "headers" | "body"> & { status: number };

/** Sends a complete answer unless one has already begun. */
export async function sendReady(exchange: Exchange, answer: Ready, extra: Record<string, string | string[]> = {}): Promise<void> {
  const { req, res } = exchange;
  if (res.headersSent || res.destroyed || exchange.refused) return;
  exchange.refused = true;
  for (const [name, value] of Object.entries({ ...answer.headers, ...extra })) res.setHeader(name, value);
  res.statusCode = answer.status;
  if (answer.status !== 204) res.setHeader("Content-Length", Buffer.byteLength(answer.body));
  // After a refused upgrade the client may continue in another protocol.
  if (req.headers.upgrade !== undefined && answer.status >= 400) res.setHeader("Connection", "close");
  if (req.complete) return void res.end(answer.body);
  // Node reads a body that came with its head one turn later; the connection closes only if the body is still arriving then.
  req.resume();
  await new Promise(setImmediate);
  if (req.complete) return void res.end(answer.body);
  res.setHeader("Connection", "close");
  res.write(answer.body);
  endLingering(req, res, exchange.patient ? PATIENT : BRIEF);
}
