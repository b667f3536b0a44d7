import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it arrived, its body as bytes. */
export type Arrived = { method: string; path: string; headers: IncomingHttpHeaders; body: Buffer };

/** How a server on loopback answers: well, badly or not at all. */
export type Answering = (arrived: Arrived, response: ServerResponse) => void;

/** Answers a status with JSON (or a text as it is) and headers. */
export const answers =
  (status: number, body: unknown = "", headers: Record<string, string> = {}): Answering =>
  (_, response) =>
    void response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(typeof body === "string" ? body : JSON.stringify(body));

export type Loopback = { url: string; arrived: Arrived[]; answer(next: Answering): void; close(): Promise<void> };

/** A server on 127.0.0.1 that keeps what arrived and answers as it is told; `close` cuts every connection. */
export async function loopback(answering: Answering = answers(200)): Promise<Loopback> {
  let current = answering;
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { method = "", url: path = "", headers } = request;
      const one = { method, path, headers, body: Buffer.concat(parts) };
      arrived.push(one);
      current(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    answer: (next) => {
      current = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
