import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openNumber } from "#lib/crypto/number-seal";
import { sql } from "#lib/db/sql";
import { lostCounts } from "#lib/delivery/messages/lost-receipts";
import { closeConnections } from "#lib/delivery/provider-accounts/connections";
import { addProviderAccount, removeProviderAccount, setProviderAccountDisabled } from "#lib/delivery/provider-accounts/store";
import type { Pdu } from "#lib/delivery/providers/smpp/pdu";
import { sendMessage } from "#lib/purposes/messages";
import { forgetLimits, makeAccount, must, passPassword } from "#lib/testing/fixtures";
import { type Gateway, gateway, willing } from "#lib/testing/smpp";

/** Matches a gateway's receipt to a text by the ids in its answer and in its receipt. */

let server: Gateway;
const ids: string[] = [];

beforeAll(async () => {
  for (const name of ["demo", "demo-2"]) must(await setProviderAccountDisabled(name, true));
});
afterAll(closeConnections);
beforeEach(async () => {
  await forgetLimits();
  server = await gateway((pdu, caller) => {
    if (pdu.command !== "submit_sm") return willing(pdu, caller);
    caller.write({ command: "submit_sm_resp", status: 0, sequence: pdu.sequence, messageId: ids.shift() ?? randomUUID() });
  });
});
afterEach(async () => {
  await removeProviderAccount("carrier");
  await closeConnections();
  await server.close();
});

const entered = async (settings: Record<string, string> = {}) =>
  must(
    await addProviderAccount({
      name: "carrier",
      kind: "smpp",
      baseUrl: `smpp://127.0.0.1:${server.port}`,
      sender: "0005 1234",
      settings: { systemId: "app", ...settings },
      secrets: { password: "secret" },
    }),
  );

type Text = { messageId: string; number: string };

/** A text that the gateway accepted under an id. */
async function texted(id: string): Promise<Text> {
  const person = await makeAccount();
  await passPassword(person);
  const [row] = await sql<{ id: string; phone: string; sealed: string }>`
    SELECT m.id, p.id AS phone, p.number_sealed AS sealed FROM messages m JOIN phones p ON p.id = m.authenticator_id WHERE m.user_id = ${person.userId}::uuid`;
  ids.push(id);
  await sendMessage(row?.id ?? "");
  return { messageId: row?.id ?? "", number: openNumber(row?.phone ?? "", person.userId, row?.sealed ?? "").slice(1) };
}

type Said = { text?: string; tlv?: string; from?: string; over?: Partial<Pdu<"deliver_sm">> };

const line = (id: string, stat = "DELIVRD") =>
  `id:${id} sub:001 dlvrd:001 submit date:2611240101 done date:2611240102 stat:${stat} err:000 text:code`;

/** Sends a receipt over the newest session. */
function receipt({ text = "", tlv, from = "", over = {} }: Said): void {
  server.callers.at(-1)?.write({
    command: "deliver_sm",
    status: 0,
    sequence: 1_000 + Math.floor(Math.random() * 1e6),
    serviceType: "",
    sourceTon: 1,
    sourceNpi: 1,
    source: from,
    destinationTon: 2,
    destinationNpi: 1,
    destination: "00051234",
    esmClass: 4,
    protocolId: 0,
    priority: 0,
    scheduled: "",
    validity: "",
    registeredDelivery: 0,
    replaceIfPresent: 0,
    dataCoding: 0,
    defaultMessageId: 0,
    message: Buffer.from(text, "latin1"),
    ...(tlv !== undefined && { tlvs: { receiptedMessageId: Buffer.from(`${tlv}\0`), messageState: Buffer.of(2) } }),
    ...over,
  });
}

const stateOf = async ({ messageId }: Text) =>
  (await sql<{ status: string }>`SELECT status FROM messages WHERE id = ${messageId}::uuid`)[0]?.status;
const arrives = (text: Text) => vi.waitFor(async () => expect(await stateOf(text)).toBe("delivered"), 3_000);
const lost = () => Object.fromEntries(lostCounts());
/** Waits until one more receipt is counted as lost for this reason. */
const isLost = (reason: string, before: Record<string, number>) =>
  vi.waitFor(() => expect(lost()[reason]).toBe((before[reason] ?? 0) + 1), { timeout: 9_000, interval: 100 });

