import { describe, expect, it } from "vitest";
import { infobipState } from "#lib/delivery/providers/infobip/state";

const status = (groupId: number, id: number) => ({ groupId, groupName: "…", id, name: "…", description: "…" });
const error = (id: number, permanent: boolean) => ({ groupId: 1, groupName: "HANDSET_ERRORS", id, name: "…", description: "…", permanent });
const ok = { groupId: 0, groupName: "OK", id: 0, name: "NO_ERROR", description: "No Error", permanent: false };

describe("The state of a text at Infobip", () => {
  it.each([
    ["PENDING_ACCEPTED", status(1, 26), undefined, { status: "sent", ref: null }],
    ["PENDING_ENROUTE", status(1, 7), ok, { status: "sent", ref: null }],
    ["DELIVERED_TO_OPERATOR", status(3, 2), ok, { status: "sent", ref: null }],
    ["DELIVERED_TO_HANDSET", status(3, 5), ok, { status: "delivered", ref: null }],
    ["unknown subscriber", status(2, 9), error(1, true), { status: "undelivered", reason: "invalid_number", permanent: true }],
    ["absent subscriber", status(2, 9), error(27, false), { status: "undelivered", reason: "not_reachable", permanent: false }],
    ["no SMS in the contract", status(2, 9), error(11, true), { status: "undelivered", reason: "no_sms_service", permanent: true }],
    ["blocked by the person", status(2, 4), error(573, true), { status: "undelivered", reason: "refused_by_subscriber", permanent: false }],
    ["an error of no list", status(2, 9), error(1537, false), { status: "undelivered", reason: "unknown", permanent: false }],
    ["EXPIRED_EXPIRED", status(4, 15), ok, { status: "undelivered", reason: "not_reachable", permanent: false }],
    ["EXPIRED_DLR_UNKNOWN", status(4, 29), ok, { status: "undelivered", reason: "unknown", permanent: false }],
    ["SIGNALS_BLOCKED, expired", status(4, 87), ok, { status: "failed", reason: "rejected", permanent: false }],
    ["SIGNALS_BLOCKED, rejected", status(5, 87), undefined, { status: "failed", reason: "rejected", permanent: false }],
    ["REJECTED_DESTINATION", status(5, 52), undefined, { status: "failed", reason: "invalid_number", permanent: true }],
    ["REJECTED_PREFIX_MISSING", status(5, 8), undefined, { status: "failed", reason: "invalid_number", permanent: false }],
    ["REJECTED_DND", status(5, 10), undefined, { status: "failed", reason: "refused_by_subscriber", permanent: false }],
    ["REJECTED_NETWORK", status(5, 6), undefined, { status: "failed", reason: "country_blocked", permanent: false }],
    ["REJECTED_FLOODING_FILTER", status(5, 20), undefined, { status: "failed", reason: "throttled", permanent: false }],
    ["REJECTED_SYSTEM_ERROR", status(5, 21), undefined, { status: "failed", reason: "provider_down", permanent: false }],
    [
      "REJECTED_NOT_ENOUGH_CREDITS",
      status(5, 12),
      undefined,
      { status: "failed", reason: "budget_spent", permanent: false, backOff: "now" },
    ],
    ["REJECTED_SOURCE", status(5, 11), undefined, { status: "failed", reason: "rejected", permanent: false, backOff: "now" }],
    ["REJECTED_DUPLICATE_MESSAGE_ID", status(5, 23), undefined, { status: "unknown" }],
  ])("%s", (_, said, failure, expected) => expect(infobipState(said, failure)).toEqual(expected));

  it("believes `permanent` for other providers only where the number is the reason", () => {
    for (const [id, reason, permanent] of [
      [1, "invalid_number", true],
      [629, "no_sms_service", true],
      [628, "not_reachable", false],
      [9, "refused_by_subscriber", false],
    ] as const)
      expect(infobipState(status(2, 9), error(id, true))).toEqual({ status: "undelivered", reason, permanent });
    expect(infobipState(status(2, 9), error(1, false))).toMatchObject({ permanent: false });
  });

  it.each([undefined, null, "DELIVERED", {}, { groupId: "3", id: "5" }, status(0, 0), status(9, 1), { groupId: 3 }])(
    "what the documents do not name is unknown: %j",
    (said) => expect(infobipState(said, ok)).toEqual({ status: "unknown" }),
  );
});
