import { Worker } from "node:worker_threads";
import { Client, freshEmail, PASSWORD } from "../support/api.ts";
import { expect, test } from "../support/fixtures.ts";
import type { Instance } from "../support/server.ts";

// The hasher's queue serves a crowd in order up to its length; the rest gets 503 alike for known and unknown accounts, and other requests stay fast
// (PW-05, K11).
const CROWD = 400;

test.use({ serverSettings: { SEKISHO_LIMITS: "bench", TRUSTED_PROXIES: "127.0.0.1/32" } });

/** Requests health ten times a second from its own thread, which the crowd's answers do not delay; returns the slowest in milliseconds. */
function watchHealth(server: Instance): { stop(): Promise<number> } {
  const worker = new Worker(
    `const { parentPort, workerData } = require("node:worker_threads");
     const { get } = require("node:http");
     let slowest = 0, over = false;
     parentPort.on("message", () => { over = true; });
     const ask = () => {
       if (over) return parentPort.postMessage(slowest), parentPort.close();
       const started = performance.now();
       get(workerData, (answer) => {
         answer.resume();
         answer.on("end", () => {
           slowest = Math.max(slowest, answer.statusCode === 200 ? performance.now() - started : Infinity);
           setTimeout(ask, 100);
         });
       });
     };
     ask();`,
    { eval: true, workerData: `${server.url.replace("localhost", "127.0.0.1")}/api/health/live` },
  );
  const told = new Promise<number>((resolve) => worker.once("message", resolve));
  return {
    stop: () => {
      worker.postMessage("stop");
      return told;
    },
  };
}

test(`Of ${CROWD} passwords at once each gets its own answer or 503 with when to come back, health answers within a second, and then everything goes on (K11).`, async ({
  server,
  person,
}) => {
  test.setTimeout(90_000);
  const probe = watchHealth(server);
  const answers = await Promise.all(
    Array.from({ length: CROWD }, (_, turn) =>
      new Client(server.url).call(
        "POST",
        "/api/v1/sign-in",
        // Each request is a first wrong password, so that no limit answers; one in ten names an existing account.
        { identifier: turn % 10 ? freshEmail() : person.email, password: turn % 10 ? PASSWORD : `${PASSWORD} ${turn}` },
        { "x-forwarded-for": `198.18.${turn >> 6}.${turn & 63}` },
      ),
    ),
  );
  const slowest = await probe.stop();
  const count = (status: number) => answers.filter((answer) => answer.status === status).length;
  expect(count(401) + count(429) + count(503)).toBe(CROWD);
  // The queue holds two hundred and a few are being hashed; the account's limit refuses its eleventh and later requests earlier.
  expect(count(401)).toBeGreaterThan(150);
  expect(count(503)).toBeGreaterThan(0);
  for (const answer of answers.filter(({ status }) => status === 503)) {
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(answer.body.code).toBe("unavailable");
  }
  expect(slowest).toBeLessThan(1_000);
  expect((await new Client(server.url).call("POST", "/api/v1/sign-in", { identifier: freshEmail(), password: PASSWORD })).status).toBe(401);
  expect((await person.client.get("/account")).status).toBe(200);
});
