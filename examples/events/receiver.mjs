// Takes Sekisho's events without a package (Node 20 or later).
// SEKISHO_EVENT_SECRET=whsec_… PORT=4800 node examples/events/receiver.mjs
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const secrets = (process.env.SEKISHO_EVENT_SECRET ?? "").split(" ").map((one) => Buffer.from(one.replace(/^whsec_/, ""), "base64"));
const TOLERANCE_SECONDS = 300;

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

createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
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
}).listen(Number(process.env.PORT ?? 4800), "127.0.0.1", function () {
  console.log(`listening on ${this.address().port}`);
});
