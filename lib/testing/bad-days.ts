import { createGzip } from "node:zlib";
import { type Answering, answers } from "#lib/testing/loopback";

/** Answers that do not reveal whether a request was accepted; each must end as "unknown" no later than the signal. */

const FILL = Buffer.alloc(16_384, " ");

/** Writes until the client closes the connection. */
const endless: Answering = (_, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  const more = () => {
    while (!response.destroyed && response.write(FILL));
  };
  response.on("drain", more);
  more();
};

/** A few kilobytes on the wire that never stop growing once unpacked. */
const bomb: Answering = (_, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
  const gzip = createGzip();
  const more = () => {
    while (!response.destroyed && gzip.write(FILL));
  };
  gzip.on("drain", more);
  response.on("close", () => gzip.destroy());
  gzip.pipe(response);
  more();
};

const drip: Answering = (_, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.write('{"object":"message",');
  const timer = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(timer));
};

const cut: Answering = (_, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  response.write('{"object":"message","id":"m1","status":"sent"', () => response.socket?.resetAndDestroy());
};

/** Bad days by name: time-outs, lost connections, and unreadable answers. */
export const badDays: readonly { name: string; answering: Answering }[] = [
  { name: "a server that stays silent", answering: () => {} },
  { name: "a connection that is lost before the answer", answering: (_, response) => void response.socket?.resetAndDestroy() },
  { name: "a connection that is lost in the middle of the answer", answering: cut },
  { name: "an answer that drips", answering: drip },
  { name: "an answer without end", answering: endless },
  { name: "a gzip bomb", answering: bomb },
  { name: "gzip that is none", answering: answers(200, "not gzip", { "content-encoding": "gzip" }) },
  { name: "a page in HTML", answering: answers(200, "<!doctype html><h1>OK</h1>", { "content-type": "text/html" }) },
  { name: "a list where an object belongs", answering: answers(200, [{ object: "message", id: "m1", status: "sent" }]) },
  { name: "a number where an object belongs", answering: answers(200, "1") },
  { name: "a gateway time-out", answering: answers(504, { object: "error" }) },
];
