// Takes Sekisho's events without a package (Node 20 or later).
// SEKISHO_EVENT_SECRET=whsec_… PORT=4800 node examples/events/receiver.mjs
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

// During a change of secret: both, with a space between. An empty secret would be a key that everybody knows.
const secrets = (process.env.SEKISHO_EVENT_SECRET ?? "")
  .split(/\s+/)
  .filter(Boolean)
  .map((one) => Buffer.from(one.replace(/^whsec_/, ""), "base64"));
if (secrets.length === 0 || secrets.some((secret) => secret.length < 24)) {
  console.error("SEKISHO_EVENT_SECRET is not set to a secret that `npm run events -- add` printed.");
  process.exit(1);
}
const TOLERANCE_SECONDS = 300;
const LONGEST_BODY = 64 * 1024;

/** Whether one of the secrets signed these bytes, not longer than five minutes ago. */
function isSigned(headers, body) {
  const { "webhook-id": id = "", "webhook-timestamp": timestamp = "", "webhook-signature": signatures = "" } = headers;
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= TOLERANCE_SECONDS)) return false;
  return signatures.split(" ").some((one) => {
    const given = Buffer.from(one.replace(/^v1,/, ""), "base64");
    return secrets.some((secret) => {
      const made = createHmac("sha256", secret).update(`${id}.${timestamp}.`).update(body).digest();
      return given.length === made.length && timingSafeEqual(given, made);
    });
  });
}

// An event can come twice. A real receiver keeps the ids in its database, in the transaction of what it does.
const seen = new Set();

async function take(request, response) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > LONGEST_BODY) return response.writeHead(413, { connection: "close" }).end();
    parts.push(part);
  }
  // The bytes as they came: a body that was parsed and written again has another signature.
  const body = Buffer.concat(parts);
  if (request.method !== "POST" || !isSigned(request.headers, body)) return response.writeHead(401).end();
  const id = request.headers["webhook-id"];
  const { type, data } = JSON.parse(body.toString());
  if (!seen.has(id)) {
    seen.add(id);
    console.log(`${type} ${JSON.stringify(data)}`);
  }
  // 2xx within ten seconds: taken. Anything else comes again.
  return response.writeHead(204).end();
}

createServer((request, response) => {
  // A request that breaks off must not end the program.
  take(request, response).catch(() => response.destroy());
}).listen(Number(process.env.PORT ?? 4800), "127.0.0.1", function () {
  console.log(`listening on ${this.address().port}`);
});
