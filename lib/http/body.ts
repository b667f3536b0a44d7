import { IncomingMessage, type ServerResponse } from "node:http";

type RequestBody = { ok: true; bytes: Buffer } | { ok: false; reason: "too_large" | "gone" };

/**
 * Reads a body of at most `maxBody` bytes and counts while reading, because a chunked body announces no length; `gone` when the client
 * disconnected.
 */
export function readBody(req: IncomingMessage, maxBody: number): Promise<RequestBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (body: RequestBody) => {
      req.off("data", take);
      resolve(body);
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBody) settle({ ok: false, reason: "too_large" });
      else chunks.push(chunk);
    };
    req.on("data", take);
    req.once("end", () => settle({ ok: true, bytes: Buffer.concat(chunks, size) }));
    req.once("error", () => settle({ ok: false, reason: "gone" }));
    req.once("close", () => settle({ ok: false, reason: "gone" }));
  });
}

/** A request that Next reads from memory: a failing parser destroys its input, and must not destroy the connection with it. */
class Replay extends IncomingMessage {
  override _read(): void {}
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    callback(error);
  }
}

/** Returns the same request with other headers and a buffered body. */
export function replay(req: IncomingMessage, headers: NodeJS.Dict<string | string[]>, body: Buffer): IncomingMessage {
  const copy = new Replay(req.socket);
  copy.on("error", () => {});
  copy.method = req.method;
  copy.url = req.url;
  copy.httpVersion = req.httpVersion;
  copy.httpVersionMajor = req.httpVersionMajor;
  copy.httpVersionMinor = req.httpVersionMinor;
  const { "transfer-encoding": _, ...rest } = headers;
  copy.headers = body.length > 0 ? { ...rest, "content-length": String(body.length) } : rest;
  copy.rawHeaders = Object.entries(copy.headers).flatMap(([name, value]) => [value ?? ""].flat().flatMap((one) => [name, one]));
  if (body.length > 0) copy.push(body);
  copy.push(null);
  copy.complete = true;
  return copy;
}

/** How much of a refused body is discarded, and for how long. */
type Linger = { bytes: number; ms: number };

/** For an unknown client. */
export const BRIEF: Linger = { bytes: 1024 * 1024, ms: 1000 };
/** For a client who is known: a file that is far too large. */
export const PATIENT: Linger = { bytes: 256 * 1024 * 1024, ms: 15_000 };

/**
 * Ends an answer while its request is still arriving. It first discards some input: closing a socket with unread bytes resets the connection, and
 * the client would never see the answer (RFC 9112 9.6).
 */
export function endLingering(req: IncomingMessage, res: ServerResponse, { bytes, ms }: Linger = BRIEF): void {
  let left = bytes;
  const finish = () => {
    clearTimeout(timer);
    if (!res.writableEnded) res.end();
    if (!req.complete) req.socket.destroySoon();
  };
  const timer = setTimeout(finish, ms);
  req.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) finish();
  });
  req.once("end", finish);
  req.once("close", finish);
  req.resume();
}
