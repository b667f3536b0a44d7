import { describe, expect, it } from "vitest";
import { isSid, twilioState } from "#lib/delivery/providers/twilio/state";

const undelivered = (reason: string, permanent = false) => ({ status: "undelivered", reason, permanent });
const failed = (reason: string, permanent = false) => ({ status: "failed", reason, permanent });

describe("A status of Twilio's is a state of ours, or nothing", () => {
  it.each([
    ["queued", undefined, { status: "sent" }],
    ["accepted", undefined, { status: "sent" }],
    ["scheduled", undefined, { status: "sent" }],
    ["sending", undefined, { status: "sent" }],
    // Twilio's own example: an error code on a text that is still on its way is no failure.
    ["sent", 30007, { status: "sent" }],
    ["delivered", undefined, { status: "delivered" }],
    ["read", undefined, { status: "delivered" }],
    ["undelivered", "30003", undelivered("not_reachable")],
    ["undelivered", "30005", undelivered("invalid_number", true)],
    ["undelivered", "30006", undelivered("landline", true)],
    ["undelivered", undefined, undelivered("unknown")],
    ["undelivered", "39999", undelivered("unknown")],
    ["failed", "30410", failed("provider_down")],
    ["failed", "21610", failed("opted_out", true)],
    ["canceled", undefined, failed("rejected")],
    ["received", undefined, null],
    ["receiving", undefined, null],
    ["Delivered", undefined, null],
    ["", undefined, null],
    ["toString", undefined, null],
  ])("a text that is %s (%s)", (status, code, state) => {
    expect(twilioState("SMS", status, code)).toEqual(state);
  });

  it.each([
    ["queued", undefined, { status: "sent" }],
    ["initiated", undefined, { status: "sent" }],
    ["ringing", undefined, { status: "sent" }],
    ["in-progress", undefined, { status: "sent" }],
    // An answering machine also completes a call.
    ["completed", undefined, undelivered("not_reachable")],
    ["busy", undefined, undelivered("not_reachable")],
    ["no-answer", undefined, undelivered("not_reachable")],
    ["failed", undefined, failed("not_reachable")],
    ["failed", "21211", failed("invalid_number", true)],
    ["canceled", undefined, failed("rejected")],
    ["delivered", undefined, null],
  ])("a call that is %s (%s)", (status, code, state) => {
    expect(twilioState("VOICE", status, code)).toEqual(state);
  });
});

describe("A name of Twilio's goes back into an address only if it is one", () => {
  const hex = "0123456789abcdefABCDEF0123456789";
  it.each([
    ["SMS", `SM${hex}`, true],
    ["SMS", `MM${hex}`, true],
    ["SMS", `CA${hex}`, false],
    ["VOICE", `CA${hex}`, true],
    ["VOICE", `SM${hex}`, false],
    ["SMS", `SM${hex}/../../Accounts`, false],
    ["SMS", `SM${hex}\n`, false],
    ["SMS", "", false],
    ["SMS", null, false],
    ["SMS", 7, false],
  ] as const)("%s %s: %s", (channel, value, valid) => {
    expect(isSid(channel, value)).toBe(valid);
  });
});
