import { connect, type Socket } from "node:net";

/** Speaks HTTP byte by byte, because client libraries correct or refuse what these tests must send. */

export interface RawAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export const baseUrl = () => new URL(process.env.E2E_URL ?? process.env.E2E_URL_A ?? "http://localhost:3000");

/** Builds a request head with the correct Host unless `headers` sets another; `null` omits a header, a list repeats it. */
export function request(method: string, target: string, headers: Record<string, string | string[] | null> = {}, body = ""): string {
  const all: Record<string, string | string[] | null> = { Host: baseUrl().host, Connection: "close", ...headers };
  if (body && !("Content-Length" in headers) && !("Transfer-Encoding" in headers)) all["Content-Length"] = String(Buffer.byteLength(body));
  const lines = Object.entries(all).flatMap(([name, value]) => [value ?? []].flat().map((one) => `${name}: ${one}\r\n`));
  return `${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

export const open = (url: URL = baseUrl()): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname === "localhost" ? "127.0.0.1" : url.hostname, () => resolve(socket));
    socket.once("error", reject);
    socket.on("error", () => {});
  });

function unchunk(body: string): string {
  let [rest, text] = [body, ""];
  for (;;) {
    const at = rest.indexOf("\r\n");
    const size = Number.parseInt(rest.slice(0, at), 16);
    if (at < 0 || !size) return text;
    text += rest.slice(at + 2, at + 2 + size);
    rest = rest.slice(at + 2 + size + 2);
  }
}

/** Splits received data (read as latin1, so that lengths are bytes) into answers; an incomplete last answer is left out. */
export function parseAnswers(received: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = received;
  while (rest.startsWith("HTTP/1.1 ")) {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) break;
    const [first = "", ...lines] = rest.slice(0, end).split("\r\n");
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
    );
    const status = Number(first.split(" ")[1]);
    const after = rest.slice(end + 4);
    if (status === 100) {
      rest = after;
      continue;
    }
    const chunkedEnd = headers["transfer-encoding"] === "chunked" ? after.search(/(?:^|\r\n)0\r\n\r\n/) : -1;
    const length = chunkedEnd >= 0 ? after.indexOf("0\r\n\r\n", chunkedEnd) + 5 : Number(headers["content-length"] ?? 0);
    const body = after.slice(0, length);
    answers.push({ status, headers, body: Buffer.from(chunkedEnd >= 0 ? unchunk(body) : body, "latin1").toString("utf8") });
    rest = after.slice(length);
  }
  return answers;
}

/** Sends bytes and reads until the server closes the connection, at most `ms` milliseconds. */
export async function speak(bytes: string | Buffer, ms = 8000, url: URL = baseUrl()): Promise<RawAnswer[]> {
  const socket = await open(url);
  socket.write(bytes);
  return parseAnswers(await listenTo(socket, ms));
}

/** Returns everything that a server sends on a connection until it closes, within at most `ms` milliseconds. */
export function listenTo(socket: Socket, ms: number): Promise<string> {
  return new Promise((resolve) => {
    let received = "";
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(received);
    };
    const timer = setTimeout(finish, ms);
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
    });
    socket.once("close", finish);
  });
}

/** Returns the only answer to a request; throws when there is none or more than one. */
export async function ask(...args: Parameters<typeof request>): Promise<RawAnswer> {
  const answers = await speak(request(...args));
  const [answer] = answers;
  if (!answer || answers.length !== 1) throw new Error(`${answers.length} answers to one request: ${args[0]} ${args[1]}`);
  return answer;
}
