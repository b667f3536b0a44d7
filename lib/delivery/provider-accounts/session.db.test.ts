import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { sql } from "#lib/db/sql";
import { closeConnections, keepSessions } from "#lib/delivery/provider-accounts/connections";
import {
  addProviderAccount,
  changeProviderAccount,
  removeProviderAccount,
  setProviderAccountDisabled,
} from "#lib/delivery/provider-accounts/store";
import { sendTrial, trialState } from "#lib/delivery/provider-accounts/trial";
import { must } from "#lib/testing/fixtures";
import { type Caller, type Gateway, gateway, willing } from "#lib/testing/smpp";

/** Sends a gateway's receipt for a delivered text. */
const receipt = ({ write }: Caller, messageId: string) => {
  const numbers = { sourceTon: 1, sourceNpi: 1, destinationTon: 2, destinationNpi: 1, protocolId: 0, priority: 0, registeredDelivery: 0 };
  const texts = { serviceType: "", source: "819012345678", destination: "00051234", scheduled: "", validity: "" };
  const rest = { replaceIfPresent: 0, dataCoding: 0, defaultMessageId: 0, message: Buffer.from(`id:${messageId} stat:DELIVRD err:000`) };
  write({ command: "deliver_sm", status: 0, sequence: 1, esmClass: 4, ...numbers, ...texts, ...rest });
};

let server: Gateway;
beforeAll(async () => {
  server = await gateway();
});
beforeEach(async () => {
  server.arrived.length = 0;
  server.behave(willing);
  const entered = { name: "carrier", kind: "smpp", baseUrl: `smpp://127.0.0.1:${server.port}`, sender: "00051234" };
  must(await addProviderAccount({ ...entered, settings: { systemId: "app" }, secrets: { password: "secret" } }));
});
afterEach(async () => {
  await removeProviderAccount("carrier");
  await closeConnections();
});
afterAll(() => server.close());
const trial = async () => must(await sendTrial({ name: "carrier", to: "+819012345678", channel: "SMS", locale: "ja" }));
const binds = () => server.arrived.filter(({ command }) => command === "bind_transceiver").length;

describe("Receipts that come over a provider's own session", () => {
  it("move the attempt they are about", async () => {
    const sent = await trial();
    expect(sent).toMatchObject({ status: "sent", ref: "m-2" });
    receipt(server.callers.at(-1) as Caller, "m-2");
    await vi.waitFor(async () => expect(await trialState(sent.attemptId)).toMatchObject({ status: "delivered" }), 3_000);
  });

  it("move it also when they are faster than the answer they belong to", async () => {
    server.behave((pdu, caller) => {
      if (pdu.command === "submit_sm") receipt(caller, `m-${pdu.sequence}`);
      willing(pdu, caller);
    });
    const sent = await trial();
    await vi.waitFor(async () => expect(await trialState(sent.attemptId)).toMatchObject({ status: "delivered" }), 5_000);
  });

  it("of an earlier run arrive before the first text, because sessions are opened with the worker", async () => {
    const sent = await trial();
    await closeConnections();
    await keepSessions();
    await vi.waitFor(() => expect(binds()).toBe(2));
    receipt(server.callers.at(-1) as Caller, sent.ref ?? "");
    await vi.waitFor(async () => expect(await trialState(sent.attemptId)).toMatchObject({ status: "delivered" }), 3_000);
  });

  it("correct an attempt that got no answer in five seconds, when one comes after all", async () => {
    server.behave((pdu, caller) => {
      if (pdu.command === "submit_sm") setTimeout(willing, 6_000, pdu, caller);
      else willing(pdu, caller);
    });
    const sent = await trial();
    expect(sent).toMatchObject({ status: "queued", reason: "unknown", ref: null });
    await vi.waitFor(async () => expect(await trialState(sent.attemptId)).toMatchObject({ status: "sent", ref: "m-2" }), 5_000);
  });
});

describe("The session of an account that changes", () => {
  it("is unbound, and the next text goes over one that knows the change", async () => {
    await trial();
    must(await changeProviderAccount("carrier", { sender: "00059999" }));
    await trial();
    await vi.waitFor(() => expect(server.arrived.filter(({ command }) => command === "unbind")).toHaveLength(1));
    expect(binds()).toBe(2);
    const senders = server.arrived.flatMap((pdu) => (pdu.command === "submit_sm" ? [pdu.source] : []));
    expect(senders).toEqual(["00051234", "00059999"]);
  });

  it("is opened, renewed and ended with its account, without a text", async () => {
    const unbinds = () => server.arrived.filter(({ command }) => command === "unbind").length;
    await keepSessions();
    await keepSessions();
    await vi.waitFor(() => expect([binds(), unbinds()]).toEqual([1, 0]));
    must(await changeProviderAccount("carrier", { sender: "00059999" }));
    await keepSessions();
    await vi.waitFor(() => expect([binds(), unbinds()]).toEqual([2, 1]));
    must(await setProviderAccountDisabled("carrier", true));
    await keepSessions();
    await vi.waitFor(() => expect([binds(), unbinds()]).toEqual([2, 2]));
    must(await setProviderAccountDisabled("carrier", false));
    await keepSessions();
    await vi.waitFor(() => expect(binds()).toBe(3));
    await removeProviderAccount("carrier");
    await keepSessions();
    await vi.waitFor(() => expect([binds(), unbinds()]).toEqual([3, 3]));
  });

  it("tells its password to the gateway alone: no row holds it", async () => {
    const rows = await sql<{ text: string }>`SELECT to_jsonb(p)::text AS text FROM provider_accounts p`;
    expect(rows.map(({ text }) => text).join()).not.toContain('"secret"');
    await trial();
    expect(server.arrived.find(({ command }) => command === "bind_transceiver")).toMatchObject({ password: "secret" });
  });
});
