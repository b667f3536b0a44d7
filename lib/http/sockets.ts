import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import type { Duplex } from "node:stream";
import { log } from "#lib/log";
import { serviceNow } from "#lib/policy/service";
import { answerFor } from "./answer.ts";
import { type Exchange, type ExchangeSite, refuse } from "./exchange.ts";
import { referrerPolicy, securityHeaders } from "./headers.ts";
import type { Status } from "./words.ts";

const REASONS: Partial<Record<Status, string>> = {
  400: "Bad Request",
  405: "Method Not Allowed",
  408: "Request Timeout",
  413: "Content Too Large",
  431: "Request Header Fields Too Large",
};
const LINGER_MS = 500;

/** Answers bytes that are no HTTP request, with the headers of every answer, then closes the connection. */
function answerRaw(socket: Duplex, status: Status, place: ExchangeSite, extra = ""): void {
  if (!socket.writable) return void socket.destroy();
  const nonce = randomBytes(16).toString("base64");
  const { body, headers } = answerFor(status, {
    kind: "page",
    language: "ja",
    nonce,
    id: "",
    origin: place.publicOrigin,
    site: serviceNow(),
  });
  const all = { ...headers, ...securityHeaders(nonce, false), "Referrer-Policy": referrerPolicy(undefined), "Cache-Control": "no-store" };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${status} ${REASONS[status] ?? "Bad Request"}\r\nDate: ${new Date().toUTCString()}\r\n${lines.join("")}${extra}`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
  socket.on("error", () => {});
  // Unread bytes at close would reset the connection before the answer is read (RFC 9112 9.6).
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

function statusOf(error: NodeJS.ErrnoException): Status {
  if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") return 408;
  if (error.code === "HPE_HEADER_OVERFLOW") return 431;
  return error.code === "HPE_CHUNK_EXTENSIONS_OVERFLOW" ? 413 : 400;
}

/** Runs a handler that answers on a raw socket; an error closes the connection instead of leaking it. */
export function orDestroy(socket: Duplex, work: () => unknown): void {
  const end = (error: unknown) => {
    socket.destroy();
    log.warn({ event: "door.threw", error }, "a connection could not be answered");
  };
  // Within a promise a synchronous throw also becomes a rejection.
  (async () => work())().catch(end);
}

/**
 * Answers what the parser rejects, in the order of the requests (RFC 9112 9.3.2). If the fault lies in a request that is being answered, that
 * answer reports it; if earlier requests are unanswered, it waits for them.
 */
export function watchSockets(server: Server, openOn: (socket: Duplex) => readonly Exchange[], place: ExchangeSite): void {
  const faulty = new WeakSet<Duplex>();
  const reject = async (error: NodeJS.ErrnoException, socket: Duplex): Promise<void> => {
    if (faulty.has(socket)) return;
    faulty.add(socket);
    if (error.code === "ECONNRESET" || socket.destroyed) return void socket.destroy();
    const status = statusOf(error);
    const open = openOn(socket);
    const broken = open.find((exchange) => !exchange.req.complete);
    if (broken) {
      if (broken.res.headersSent) socket.destroy();
      else await refuse(broken, status);
      return;
    }
    const last = open.at(-1);
    if (last) last.res.once("close", () => orDestroy(socket, () => answerRaw(socket, status, place)));
    else answerRaw(socket, status, place);
  };
  server.on("clientError", (error, socket) => orDestroy(socket, () => reject(error, socket)));
  server.on("connect", (_req, socket: Duplex) =>
    orDestroy(socket, () => answerRaw(socket, 405, place, "Allow: GET, HEAD, POST, DELETE, OPTIONS\r\n")),
  );
  server.on("connection", (socket) => {
    socket.on("error", () => {});
  });
}
