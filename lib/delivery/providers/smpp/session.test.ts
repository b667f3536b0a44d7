import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Session, type SessionOptions } from "#lib/delivery/providers/smpp/session";
import { submitOf } from "#lib/delivery/providers/smpp/submit";
import { type Gateway, type GatewayBehaviour, gateway, willing } from "#lib/testing/smpp";

const patience = { connect: 500, answer: 300, alive: 300, end: 1_000, again: 60, longest: 200, refused: 5_000 };
const identity = {
  systemId: "app",
  password: "secret",
  systemType: "",
  interfaceVersion: 0x34,
  addressTon: 0,
  addressNpi: 0,
  addressRange: "",
};
const source = { sourceTon: 0, sourceNpi: 0, source: "" };
const submitTo = (destination: string) =>
  submitOf(
    { esmClass: 0, dataCoding: 8, message: Buffer.from([0x30, 0x42]) },
    source,
    { destinationTon: 1, destinationNpi: 1, destination },
    600,
    true,
  );
const soon = (ms = 2_000) => AbortSignal.timeout(ms);
const silentOn =
  (...commands: (string | null)[]): GatewayBehaviour =>
  (pdu, caller) => {
    if (!commands.includes(pdu.command)) willing(pdu, caller);
  };

let server: Gateway;
let session: Session;
let notes: string[] = [];
const begin = (over: Partial<SessionOptions> = {}) => {
  session = new Session({
    address: { host: "127.0.0.1", port: server.port, tls: null },
    bind: { command: "bind_transceiver", ...identity },
    window: 10,
    enquireSeconds: 30,
    throughput: null,
    deliver: () => 0,
    note: (state, reason) => void notes.push(`${state} ${reason}`.trim()),
    patience,
    ...over,
  });
  return session;
};
const binds = () => server.arrived.filter(({ command }) => command === "bind_transceiver").length;
const submits = () => server.arrived.filter(({ command }) => command === "submit_sm").length;

beforeEach(async () => {
  notes = [];
  server = await gateway();
});
afterEach(async () => {
  await session.close();
  await server.close();
});

