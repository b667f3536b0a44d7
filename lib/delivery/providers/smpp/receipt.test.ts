import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Pdu } from "#lib/delivery/providers/smpp/pdu";
import { type ReceiptReading, receiptOf } from "#lib/delivery/providers/smpp/receipt";
import { ownErrors } from "#lib/delivery/providers/smpp/settings";

type Deliver = Pdu<"deliver_sm">;
const empty = {
  command: "deliver_sm",
  status: 0,
  sequence: 1,
  serviceType: "",
  sourceTon: 1,
  sourceNpi: 1,
  source: "819012345678",
  destinationTon: 2,
  destinationNpi: 1,
  destination: "00051234",
  protocolId: 0,
  priority: 0,
  scheduled: "",
  validity: "",
  registeredDelivery: 0,
  replaceIfPresent: 0,
  dataCoding: 0,
  defaultMessageId: 0,
} as const;
const delivered = (text: string, over: Partial<Deliver> = {}): Deliver => ({
  ...empty,
  esmClass: 4,
  message: Buffer.from(text, "latin1"),
  ...over,
});
const standard = (stat: string, err = "000") =>
  `id:0A1B sub:001 dlvrd:001 submit date:2611240101 done date:2611240102 stat:${stat} err:${err} text:code 012345`;
const reading: ReceiptReading = { messageIds: "same", tlvIds: "auto", sender: "00051234", own: {}, hexAnswers: false };
/** Parses a receipt and keeps the first of its possible ids. */
function read(pdu: Deliver, over: Partial<ReceiptReading> = {}) {
  const receipt = receiptOf(pdu, { ...reading, ...over });
  if (!receipt || typeof receipt === "string") return receipt;
  const { names, to: _, ...rest } = receipt;
  return { ref: names?.[0]?.[0]?.name, ...rest };
}

