import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { Delivery, Provider } from "#lib/delivery/provider";
import { exchange } from "#lib/delivery/providers/http";
import { karaden } from "#lib/delivery/providers/karaden/karaden";
import { listen, type Said } from "#lib/delivery/providers/said";
import { twilio } from "#lib/delivery/providers/twilio/twilio";
import { webhook } from "#lib/delivery/providers/webhook/webhook";
import { ATTEMPT, subject, textTo } from "#lib/testing/smpp";
import { ACCOUNT_SID, AUTH_TOKEN } from "../../../scripts/test/twilio.ts";

/** A failure before the first byte of a request was written means that nothing was sent, so it does not count as a copy of the code (PV-02). */

const place = mkdtempSync(join(tmpdir(), "sekisho-tls-"));
const file = (name: string) => join(place, name);
execFileSync(
  "openssl",
  [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=somewhere.else",
    "-keyout",
    file("key"),
    "-out",
    file("cert"),
  ],
  { stdio: "ignore" },
);
const identity = { key: readFileSync(file("key")), cert: readFileSync(file("cert")) };
afterAll(() => rmSync(place, { recursive: true }));

const open: { server: Server; sockets: Set<Socket> }[] = [];
afterEach(async () => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A loopback server that treats every connection the same way. */
async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  open.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Servers that fail before they can receive a request, by the failure, with the words of a trial for each. */
const before: [string, () => Promise<number>, RegExp][] = [
  [
    "resets in the middle of the handshake",
    () => listening(createServer((socket) => socket.once("data", () => socket.resetAndDestroy()))),
    /^closed$/,
  ],
  ["closes in the middle of the handshake", () => listening(createServer((socket) => socket.once("data", () => socket.end()))), /^closed$/],
  [
    "speaks no TLS",
    () => listening(createServer((socket) => socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")))),
    /^tls$/,
  ],
  ["never answers the handshake", () => listening(createServer(() => undefined)), /^no_connection_in_time$/],
  ["has a certificate of no known authority", () => listening(createTlsServer(identity)), /^certificate_unknown$/],
  [
    "speaks no version that we do",
    () => listening(createTlsServer({ ...identity, maxVersion: "TLSv1.1", minVersion: "TLSv1", ciphers: "ALL:@SECLEVEL=0" })),
    /^tls$/,
  ],
  [
    "shares no cipher",
    () => listening(createTlsServer({ ...identity, ciphers: "ECDHE-RSA-AES128-GCM-SHA256", maxVersion: "TLSv1.2" })),
    /^tls$/,
  ],
  [
    "listens no more",
    async () => {
      const server = createServer();
      const port = await listening(server);
      await new Promise((resolve) => server.close(resolve));
      open.splice(0);
      return port;
    },
    /^refused$/,
  ],
];

const surroundings = {
  receiptUrl: () => "https://a.example/r",
  voiceUrl: () => "https://a.example/v",
  report: async () => "recorded" as const,
  lost: () => undefined,
};
const account = (kind: string, baseUrl: string, settings: object, secrets: Record<string, string>) => ({
  id: "p",
  name: "p",
  kind,
  baseUrl,
  sender: "+12025550100",
  settings: settings as Record<string, unknown>,
  secrets,
});
const adapters: Record<string, (url: string) => Provider> = {
  karaden: (url) => karaden.create(account("karaden", url, { tenantId: "t", serviceId: 1 }, { token: "t" }), surroundings),
  twilio: (url) => twilio.create(account("twilio", url, { accountSid: ACCOUNT_SID }, { authToken: AUTH_TOKEN }), surroundings),
  webhook: (url) => webhook.create(account("webhook", url, {}, { secret: "s".repeat(32) }), surroundings),
};
const text: Delivery = textTo("+819012345678");

const failureIn = (said: Said | null) => (said?.by === "network" ? said.failure : said);

describe.each(before)("A provider that %s", (_, server, failure) => {
  it.each(Object.keys(adapters))("%s: was told nothing, so the hand-over failed", async (kind) => {
    const provider = adapters[kind]?.(`https://127.0.0.1:${await server()}`);
    const { value: outcome, said } = await listen([], async () =>
      provider?.send({ ...text, attemptId: ATTEMPT }, AbortSignal.timeout(700)),
    );
    expect(failureIn(said)).toMatch(failure);
    expect(outcome).toEqual({ status: "failed", reason: "provider_down", permanent: false });
  });

  it("smpp: was told nothing either", async () => {
    const adapter = subject(1, { baseUrl: `smpps://127.0.0.1:${await server()}` });
    const { value: outcome, said } = await listen([], () => adapter.hand("+819012345678", "text", 700));
    expect(failureIn(said)).toMatch(failure);
    expect(outcome).toEqual({ status: "failed", reason: "provider_down", permanent: false });
    await adapter.close?.();
  });
});

describe("A provider that read the request", () => {
  it("may have taken it: died afterwards, in TLS and without", async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    const secure = await listening(
      createTlsServer(identity, (socket) => void socket.on("error", () => undefined).once("data", () => socket.destroy())),
    );
    const plain = await listening(createServer((socket) => socket.once("data", () => socket.resetAndDestroy())));
    for (const url of [`https://127.0.0.1:${secure}`, `http://127.0.0.1:${plain}`])
      expect(await exchange(url, { method: "POST", body: "x" }, AbortSignal.timeout(2_000))).toEqual({ ok: false, taken: "unknown" });
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  });

  it("may have taken it: a connection that was kept from the request before is lost with the next one", async () => {
    let requests = 0;
    const port = await listening(
      createServer((socket) =>
        socket.on("data", () => {
          requests += 1;
          if (requests === 1) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\n{}");
          else socket.resetAndDestroy();
        }),
      ),
    );
    const ask = () => exchange(`http://127.0.0.1:${port}`, { method: "POST", body: "x" }, AbortSignal.timeout(2_000));
    expect(await ask()).toMatchObject({ ok: true });
    expect(await ask()).toEqual({ ok: false, taken: "unknown" });
  });

  it("is not there at all: a name that does not exist", async () => {
    const ask = () => exchange("https://gateway.invalid/", { method: "POST", body: "x" }, AbortSignal.timeout(3_000));
    expect(await listen([], ask)).toEqual({ value: { ok: false, taken: "no" }, said: { by: "network", failure: "name_unknown" } });
  });
});
