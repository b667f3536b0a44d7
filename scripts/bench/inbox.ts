import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A gateway inside the load process that takes texts at once (docs/webhook.md) and hands their codes to the lanes that wait for them. */

const codes = new Map<string, string>();
const waiting = new Map<string, (code: string) => void>();

/** Opens the gateway and returns its address. */
export function openInbox(): Promise<string> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { to, text } = JSON.parse(Buffer.concat(parts).toString()) as { to: string; text: string };
      response.writeHead(202, { "content-type": "application/json" }).end('{"id":"1"}');
      const code = /\d{6}/.exec(text)?.[0] ?? "";
      const taker = waiting.get(to);
      waiting.delete(to);
      if (taker) taker(code);
      else codes.set(to, code);
    });
  });
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
  );
}

/** Waits for the code of the next text to a number; throws after ten seconds. */
export function codeTo(number: string): Promise<string> {
  const come = codes.get(number);
  if (come !== undefined) {
    codes.delete(number);
    return Promise.resolve(come);
  }
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("text missing")), 10_000);
    waiting.set(number, (code) => {
      clearTimeout(late);
      resolve(code);
    });
  });
}
