import { describe, expect, test } from "vitest";
import type { ChallengeView, MethodOffer } from "#lib/challenges/challenge";
import type { DeliveryError } from "#lib/errors";
import { late, nextWays } from "./next-way.ts";

const at = "2026-11-24T03:00:00.000Z";
const now = Date.parse(at);
const phone = (digits: string): MethodOffer[] => [
  { method: "sms", phoneId: `p${digits}`, hint: `••${digits}` },
  { method: "voice", phoneId: `p${digits}`, hint: `••${digits}` },
];
const recovery: MethodOffer = { method: "recovery_code" };
const one = [...phone("63"), recovery];

type Delivery = NonNullable<ChallengeView["delivery"]>;
const view = (delivery: Partial<Delivery>, methods: MethodOffer[] = one, rest: Partial<ChallengeView> = {}) => ({
  methods,
  sendsLeft: 4,
  resendAt: {},
  delivery: { method: "sms" as const, phoneId: "p63", hint: "••63", status: "undelivered" as const, at, ...delivery },
  ...rest,
});
const named = (offer: MethodOffer | null) => offer && `${offer.method}${offer.hint ? ` ${offer.hint.slice(-2)}` : ""}`;
const first = (...args: Parameters<typeof view>) => named(nextWays(view(...args), now).first);

describe("A message that was ended puts the way first that helps against its reason", () => {
  const table: [DeliveryError, string][] = [
    ["no_sms_service", "voice 63"],
    ["refused_by_subscriber", "voice 63"],
    ["landline", "voice 63"],
    ["rejected", "voice 63"],
    ["unknown", "voice 63"],
    ["provider_down", "voice 63"],
    ["not_reachable", "recovery_code"],
    ["invalid_number", "recovery_code"],
    ["country_blocked", "recovery_code"],
    ["throttled", "recovery_code"],
    ["budget_spent", "recovery_code"],
    ["number_at_risk", "recovery_code"],
    ["number_recycled", "recovery_code"],
    ["sending_stopped", "sms 63"],
  ];
  test.each(table)("%s: %s", (reason, way) => expect(first({ reason })).toBe(way));

  test("what is stopped is no way, so a stop of texts leads to the call, and one of both to a recovery code", () => {
    const [, call] = phone("63") as [MethodOffer, MethodOffer];
    const met = { reason: "sending_stopped" as const, status: "failed" as const };
    expect([first(met, [call, recovery]), first(met, [recovery]), first(met, [])]).toEqual(["voice 63", "recovery_code", null]);
  });

  test("a phone that nobody reaches leads to another phone before anything else", () =>
    expect(first({ reason: "not_reachable" }, [...phone("63"), ...phone("11"), recovery])).toBe("sms 11"));

  test("of two phones that end alike, the one that was not tried is another one", () => {
    const alike = phone("63").map((offer) => ({ ...offer, phoneId: "q63" }));
    const { first: promoted } = nextWays(view({ reason: "not_reachable" }, [...phone("63"), ...alike, recovery]), now);
    expect(promoted).toEqual(alike[0]);
  });

  test("an outage leads to a recovery code once the call has failed as well", () => {
    expect(first({ reason: "provider_down", method: "voice", status: "failed" })).toBe("recovery_code");
    expect(first({ reason: "provider_down", status: "failed" }, one, { resendAt: { voice: at } })).toBe("recovery_code");
  });

  test("a number that may be in other hands is neither texted nor called first", () => {
    for (const reason of ["number_at_risk", "number_recycled"] as const)
      expect(first({ reason, status: "failed" }, phone("63"))).toBeNull();
  });

  test("a call that would be forwarded leads to a text, and never to another call", () => {
    expect(first({ reason: "call_forwarded", method: "voice", status: "failed" })).toBe("sms 63");
    const [, call] = phone("63") as [MethodOffer, MethodOffer];
    expect(first({ reason: "call_forwarded", method: "voice", status: "failed" }, [call])).toBeNull();
  });

  test("an outage that leaves nothing but what has just failed promotes nothing and keeps every way", () => {
    const { first: promoted, rest } = nextWays(view({ reason: "provider_down", method: "voice", status: "failed" }, phone("63")), now);
    expect([promoted, rest]).toEqual([null, phone("63")]);
  });

  test("a call that nobody answered leads to a text, or to another call where no text reaches", () => {
    expect(first({ reason: "not_reachable", method: "voice" })).toBe("sms 63");
    expect(first({ reason: "not_reachable", method: "voice" }, [phone("63")[1] as MethodOffer, recovery])).toBe("voice 63");
  });

  test("no way is lost and none is shown twice", () => {
    const { first: promoted, rest } = nextWays(view({ reason: "no_sms_service" }), now);
    expect([promoted, ...rest].map(named).toSorted()).toEqual(one.map(named).toSorted());
  });

  test("with the sends spent only what needs none is left", () => {
    expect(nextWays(view({ reason: "unknown" }, one, { sendsLeft: 0 }), now)).toEqual({ first: recovery, rest: [] });
    expect(nextWays(view({ reason: "unknown" }, phone("63"), { sendsLeft: 0 }), now)).toEqual({ first: null, rest: [] });
  });
});

describe("A text without a receipt", () => {
  const waiting = (seconds: number, delivery: Partial<Delivery> = {}) =>
    named(nextWays(view({ status: "sent", ...delivery }), now + seconds * 1000).first);

  test("offers the call from the twentieth second on, not before", () => {
    expect([waiting(0), waiting(19.9), waiting(20), waiting(500)]).toEqual([null, null, "voice 63", "voice 63"]);
  });
  test("and so does one that is still queued", () => expect(waiting(20, { status: "queued" })).toBe("voice 63"));
  test("but one that arrived, a call, and a mail offer nothing", () => {
    expect(waiting(60, { status: "delivered" })).toBeNull();
    expect(waiting(60, { method: "voice" })).toBeNull();
    expect(waiting(60, { method: "email", hint: "a@example.jp" })).toBeNull();
  });
  test("a clock that runs behind makes nothing late", () =>
    expect(late({ method: "sms", hint: "", status: "sent", at }, now - 60_000)).toBe(false));
});
