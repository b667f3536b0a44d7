import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, it, vi } from "vitest";

// A record of another's name that was changed to lead to this machine.
vi.mock("node:dns", async (real) => ({
  ...(await real<typeof import("node:dns")>()),
  lookup: (_: string, __: object, done: (error: null, found: object[]) => void) => done(null, [{ address: "127.0.0.1", family: 4 }]),
}));

// The environment is read once, at first use.
let asked = 0;
const server = createServer((_, response) => {
  asked += 1;
  response.writeHead(204).end();
});
await new Promise<void>((resolve) => server.listen(0, resolve));
afterAll(() => void server.close());
const { port } = server.address() as AddressInfo;
const secret = "a-secret-of-this-test-of-32-characters";
Object.assign(process.env, {
  ...{ SEKISHO_MODE: "production", APP_URL: "https://login.example.jp", TRUSTED_PROXIES: "none" },
  ...{ ALERT_WEBHOOK_URL: `https://alerts.example.jp:${port}/alerts`, ALERT_WEBHOOK_SECRET: secret },
  ...{ AUDIT_WEBHOOK_URL: `http://127.0.0.1:${port}/heads`, AUDIT_WEBHOOK_SECRET: secret },
});
const { meantInside, postSigned } = await import("#lib/jobs/post-signed");

it("An alert whose host leads into the own network is not posted, and the error says what to name", async () => {
  await expect(postSigned("ALERT_WEBHOOK_URL", { kind: "test" })).rejects.toThrow(
    "ALERT_WEBHOOK_URL leads into the own network; name its host in EVENTS_PRIVATE_HOSTS",
  );
  expect(asked).toBe(0);
});

it("An address that is written as one, or as this machine, is meant; a name is judged when it is connected to", async () => {
  await postSigned("AUDIT_WEBHOOK_URL", { event: "test" });
  expect(asked).toBe(1);
  const hosts = (url: string) => meantInside(url, { hosts: ["alerts.internal"], loopback: false }).hosts;
  expect(hosts("https://10.0.0.7/x")).toEqual(["alerts.internal", "10.0.0.7"]);
  expect(hosts("http://[::1]:9/x")).toEqual(["alerts.internal", "::1"]);
  expect(hosts("http://localhost:9/x")).toEqual(["alerts.internal", "localhost"]);
  expect(hosts("https://alerts.example.jp/x")).toEqual(["alerts.internal"]);
});