describe("A receipt", () => {
  it.each([
    ["DELIVRD", "delivered"],
    ["ENROUTE", "sent"],
    ["ACCEPTD", "sent"],
    ["UNKNOWN", "sent"],
  ])("stat:%s is %s", (stat, status) => expect(read(delivered(standard(stat)))).toEqual({ ref: "a1b", status }));

  it.each([
    ["EXPIRED", "000", "not_reachable"],
    ["DELETED", "000", "rejected"],
    ["REJECTD", "000", "rejected"],
    ["UNDELIV", "000", "unknown"],
    ["UNDELIV", "999", "unknown"],
    ["UNDELIV", "00B", "no_sms_service"],
    ["UNDELIV", "00b", "no_sms_service"],
    ["UNDELIV", "011", "no_sms_service"],
    ["UNDELIV", "11", "no_sms_service"],
    ["UNDELIV", "027", "not_reachable"],
    ["UNDELIV", "01B", "not_reachable"],
    ["UNDELIV", "006", "not_reachable"],
    ["UNDELIV", "013", "refused_by_subscriber"],
    ["UNDELIV", "00D", "refused_by_subscriber"],
    ["UNDELIV", "001", "invalid_number"],
    ["EXPIRED", "027", "not_reachable"],
    ["REJECTD", "00D", "refused_by_subscriber"],
  ])("stat:%s err:%s is undelivered, %s", (stat, err, reason) =>
    expect(read(delivered(standard(stat, err)))).toMatchObject({ ref: "a1b", status: "undelivered", reason }),
  );

  it("may be written in any order, case and spacing, with fields missing", () => {
    expect(read(delivered("Stat:undeliv ERR:00b ID:7"))).toMatchObject({ ref: "7", status: "undelivered", reason: "no_sms_service" });
    expect(read(delivered("id: 7 stat: DELIVRD"))).toEqual({ ref: "7", status: "delivered" });
    expect(read(delivered("id:7\r\nstat:DELIVERED"))).toEqual({ ref: "7", status: "delivered" });
    for (const fields of [
      "id:7,sub:001,dlvrd:001,submit date:2611240101,done date:2611240102,stat:DELIVRD,err:000,text:",
      "id:7;stat:DELIVRD;err:000",
      "id:7|stat:DELIVRD",
      "id=7 stat=DELIVRD",
      "err:000 STAT : DELIVRD Id : 7",
      "id:7 sub:001 dlvrd:001 stat:DELIVRD\0",
      "id:7\0stat:DELIVRD\0err:000\0",
      "done date:2611240102 stat:DELIVRD sub:001 id:7 submit date:2611240101",
    ])
      expect([fields, read(delivered(fields))]).toEqual([fields, { ref: "7", status: "delivered" }]);
  });

  it("may come in optional parameters, with or without a text", () => {
    const tlvs = { receiptedMessageId: Buffer.from("abc\0"), messageState: Buffer.of(5), networkErrorCode: Buffer.of(3, 0, 27) };
    const expected = { ref: "abc", status: "undelivered", reason: "not_reachable", code: "027" };
    expect(read(delivered("", { tlvs }))).toEqual(expected);
    expect(read(delivered("", { tlvs, esmClass: 0 }))).toEqual(expected);
    expect(read(delivered("id:ABC stat:UNDELIV", { tlvs }))).toEqual(expected);
    expect(read(delivered(standard("DELIVRD"), { tlvs: { receiptedMessageId: Buffer.from("abc") } }))).toEqual({
      ref: "abc",
      status: "delivered",
    });
  });

  it.each([
    [2, "UNDELIV", "contradictory"],
    [5, "DELIVRD", "contradictory"],
    [1, "DELIVRD", "delivered"],
    [2, "ENROUTE", "delivered"],
    [6, "UNDELIV", "undelivered"],
    [7, "DELIVRD", "delivered"],
    [8, "EXPIRED", "undelivered"],
    [99, "DELIVRD", "delivered"],
    [2, "NONSENSE", "delivered"],
    [99, "NONSENSE", "unreadable"],
  ])("whose parameter says %i and whose text says %s is %s", (state, stat, expected) => {
    const said = read(delivered(`id:7 stat:${stat}`, { tlvs: { messageState: Buffer.of(state) } }));
    expect(typeof said === "string" ? said : said?.status).toBe(expected);
  });

  it("may come behind a header, as an intermediate notification, over data_sm", () => {
    const udh = Buffer.of(5, 0, 3, 7, 1, 1);
    const behind = (header: Buffer, over: Partial<Deliver> = {}) =>
      read(delivered("", { esmClass: 0x44, message: Buffer.concat([header, Buffer.from(standard("DELIVRD"))]), ...over }));
    for (const header of [udh, Buffer.of(6, 8, 4, 1, 2, 1, 1), Buffer.of(11, 0, 3, 7, 1, 1, 5, 4, 1, 2, 3, 4), Buffer.alloc(0)])
      expect(behind(header)).toEqual({ ref: "a1b", status: "delivered" });
    const payload = { messagePayload: Buffer.concat([udh, Buffer.from(standard("DELIVRD"))]) };
    expect(read(delivered("", { esmClass: 0x44, tlvs: payload }))).toEqual({ ref: "a1b", status: "delivered" });
    expect(read(delivered(standard("ENROUTE"), { esmClass: 0x20 }))).toEqual({ ref: "a1b", status: "sent" });
    const { message: _, scheduled: __, validity: ___, protocolId: ____, priority: _____, ...rest } = delivered("");
    const { replaceIfPresent: ______, defaultMessageId: _______, ...data } = rest;
    const tlvs = { messagePayload: Buffer.from(standard("DELIVRD")) };
    expect(receiptOf({ ...data, command: "data_sm", tlvs }, reading)).toMatchObject({ status: "delivered" });
  });

  it("says which number it is about, whichever way round its addresses are", () => {
    const to = (over: Partial<Deliver>) => receiptOf(delivered(standard("DELIVRD"), over), reading);
    expect(to({})).toMatchObject({ to: ["+819012345678"] });
    expect(to({ source: "09012345678" })).toMatchObject({ to: ["+819012345678"] });
    expect(to({ source: "+819012345678" })).toMatchObject({ to: ["+819012345678"] });
    expect(to({ source: "00051234", destination: "819012345678" })).toMatchObject({ to: ["+819012345678"] });
    for (const source of ["", "8190****5678", "0005", "CARRIER"]) expect(to({ source })).toMatchObject({ to: [] });
  });

  it("may come in message_payload or in UCS-2", () => {
    const payload = { messagePayload: Buffer.from(standard("DELIVRD")) };
    expect(read(delivered("", { tlvs: payload }))).toEqual({ ref: "a1b", status: "delivered" });
    const message = Buffer.from(standard("DELIVRD"), "utf16le").swap16();
    expect(read(delivered("", { dataCoding: 8, message }))).toEqual({ ref: "a1b", status: "delivered" });
    expect(read(delivered("", { dataCoding: 8, message: message.subarray(0, -1) }))).toEqual({ ref: "a1b", status: "delivered" });
  });

  it("is never a text from a phone, whatever it says, and never what our own text says in it", () => {
    expect(read(delivered(standard("DELIVRD"), { esmClass: 0 }))).toBeNull();
    expect(read(delivered(standard("DELIVRD"), { esmClass: 8 }))).toBeNull();
    expect(read(delivered("id:7 text:stat:DELIVRD err:00B"))).toBe("unreadable");
    expect(read(delivered("id:7,text:stat:DELIVRD err:00B"))).toBe("unreadable");
    expect(read(delivered("id:7 stat:UNDELIV text: err:00B"))).toEqual({ ref: "7", status: "undelivered", reason: "unknown" });
  });

  it.each(["", "stat:DELIVRD", "id: stat:DELIVRD", "id:7", "id:7 stat:", "id:\x01 stat:DELIVRD", `id:${"7".repeat(65)} stat:DELIVRD`])(
    "%j cannot be read",
    (text) => expect(read(delivered(text))).toBe("unreadable"),
  );

  it("is read with the gateway's own error codes where it has some", () => {
    const own = ownErrors("7=no_sms_service,00b=country_blocked");
    expect(read(delivered(standard("UNDELIV", "007")), { own })).toMatchObject({ reason: "no_sms_service" });
    expect(read(delivered(standard("UNDELIV", "00B")), { own })).toMatchObject({ reason: "country_blocked" });
  });
});

