import { describe, expect, it } from "vitest";
import type { Pdu } from "#lib/delivery/providers/smpp/pdu";
import { idOf, receiptOf } from "#lib/delivery/providers/smpp/receipt";
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
const read = (pdu: Deliver, own: Record<string, never> = {}) => receiptOf(pdu, "same", own);

describe("a receipt", () => {
  it.each([
    ["DELIVRD", "delivered"],
    ["ENROUTE", "sent"],
    ["ACCEPTD", "sent"],
    ["UNKNOWN", "sent"],
  ])("stat:%s is %s", (stat, status) => expect(read(delivered(standard(stat)))).toEqual({ ref: "0A1B", status }));

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
    expect(read(delivered(standard(stat, err)))).toEqual({ ref: "0A1B", status: "undelivered", reason }),
  );

  it("may be written in any order, case and spacing, with fields missing", () => {
    expect(read(delivered("Stat:undeliv ERR:00b ID:7"))).toEqual({ ref: "7", status: "undelivered", reason: "no_sms_service" });
    expect(read(delivered("id: 7 stat: DELIVRD"))).toEqual({ ref: "7", status: "delivered" });
    expect(read(delivered("id:7\r\nstat:DELIVERED"))).toBeNull();
  });

  it("may come in optional parameters, with or without a text, and they are believed before it", () => {
    const tlvs = { receiptedMessageId: Buffer.from("abc\0"), messageState: Buffer.of(5), networkErrorCode: Buffer.of(3, 0, 27) };
    const expected = { ref: "abc", status: "undelivered", reason: "not_reachable" };
    expect(read(delivered("", { tlvs }))).toEqual(expected);
    expect(read(delivered("", { tlvs, esmClass: 0 }))).toEqual(expected);
    expect(read(delivered(standard("DELIVRD"), { tlvs }))).toEqual(expected);
    expect(read(delivered(standard("DELIVRD"), { tlvs: { receiptedMessageId: Buffer.from("abc") } }))).toEqual({
      ref: "abc",
      status: "delivered",
    });
  });

  it("may come in message_payload or in UCS-2", () => {
    const payload = { messagePayload: Buffer.from(standard("DELIVRD")) };
    expect(read(delivered("", { tlvs: payload }))).toEqual({ ref: "0A1B", status: "delivered" });
    const message = Buffer.from(standard("DELIVRD"), "utf16le").swap16();
    expect(read(delivered("", { dataCoding: 8, message }))).toEqual({ ref: "0A1B", status: "delivered" });
    expect(read(delivered("", { dataCoding: 8, message: message.subarray(0, -1) }))).toEqual({ ref: "0A1B", status: "delivered" });
  });

  it("is never a text that somebody sent us, whatever it says, and never what our own text says in it", () => {
    expect(read(delivered(standard("DELIVRD"), { esmClass: 0 }))).toBeNull();
    expect(read(delivered(standard("DELIVRD"), { esmClass: 8 }))).toBeNull();
    expect(read(delivered("id:7 text:stat:DELIVRD err:00B"))).toBeNull();
    expect(read(delivered("id:7 stat:UNDELIV text: err:00B"))).toEqual({ ref: "7", status: "undelivered", reason: "unknown" });
  });

  it.each(["", "stat:DELIVRD", "id: stat:DELIVRD", "id:7", "id:7 stat:", "id:\x01 stat:DELIVRD", `id:${"7".repeat(65)} stat:DELIVRD`])(
    "%j is none",
    (text) => expect(read(delivered(text))).toBeNull(),
  );

  it("is read with the gateway's own error codes where it has some", () => {
    const own = ownErrors("7=no_sms_service,00b=country_blocked");
    expect(receiptOf(delivered(standard("UNDELIV", "007")), "same", own)).toMatchObject({ reason: "no_sms_service" });
    expect(receiptOf(delivered(standard("UNDELIV", "00B")), "same", own)).toMatchObject({ reason: "country_blocked" });
  });
});

describe("the id of a message", () => {
  it.each([
    ["same", "0A1B", "0A1B"],
    ["hex-then-decimal", "0A1B", "2587"],
    ["hex-then-decimal", "a1b", "02587"],
    ["decimal-then-hex", "2587", "A1B"],
    ["hex-then-decimal", "FFFFFFFFFFFFFFFFFFFF", "1208925819614629174706175"],
  ] as const)("%s: an answer's %s is a receipt's %s", (ids, answer, receipt) => {
    expect(idOf(answer, "answer", ids)).not.toBeNull();
    expect(idOf(answer, "answer", ids)).toBe(idOf(receipt, "receipt", ids));
  });

  it("that is not in the base it should be in is none", () => {
    expect(idOf("xyz", "answer", "hex-then-decimal")).toBeNull();
    expect(idOf("0A", "receipt", "hex-then-decimal")).toBeNull();
    expect(idOf("", "answer", "same")).toBeNull();
  });
});
