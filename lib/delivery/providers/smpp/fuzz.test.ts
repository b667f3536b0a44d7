import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LONGEST } from "#lib/delivery/providers/smpp/frames";
import { Session } from "#lib/delivery/providers/smpp/session";
import { submitOf } from "#lib/delivery/providers/smpp/submit";
import { type Caller, type Gateway, gateway, willing } from "#lib/testing/smpp";

const patience = { connect: 60, answer: 60, alive: 60, end: 100, again: 10, longest: 20, refused: 20 };
const address = { destinationTon: 1, destinationNpi: 1, destination: "819012345678" };
const submit = submitOf(
  { esmClass: 0, dataCoding: 8, message: Buffer.from([0x30, 0x42]) },
  { sourceTon: 0, sourceNpi: 0, source: "" },
  address,
  600,
  true,
);
const identity = {
  systemId: "app",
  password: "secret",
  systemType: "",
  interfaceVersion: 0x34,
  addressTon: 0,
  addressNpi: 0,
  addressRange: "",
};

const noise = fc.uint8Array({ maxLength: 200 }).map((octets) => Buffer.from(octets));
const id = fc.oneof(
  fc.constantFrom(2, 4, 5, 6, 9, 0x15, 0x102, 0x103, 0x80000000, 0x80000002, 0x80000004, 0x80000005, 0x80000006, 0x80000009, 0x80000015),
  fc.nat(0xffffffff),
);
/** A frame with a mostly well-formed header and a random body; its sequence may be a pending one. */
const framed = fc
  .record({
    id,
    status: fc.oneof(fc.constant(0), fc.nat(0xffffffff)),
    sequence: fc.nat(5),
    body: noise,
    off: fc.constantFrom(0, 0, 0, 0, -1, 7),
  })
  .map(({ id: command, status, sequence, body, off }) => {
    const octets = Buffer.concat([Buffer.alloc(16), body]);
    [octets.length + off, command, status, sequence].forEach((value, index) => void octets.writeUInt32BE(value, index * 4));
    return octets;
  });
const lengths = fc.constantFrom(0, 1, 15, LONGEST, LONGEST + 1, 0xffffffff).map((length) => {
  const octets = Buffer.alloc(16);
  octets.writeUInt32BE(length);
  return octets;
});
const mischief = fc.record({
  when: fc.constantFrom("connect", "bind_transceiver", "submit_sm", "bound"),
  octets: fc.array(fc.oneof(noise, framed, framed, lengths), { minLength: 1, maxLength: 6 }).map((parts) => Buffer.concat(parts)),
  ending: fc.constantFrom("goes on", "closes", "resets", "stays silent"),
});

function afterwards(then: string, { socket }: Caller) {
  if (then === "closes") socket.end();
  if (then === "resets") socket.resetAndDestroy();
}

describe("A gateway that says anything at all", () => {
  let server: Gateway;
  const unhandled: unknown[] = [];
  const notes: string[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  beforeAll(async () => {
    server = await gateway();
    process.on("unhandledRejection", note);
    process.on("uncaughtException", note);
  });
  afterAll(async () => {
    process.off("unhandledRejection", note);
    process.off("uncaughtException", note);
    await server.close();
  });

  it("ends no process, wedges no session and leaves nothing behind", async () => {
    await fc.assert(
      fc.asyncProperty(mischief, async ({ when, octets, ending }) => {
        let done = false;
        const disturb = (caller: Caller) => {
          if (done) return;
          done = true;
          caller.socket.write(octets);
          afterwards(ending, caller);
        };
        server.behave((pdu, caller) => {
          const first = !done;
          if (first && (when === pdu.command || when === "connect")) disturb(caller);
          if (!(first && ending === "stays silent" && when === pdu.command)) willing(pdu, caller);
          if (first && when === "bound" && pdu.command === "bind_transceiver") setImmediate(disturb, caller);
        });
        const session = new Session({
          address: { host: "127.0.0.1", port: server.port, tls: null },
          bind: { command: "bind_transceiver", ...identity },
          window: 2,
          enquireSeconds: 0.03,
          throughput: null,
          deliver: () => 0,
          note: (state, reason) => void notes.push(`${state} ${reason}`),
          patience,
        });
        // Each of the first submits settles in time, with any outcome.
        const first = await Promise.all([1, 2, 3].map(() => session.submit(submit, AbortSignal.timeout(1_000))));
        expect(first).toHaveLength(3);
        // The gateway behaves again after a while, and then a text must succeed.
        for (let tries = 1; ; tries += 1) {
          const outcome = await session.submit(submit, AbortSignal.timeout(1_000));
          if (outcome.is === "answered" && outcome.status === 0 && done) break;
          expect(tries).toBeLessThan(40);
          await sleep(20);
        }
        await session.close();
        server.callers.splice(0);
        server.arrived.length = 0;
      }),
      { numRuns: 150 },
    );
    await sleep(200);
    expect(unhandled).toEqual([]);
    // Proves that the fuzzing reached these failures.
    for (const seen of ["lost garbled", "down no answer to the bind"])
      expect(notes.filter((one) => one === seen).length).toBeGreaterThan(3);
    // Only the gateway's own listening socket is left.
    expect(process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap")).toEqual([]);
  }, 60_000);
});