describe("A session with a gateway that has a bad day", { timeout: 20_000 }, () => {
  it("ends every submit that was written as unknown when the gateway is silent, and gives its places in the window back", async () => {
    server.behave(silentOn("submit_sm"));
    begin({ window: 2 });
    const all = await Promise.all([1, 2, 3, 4].map((one) => session.submit(submitTo(`8190${one}`), soon())));
    expect(all).toEqual([{ is: "unknown" }, { is: "unknown" }, { is: "unknown" }, { is: "unknown" }]);
    expect(submits()).toBe(4);
    expect(binds()).toBe(1);
    server.behave(willing);
    expect(await session.submit(submitTo("81905"), soon())).toMatchObject({ is: "answered", status: 0 });
  });

  it("does not send what still waits for a place when its time is over", async () => {
    server.behave(silentOn("submit_sm"));
    begin({ window: 1 });
    const first = session.submit(submitTo("81901"), soon());
    await vi.waitFor(() => expect(submits()).toBe(1));
    expect(await session.submit(submitTo("81902"), soon(50))).toEqual({ is: "unsent", why: "down" });
    expect(await first).toEqual({ is: "unknown" });
    expect(submits()).toBe(1);
  });

  it("tells what was written from what was not when the gateway closes in the middle of a window", async () => {
    server.behave((pdu, caller) => {
      if (pdu.command !== "submit_sm") return willing(pdu, caller);
      if (submits() === 2) willing(pdu, caller);
      if (submits() === 3) caller.socket.destroySoon();
    });
    begin({ window: 3 });
    const all = await Promise.all([1, 2, 3, 4, 5].map((one) => session.submit(submitTo(`8190${one}`), soon())));
    // The second answer freed a slot for the fourth submit, which was written to a lost connection; the fifth was never written.
    expect(all.map(({ is }) => is)).toEqual(["unknown", "answered", "unknown", "unknown", "unsent"]);
    server.behave(willing);
    expect(await session.submit(submitTo("81906"), soon())).toMatchObject({ is: "answered", status: 0 });
    expect(notes).toEqual(["bound", expect.stringMatching(/^lost /), "bound"]);
  });

  it("takes a generic_nack for the refusal of the one submit it answers", async () => {
    server.behave((pdu, caller) => {
      if (pdu.command !== "submit_sm" || pdu.destination !== "81901") return willing(pdu, caller);
      caller.write({ command: "generic_nack", status: 0x03, sequence: pdu.sequence });
    });
    begin();
    const [first, second] = await Promise.all([1, 2].map((one) => session.submit(submitTo(`8190${one}`), soon())));
    expect(first).toEqual({ is: "answered", status: 3, messageId: "" });
    expect(second).toMatchObject({ is: "answered", status: 0 });
    expect(binds()).toBe(1);
  });

  it("leaves a gateway that gives no sign of life, and binds again by itself", async () => {
    server.behave(silentOn("enquire_link"));
    begin({ enquireSeconds: 0.05 });
    session.open();
    await vi.waitFor(() => expect(notes.slice(0, 3)).toEqual(["bound", "lost silent", "bound"]), 5_000);
  });

  it("stays with a gateway that is slow with texts and alive all the same, and leaves one that is neither", async () => {
    server.behave(silentOn("submit_sm"));
    begin();
    await session.submit(submitTo("81901"), soon());
    await sleep(patience.alive + 100);
    expect(notes).toEqual(["bound"]);
    server.behave(silentOn("submit_sm", "enquire_link"));
    await session.submit(submitTo("81902"), soon());
    await vi.waitFor(() => expect(notes[1]).toBe("lost silent"), 5_000);
  });

  it("keeps a quiet session alive", async () => {
    begin({ enquireSeconds: 0.05 });
    session.open();
    await sleep(400);
    expect(server.arrived.filter(({ command }) => command === "enquire_link").length).toBeGreaterThanOrEqual(3);
    expect(notes).toEqual(["bound"]);
  });

  it("gives up a gateway that takes the connection and says nothing to the bind", async () => {
    server.behave(silentOn("bind_transceiver"));
    begin();
    const began = performance.now();
    expect(await session.submit(submitTo("81901"), soon())).toEqual({ is: "unsent", why: "down" });
    expect(performance.now() - began).toBeLessThan(1_500);
    expect(notes).toEqual(["down no answer to the bind"]);
  });

  it.each([0x0d, 0x0e, 0x0f])(
    "treats status %i of a bind as a refusal, does not bind again at once, and reports it to the waiting texts",
    async (status) => {
      server.behave((pdu, { write }) => write({ command: "bind_transceiver_resp", status, sequence: pdu.sequence, systemId: "" }));
      begin({ patience: { ...patience, again: 2_000 } });
      const refused = { is: "unsent", why: "refused" };
      expect(await Promise.all([1, 2].map((one) => session.submit(submitTo(`8190${one}`), soon())))).toEqual([refused, refused]);
      expect(await session.submit(submitTo("81903"), soon())).toEqual(refused);
      expect(binds()).toBe(1);
      expect(notes).toEqual([`refused status ${status}`]);
      await sleep(patience.longest * 2);
      expect(binds()).toBe(1);
    },
  );

  it("binds again and again while the gateway says that it has trouble, more and more slowly, and notes it once", async () => {
    server.behave((pdu, { write }) => write({ command: "bind_transceiver_resp", status: 0x08, sequence: pdu.sequence, systemId: "" }));
    begin();
    session.open();
    await sleep(800);
    expect(binds()).toBeGreaterThanOrEqual(3);
    expect(binds()).toBeLessThanOrEqual(8);
    expect(notes).toEqual(["down status 8"]);
  });

  it("answers what the gateway asks: texts, signs of life, a farewell; and refuses what it does not know", async () => {
    const taken: string[] = [];
    begin({ deliver: (pdu) => taken.push(pdu.source) * 0x64 });
    session.open();
    await vi.waitFor(() => expect(notes).toEqual(["bound"]));
    const [caller] = server.callers;
    server.arrived.length = 0;
    const { command: _, ...message } = submitTo("00051234");
    caller?.write(
      { command: "deliver_sm", status: 0, sequence: 71, ...message, source: "819012345678" },
      { command: "enquire_link", status: 0, sequence: 72 },
    );
    const unknown = Buffer.alloc(16);
    [16, 0x21, 0, 73].forEach((value, index) => void unknown.writeUInt32BE(value, index * 4));
    const alert = Buffer.from(unknown);
    alert.writeUInt32BE(0x102, 4);
    const cut = Buffer.from(unknown);
    [16, 5, 0, 74].forEach((value, index) => void cut.writeUInt32BE(value, index * 4));
    caller?.socket.write(Buffer.concat([unknown, alert, cut]));
    await sleep(50);
    caller?.write({ command: "unbind", status: 0, sequence: 75 });
    await vi.waitFor(() => expect(notes[1]).toBe("lost unbound by the gateway"));
    await vi.waitFor(() => expect(server.arrived.length).toBeGreaterThanOrEqual(5));
    expect(taken).toEqual(["819012345678"]);
    expect(server.arrived.slice(0, 5)).toMatchObject([
      { command: "deliver_sm_resp", status: 0x64, sequence: 71 },
      { command: "enquire_link_resp", status: 0, sequence: 72 },
      { command: "generic_nack", status: 0x03, sequence: 73 },
      { command: "generic_nack", status: 0x02, sequence: 74 },
      { command: "unbind_resp", status: 0, sequence: 75 },
    ]);
  });

  it("lets what is under way end before it unbinds, and stays closed", async () => {
    server.behave((pdu, caller) => {
      if (pdu.command === "submit_sm") setTimeout(willing, 80, pdu, caller);
      else willing(pdu, caller);
    });
    begin({ window: 1, patience: { ...patience, answer: 5_000, end: 5_000 } });
    const all = [1, 2].map((one) => session.submit(submitTo(`8190${one}`), soon()));
    await session.close();
    expect(await Promise.all(all)).toMatchObject([{ is: "answered" }, { is: "answered" }]);
    expect(server.arrived.at(-1)?.command).toBe("unbind");
    expect(await session.submit(submitTo("81903"), soon())).toEqual({ is: "unsent", why: "down" });
    session.open();
    await sleep(100);
    expect(binds()).toBe(1);
  });

  it("drops a gateway that asks without end and reads no answer", async () => {
    begin();
    session.open();
    await vi.waitFor(() => expect(notes).toEqual(["bound"]));
    const [caller] = server.callers;
    caller?.socket.pause();
    const many = Buffer.alloc(16 * 4096);
    for (let at = 0; at < many.length; at += 16) [16, 0x15, 0, 1].forEach((value, index) => void many.writeUInt32BE(value, at + index * 4));
    for (let round = 0; round < 200 && notes.length === 1; round += 1) {
      caller?.socket.write(many);
      await sleep(5);
    }
    await vi.waitFor(() => expect(notes[1]).toMatch(/^lost /), 10_000);
  });
});