describe("A receipt that names its text in another way than the answer did moves it", () => {
  it.each([
    ["the parameter as in the answer, the text in decimal", {}, "39f99dd5", { tlv: "39f99dd5", text: line("0972660181") }],
    ["the same, where the setting says so", { messageIds: "hex-then-decimal" }, "39f99dd5", { tlv: "39f99dd5", text: line("0972660181") }],
    ["the text alone, in decimal", { messageIds: "hex-then-decimal" }, "39f99dd5", { text: line("0972660181") }],
    ["the text alone, in hexadecimal", { messageIds: "decimal-then-hex" }, "972660181", { text: line("39F99DD5") }],
    [
      "both in decimal, an answer in hexadecimal",
      { messageIds: "hex-then-decimal" },
      "39f99dd5",
      { tlv: "972660181", text: line("0972660181") },
    ],
    [
      "digits alone in the parameter, that mean the answer",
      { messageIds: "hex-then-decimal" },
      "12345678",
      { tlv: "12345678", text: line("0305419896") },
    ],
    [
      "the parameter alone, where a setting says that it is decimal",
      { messageIds: "hex-then-decimal", tlvIds: "receipt" },
      "bc614e",
      { tlv: "12345678" },
    ],
    ["another case", {}, "0a1b2c", { text: line("0A1B2C") }],
    ["zeros in front", {}, "123456", { text: line("0000123456") }],
    ["a header before the text", {}, "abc123", { text: `\x05\x00\x03\x07\x01\x01${line("abc123")}`, over: { esmClass: 0x44 } }],
    ["the indicator of a header that is not there", {}, "abc123", { text: line("abc123"), over: { esmClass: 0x44 } }],
    [
      "a NUL after the state",
      {},
      "abc123",
      { text: "id:abc123 sub:001 dlvrd:001 submit date:2611240101 done date:2611240102 stat:DELIVRD\0" },
    ],
    [
      "commas between the fields",
      {},
      "abc123",
      { text: "id:abc123,sub:001,dlvrd:001,submit date:2611240101,done date:2611240102,stat:DELIVRD,err:000,text:" },
    ],
    ["a UUID in capitals", {}, "0f6f0b3e-7a5e-4f3a-9a53-3d3a6d9a5b10", { text: line("0F6F0B3E-7A5E-4F3A-9A53-3D3A6D9A5B10") }],
    ["a text's id that is the gateway's own", {}, "abc123", { tlv: "abc123", text: line("SMSC-77") }],
  ] as [string, Record<string, string>, string, Said][])("%s", async (_, settings, id, said) => {
    await entered(settings);
    const text = await texted(id);
    receipt(said);
    await arrives(text);
  });

  it("decimal in the text, and nothing is set: by the number it went to", async () => {
    await entered();
    const text = await texted("39f99dd5");
    receipt({ text: line("0972660181"), from: text.number });
    await arrives(text);
  });

  it("over data_sm, with a receipt in message_payload", async () => {
    await entered();
    const text = await texted("abc123");
    server.callers.at(-1)?.write({
      command: "data_sm",
      status: 0,
      sequence: 9,
      serviceType: "",
      sourceTon: 1,
      sourceNpi: 1,
      source: "",
      destinationTon: 2,
      destinationNpi: 1,
      destination: "00051234",
      esmClass: 4,
      registeredDelivery: 0,
      dataCoding: 0,
      tlvs: { messagePayload: Buffer.from(line("abc123")) },
    });
    await arrives(text);
    expect(server.arrived.at(-1)).toMatchObject({ command: "data_sm_resp", status: 0, sequence: 9 });
  });
});

describe("A receipt never moves another person's text", () => {
  it("whose name is the same digits in another base (SMPP hex answers)", async () => {
    await entered({ messageIds: "hex-then-decimal" });
    const [mine, other] = [await texted("12345678"), await texted("bc614e")];
    receipt({ tlv: "12345678", text: line("0305419896"), from: mine.number });
    await arrives(mine);
    expect(await stateOf(other)).toBe("sent");
  });

  it.each([
    ["both are known", ["12345678", "bc614e"], { tlv: "12345678" }, "ambiguous", { messageIds: "hex-then-decimal" }],
    ["only the other one is", ["bc614e"], { tlv: "12345678" }, "base_unknown", { messageIds: "hex-then-decimal" }],
    ["only the other one is, and nothing is set", ["12345678", "a"], { text: line("12345678") }, "base_unknown", {}],
    ["the text and the parameter name one each", ["abc123", "def456"], { tlv: "abc123", text: line("def456") }, "contradictory", {}],
    ["the parameter names none", ["987654"], { tlv: "aaaa", text: line("987654") }, "base_unknown", {}],
    ["none is known", ["abc123"], { tlv: "fff" }, "unmatched", {}],
    ["its id is missing", ["abc123"], { text: "stat:DELIVRD err:000" }, "unreadable", {}],
    ["its state is missing", ["abc123"], { text: "id:abc123 err:000" }, "unreadable", {}],
  ] as [string, string[], Said, string, Record<string, string>][])(
    "when %j: none is moved, and it is counted",
    async (_, answers, said, reason, settings) => {
      await entered(settings);
      const texts: Text[] = [];
      for (const id of answers) texts.push(await texted(id));
      const before = lost();
      receipt(said);
      await isLost(reason, before);
      for (const text of texts) expect(await stateOf(text)).toBe("sent");
    },
    15_000,
  );

  it("that went to another number than the receipt says, where digits alone name it", async () => {
    await entered();
    const text = await texted("123456");
    const before = lost();
    receipt({ text: line("123456"), from: "819099998888" });
    await isLost("other_recipient", before);
    expect(await stateOf(text)).toBe("sent");
  }, 15_000);
});
