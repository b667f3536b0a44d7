import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { subject, type TestedAdapter } from "#lib/testing/smpp";
import { vendor, withPeers } from "../../../../scripts/test/peer.ts";

/** The used part of npm's `smpp` as a gateway. */
type TheirPdu = { command: string; response(values?: object): TheirPdu; short_message?: { message: string } };
interface TheirSession {
  on(event: string, listener: (pdu: TheirPdu) => void): void;
  send(pdu: TheirPdu): void;
  deliver_sm(values: object): void;
}
interface TheirServer {
  listen(port: number, host: string, listening: () => void): void;
  address(): AddressInfo;
  close(): void;
}
type Theirs = { createServer(listener: (session: TheirSession) => void): TheirServer };

/** Milliseconds until the gateway answers. */
const ANSWERS_AFTER = 300;

/** Returns the heap in megabytes after a full garbage collection. */
function heap(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed / 1_048_576;
}

withPeers(["npm"], "SMPP under load, to a gateway of npm's smpp that answers after 300 ms", () => {
  let server: TheirServer;
  let outstanding = 0;
  let most = 0;
  let adapter: TestedAdapter;
  const begin = (settings: Record<string, unknown>) => {
    adapter = subject(server.address().port, { settings });
  };
  beforeEach(async () => {
    let id = 0;
    [outstanding, most] = [0, 0];
    server = vendor<Theirs>("smpp").createServer((session) => {
      for (const command of ["bind_transceiver", "unbind", "enquire_link"])
        session.on(command, (pdu) => session.send(pdu.response(command === "bind_transceiver" ? { system_id: "npm" } : {})));
      session.on("error", () => undefined);
      session.on("submit_sm", (pdu) => {
        id += 1;
        const message_id = `n${id}`;
        outstanding += 1;
        most = Math.max(most, outstanding);
        setTimeout(() => {
          outstanding -= 1;
          session.send(pdu.response({ message_id }));
          session.deliver_sm({ esm_class: 4, short_message: `id:${message_id} sub:001 dlvrd:001 stat:DELIVRD err:000 text:` });
        }, ANSWERS_AFTER);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    await adapter.close?.();
    server.close();
  });

  /** Hands over `texts` texts, `atATime` at once like a worker; returns texts per second. */
  async function run(texts: number, atATime: number): Promise<number> {
    const began = performance.now();
    let left = texts;
    const worker = async () => {
      while (left-- > 0) expect((await adapter.hand("+819012345678")).status).toBe("sent");
    };
    await Promise.all(Array.from({ length: atATime }, worker));
    return texts / ((performance.now() - began) / 1000);
  }

  it("never has more texts without an answer than the window, as the gateway counts them, and keeps it full", async () => {
    begin({ window: 5 });
    await run(60, 20);
    expect(most).toBe(5);
  });

  it("sends no more texts a second than it may", async () => {
    begin({ window: 100, throughput: 50 });
    const rate = await run(100, 100);
    expect(rate).toBeLessThanOrEqual(52);
    expect(rate).toBeGreaterThan(25);
  });

  it("carries 200 texts a second through a window of 100, every receipt reported, memory flat", async () => {
    begin({ window: 100 });
    await run(600, 100);
    adapter.reported.length = 0;
    const before = heap();
    const rate = await run(3_000, 100);
    await vi.waitFor(() => expect(adapter.reported).toHaveLength(3_000));
    expect(new Set(adapter.reported.map(({ ref, status }) => `${ref} ${status}`)).size).toBe(3_000);
    adapter.reported.length = 0;
    const grown = heap() - before;
    console.log(`${rate.toFixed(0)} texts a second, ${most} at most without an answer, heap grown by ${grown.toFixed(1)} MB`);
    expect(rate).toBeGreaterThan(200);
    expect(most).toBeLessThanOrEqual(100);
    expect(grown).toBeLessThan(5);
  });
});
