import { describe, expect, it } from "vitest";
import { handOverIn } from "#lib/delivery/providers/aws/answer";

const answered = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  handOverIn({ ok: true, status, headers: new Headers(headers), text: typeof body === "string" ? body : JSON.stringify(body) });
const error = (name: string, more: object = {}) => answered(400, { __type: `com.amazonaws.pinpointsmsvoicev2#${name}`, ...more });
const failed = (reason: string, more: object = {}) => ({ status: "failed", reason, permanent: false, ...more });

describe("What AWS answers to a text", () => {
  it("is on its way with an id, and unknown without one", () => {
    expect(answered(200, { MessageId: "m-1" })).toEqual({ status: "sent", ref: "m-1" });
    for (const body of [{}, { MessageId: "" }, { MessageId: 7 }, { MessageId: "a b" }, "[]", ""])
      expect(answered(200, body), JSON.stringify(body)).toEqual({ status: "unknown" });
  });

  it.each([
    ["ThrottlingException", {}, failed("throttled", { backOff: 30 })],
    ["AccessDeniedException", { Reason: "ACCOUNT_DISABLED" }, failed("rejected", { backOff: "now" })],
    ["UnrecognizedClientException", {}, failed("rejected", { backOff: "now" })],
    ["InvalidSignatureException", {}, failed("rejected", { backOff: "now" })],
    ["ResourceNotFoundException", { ResourceType: "configuration-set" }, failed("rejected", { backOff: "now" })],
    ["ServiceQuotaExceededException", { Reason: "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT" }, failed("budget_spent", { backOff: "now" })],
    ["ServiceQuotaExceededException", { Reason: "PHONE_NUMBERS_PER_POOL" }, failed("rejected")],
    ["ConflictException", { Reason: "DESTINATION_PHONE_NUMBER_OPTED_OUT" }, failed("opted_out", { permanent: true })],
    ["ConflictException", { Reason: "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION" }, failed("country_blocked")],
    ["ConflictException", { Reason: "DESTINATION_PHONE_NUMBER_NOT_VERIFIED" }, failed("rejected")],
    ["ConflictException", { Reason: "toString" }, failed("rejected")],
    [
      "ValidationException",
      { Reason: "INVALID_PARAMETER", Fields: [{ Name: "DestinationPhoneNumber", Message: "…" }] },
      failed("invalid_number", { permanent: true }),
    ],
    ["ValidationException", { Reason: "INVALID_PARAMETER", Fields: [{ Name: "OriginationIdentity" }, null] }, failed("rejected")],
    ["SomethingNewException", {}, failed("rejected")],
  ])("%s %j", (name, more, outcome) => expect(error(name, more)).toEqual(outcome));

  it("names its error in a header too", () => {
    const headers = { "x-amzn-errortype": "ThrottlingException:http://internal.amazon.com/", "retry-after": "7" };
    expect(answered(400, "", headers)).toEqual(failed("throttled", { backOff: 7 }));
  });

  it("is judged by its status where it has no name", () => {
    expect(answered(403, {})).toEqual(failed("rejected", { backOff: "now" }));
    expect(answered(500, { __type: "InternalServerException" })).toEqual(failed("provider_down"));
    expect(answered(504, "")).toEqual({ status: "unknown" });
    expect(handOverIn({ ok: false, taken: "no" })).toEqual(failed("provider_down"));
    expect(handOverIn({ ok: false, taken: "unknown" })).toEqual({ status: "unknown" });
  });
});