describe("A reader that is given anything at all", () => {
  const octets = fc.uint8Array({ maxLength: 250 }).map((one) => Buffer.from(one));
  const fields = fc
    .array(
      fc.constantFrom(
        "id:",
        "stat:",
        "DELIVRD",
        "UNDELIV",
        "err:",
        "00B",
        "text:",
        " ",
        ",",
        "\0",
        "\x05\x00\x03",
        "39f99dd5",
        "0972660181",
        "é",
        "=",
        "sub:001",
      ),
      {
        maxLength: 30,
      },
    )
    .map((parts) => Buffer.from(parts.join(""), "latin1"));
  const tlv = fc.option(octets, { nil: undefined });

  it("answers with a receipt, null or a reason; and with none at all where the gateway did not mark it", () => {
    fc.assert(
      fc.property(
        fc.oneof(octets, fields),
        fc.nat(255),
        fc.constantFrom(0, 3, 8),
        tlv,
        tlv,
        tlv,
        (message, esmClass, dataCoding, id, state, payload) => {
          const tlvs = {
            ...(id && { receiptedMessageId: id }),
            ...(state && { messageState: state }),
            ...(payload && { messagePayload: payload }),
          };
          const receipt = receiptOf(delivered("", { message, esmClass, dataCoding, tlvs }), { ...reading, messageIds: "auto" });
          if (!id && ![0x04, 0x20].includes(esmClass & 0x3c)) expect(receipt).toBeNull();
          if (receipt !== null && typeof receipt !== "string") {
            expect(["sent", "delivered", "undelivered"]).toContain(receipt.status);
            expect(receipt.reason !== undefined).toBe(receipt.status === "undelivered");
            expect(receipt.names?.flat().every(({ name }) => /^[\x21-\x7e]+$/.test(name))).toBe(true);
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
