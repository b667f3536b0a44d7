import { describe, expect, it } from "vitest";
import { refusalIn } from "#lib/mail/refusal";

const at = (command: string, response: string, code = "EENVELOPE") => ({
  command,
  response,
  code,
  responseCode: Number(response.slice(0, 3)) || false,
});

describe("What a mail server's refusal means", () => {
  it.each([
    ["RCPT TO", "550 5.1.1 unknown", "address_refused"],
    ["RCPT TO", "550 5.1.2 bad domain", "address_refused"],
    ["RCPT TO", "550 5.1.3 bad syntax", "address_refused"],
    ["RCPT TO", "550 5.1.6 moved", "address_refused"],
    ["RCPT TO", "550 5.1.10 null MX", "address_refused"],
    ["RCPT TO", "553 5.6.7 SMTPUTF8 is required", "address_refused"],
    ["RCPT TO", "552 5.2.2 full", "address_refused"],
    ["RCPT TO", "550 5.4.4 no host", "address_refused"],
    ["RCPT TO", "551 user not local", "address_refused"],
    ["RCPT TO", "550 5.1.8 bad sender", "rejected"],
    ["RCPT TO", "550 5.7.1 Client host blocked", "rejected"],
    ["RCPT TO", "530 5.7.0 Authentication required", "rejected"],
    ["RCPT TO", "554 no", "rejected"],
    ["DATA", "550 no", "rejected"],
    ["DATA", "550 5.1.1 unknown", "address_refused"],
    ["RCPT TO", "450 4.1.1 unknown", null],
    ["RCPT TO", "450 5.1.1 a code that belies its reply", null],
    ["MAIL FROM", "550 5.1.8 bad sender", null],
    ["AUTH PLAIN", "535 5.7.8 bad credentials", null],
    ["CONN", "554 5.3.2 no", null],
    ["EHLO", "502 no", null],
  ])("%s answered by %j is %s", (command, response, reason) => expect(refusalIn(at(command, response))).toBe(reason));

  it("is nothing for what is no reply of a server", () => {
    for (const error of [
      null,
      undefined,
      new Error("x"),
      { code: "ETIMEDOUT", command: "CONN" },
      { code: "ETLS" },
      { responseCode: "550", command: "RCPT TO" },
    ])
      expect(refusalIn(error)).toBeNull();
  });

  it("is the address's own where it was not even said to the server", () => {
    expect(refusalIn({ code: "EENVELOPE", command: "API" })).toBe("address_refused");
  });
});
