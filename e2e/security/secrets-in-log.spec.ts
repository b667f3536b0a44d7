import { Client, freshEmail, PASSWORD } from "../support/api.ts";
import { expect, test } from "../support/fixtures.ts";
import { found } from "../support/secrets.ts";
import { actionId } from "../support/surface.ts";

// The log at its lowest level contains no code, token, number, password, recovery code or address, and user input cannot start a log line (LG-02,
// OTP-10, WB-10, L02).

test.use({ serverSettings: { SEKISHO_LIMITS: "bench", LOG_LEVEL: "debug" } });

test("Nothing secret of the whole journey is in the log, as it is, encoded or hashed (L02).", async ({ server, told }) => {
  expect(server.log().split("\n").length).toBeGreaterThan(200);
  expect(found(server.log(), told.secrets)).toEqual([]);
  for (const email of told.emails) expect(server.log().includes(email), email).toBe(false);
});

test("Secrets that are sent where they do not belong are not in the log either (L02).", async ({ server, told }) => {
  const client = new Client(server.url);
  const words = told.secrets.map(({ value }) => value).slice(0, 20);
  for (const word of words) {
    const query = `?code=${encodeURIComponent(word)}&token=${encodeURIComponent(word)}&password=${encodeURIComponent(word)}`;
    for (const path of ["/sign-in", "/verify", "/no-such-page", "/api/v1/no-such-call", "/api/auth/callback/email", "/reset-password"])
      await client.get(path + query);
    await client.call("GET", "/sign-in", undefined, {
      "user-agent": encodeURIComponent(word),
      referer: `${server.url}/x${query}`,
      authorization: `Bearer ${encodeURIComponent(word)}`,
    });
    await client.post("/sign-in", { identifier: word, password: word, code: word });
    await client.call("POST", "/api/v1/sign-in", `{"identifier":"${word}`);
    for (const action of ["x", actionId("signInAction")])
      await client.call("POST", "/sign-in", word, { origin: server.url, "content-type": "text/plain", "next-action": action });
  }
  expect(found(server.log(), told.secrets)).toEqual([]);
  // The engine's JSON parser quotes ten characters of its input in errors.
  for (const word of words) expect(server.log().includes(word.slice(0, 10)), word).toBe(false);
});

test("Line ends and control characters of a sender stay inside one line of JSON (WB-10).", async ({ server }) => {
  const before = server.log().split("\n").length;
  const client = new Client(server.url);
  const broken = 'x\r\n{"level":"error","msg":"forged"}\n\u001b[31m\u2028';
  await client.get(`/sign-in%0d%0a%7B%22level%22:%22error%22,%22msg%22:%22forged%22%7D?x=${encodeURIComponent(broken)}`);
  await client.post("/sign-in", { identifier: broken, password: broken });
  await client.post("/sign-up", { email: `${freshEmail()}${broken}`, password: PASSWORD });
  await client.call("POST", "/api/v1/sign-in", broken, { "user-agent": "a\tb" });
  const lines = server
    .log()
    .trimEnd()
    .split("\n")
    .slice(before - 1);
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines) {
    const entry = JSON.parse(line) as { msg?: string };
    expect(entry.msg).not.toBe("forged");
  }
});
