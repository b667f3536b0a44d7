// Takes the logout tokens of Sekisho (OpenID Connect Back-Channel Logout 1.0). Node 20 or later, `npm install jose`.
// SEKISHO_URL=https://login.example.jp CLIENT_ID=… PORT=4900 node receiver.mjs
import { createServer } from "node:http";
import { createRemoteJWKSet, jwtVerify } from "jose";

const { SEKISHO_URL: issuer, CLIENT_ID: audience, PORT = "4900" } = process.env;
if (!issuer || !audience) {
  console.error("SEKISHO_URL and CLIENT_ID are not set.");
  process.exit(1);
}
// Fetches the keys again when a token names one that it has not seen.
const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", issuer));
const EVENT = "http://schemas.openid.net/event/backchannel-logout";
const LONGEST_BODY = 16 * 1024;

/** The `sid` of the login that ended. Throws where the token is not Sekisho's, not for this service, too old or of another kind. */
async function endedBy(token) {
  const rules = { issuer, audience, algorithms: ["RS256"], typ: "logout+jwt", requiredClaims: ["exp", "iat", "jti", "sid"] };
  const { payload } = await jwtVerify(token, keys, rules);
  // An ID token has a nonce, a logout token never has one.
  if (!payload.events?.[EVENT] || "nonce" in payload) throw new Error("not a logout token");
  return payload.sid;
}

async function take(request, response) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > LONGEST_BODY) return response.writeHead(413, { connection: "close" }).end();
    parts.push(part);
  }
  const token = new URLSearchParams(Buffer.concat(parts).toString()).get("logout_token") ?? "";
  const sid = await endedBy(token).catch((error) => console.error(`refused: ${error.message}`));
  if (!sid) return response.writeHead(400, { "cache-control": "no-store" }).end();
  // Here a real service deletes its sessions that were opened by an ID token with this `sid`. There may be none: that is an answer of 2xx as well.
  console.log(`ended ${sid}`);
  return response.writeHead(200, { "cache-control": "no-store" }).end();
}

createServer((request, response) => {
  // A request that breaks off must not end the program.
  take(request, response).catch(() => response.destroy());
}).listen(Number(PORT), "127.0.0.1", function () {
  console.log(`listening on ${this.address().port}`);
});
