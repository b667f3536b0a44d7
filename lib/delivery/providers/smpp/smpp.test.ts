import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { smpp } from "#lib/delivery/providers/smpp/smpp";
import { ATTEMPT, type Gateway, type GatewayBehaviour, gateway, subject, type TestedAdapter, willing } from "#lib/testing/smpp";

let server: Gateway;
let adapter: TestedAdapter;
beforeEach(async () => {
  server = await gateway();
  adapter = subject(server.port);
});
afterEach(async () => {
  await adapter.close?.();
  await server.close();
});

const slow =
  (ms: number): GatewayBehaviour =>
  (pdu, caller) => {
    if (pdu.command === "submit_sm") setTimeout(willing, ms, pdu, caller);
    else willing(pdu, caller);
  };

describe("A text over SMPP", () => {
  it("is unknown when its time is over, and what the gateway says later is reported about the attempt", async () => {
    server.behave(slow(400));
    const began = performance.now();
    expect(await adapter.hand("+819012345678", "text", 200)).toEqual({ status: "unknown" });
    expect(performance.now() - began).toBeLessThan(380);
    await vi.waitFor(() => expect(adapter.reported).toEqual([{ attemptId: ATTEMPT, status: "sent", ref: "m-2" }]));
  });

  it("is reported as failed when the gateway refuses it too late", async () => {
    server.behave((pdu, caller) => {
      if (pdu.command !== "submit_sm") return willing(pdu, caller);
      setTimeout(() => caller.write({ command: "submit_sm_resp", status: 0x0b, sequence: pdu.sequence, messageId: "" }), 300);
    });
    expect(await adapter.hand("+819012345678", "text", 100)).toEqual({ status: "unknown" });
    await vi.waitFor(() => expect(adapter.reported).toEqual([{ attemptId: ATTEMPT, status: "failed", reason: "invalid_number" }]));
  });

  it("is down, not unknown, where its time was over before it could be written", async () => {
    server.behave(() => undefined);
    expect(await adapter.hand("+819012345678", "text", 200)).toEqual({ status: "failed", reason: "provider_down", permanent: false });
    await sleep(100);
    expect(adapter.reported).toEqual([]);
  });

  it("has no name where the gateway gives one that cannot be stored", async () => {
    for (const messageId of ["", " ", "a\x01b", "é"]) {
      server.behave((pdu, caller) => {
        if (pdu.command === "submit_sm") caller.write({ command: "submit_sm_resp", status: 0, sequence: pdu.sequence, messageId });
        else willing(pdu, caller);
      });
      expect(await adapter.hand("+819012345678")).toEqual({ status: "sent", ref: null });
    }
  });

  it("to another country is not for a gateway that takes national numbers", async () => {
    const national = subject(server.port, { settings: { destTon: 2 } });
    expect(await national.hand("+12025550123")).toEqual({ status: "failed", reason: "country_blocked", permanent: false });
    expect(await national.hand("+819012345678")).toMatchObject({ status: "sent" });
    expect(server.arrived.find(({ command }) => command === "submit_sm")).toMatchObject({ destination: "09012345678", destinationTon: 2 });
    await national.close?.();
  });

  it("is found by its receipt where the gateway writes ids in two ways", async () => {
    const quirky = subject(server.port, { settings: { messageIds: "hex-then-decimal" } });
    server.behave((pdu, caller) => {
      if (pdu.command !== "submit_sm") return willing(pdu, caller);
      caller.write({ command: "submit_sm_resp", status: 0, sequence: pdu.sequence, messageId: "0A1B" });
      const { command: _, ...message } = pdu;
      const text = Buffer.from("id:2587 stat:DELIVRD err:000");
      caller.write({ ...message, command: "deliver_sm", sequence: 1, esmClass: 4, dataCoding: 0, message: text });
    });
    expect(await quirky.hand("+819012345678")).toEqual({ status: "sent", ref: "a1b" });
    await vi.waitFor(() => expect(quirky.reported).toEqual([{ ref: "a1b", status: "delivered" }]));
    await quirky.close?.();
  });

  it("throws no secret: an account without a usable address or sender is a bug told without them", () => {
    for (const over of [{ baseUrl: null }, { baseUrl: "smpp://127.0.0.1" }, { sender: "関所" }])
      expect(() => subject(server.port, over)).toThrow(/^(?!.*secret)an SMPP account/);
    expect(smpp.acceptsSender?.("関所")).toBe(false);
    expect(smpp.acceptsSender?.("0005 1234")).toBe(true);
  });
});
