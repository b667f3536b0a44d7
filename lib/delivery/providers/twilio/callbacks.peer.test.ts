import { parse } from "node:querystring";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Callback, Receipt, Spoken } from "#lib/delivery/provider";
import { expectedTwilioSignature, isTwilioSigned } from "#lib/delivery/providers/twilio/signature";
import { twilio } from "#lib/delivery/providers/twilio/twilio";
import { withPeers } from "../../../../scripts/test/peer.ts";
import {
  ACCOUNT_SID,
  AUTH_TOKEN,
  accountAt,
  CALL_SID,
  MESSAGE_SID,
  type Params,
  sdk,
  surroundings,
} from "../../../../scripts/test/twilio.ts";

const ATTEMPT = "0b0b0b0b-0000-4000-8000-000000000001";
const provider = twilio.create(accountAt(null), surroundings);

/** Parses a form like the field's web servers: a repeated key becomes an array. */
const paramsOf = (body: string): Params => ({ ...parse(body) }) as Params;

const callback = (url: string, body: string, signature: string | null, headers: Record<string, string> = {}): Callback => ({
  method: "POST",
  url,
  query: new URL(url).searchParams,
  headers: new Headers({ ...headers, ...(signature === null ? {} : { "x-twilio-signature": signature }) }),
  body,
});

type Fields = Record<string, string>;
const bodyOf = (fields: Fields) => new URLSearchParams({ AccountSid: ACCOUNT_SID, ...fields }).toString();
const signed = (url: string, fields: Fields, token = AUTH_TOKEN) => {
  const body = bodyOf(fields);
  return callback(url, body, sdk().getExpectedTwilioSignature(token, url, paramsOf(body)));
};

const url = surroundings.receiptUrl(ATTEMPT);
const voiceUrl = surroundings.voiceUrl(ATTEMPT);
const text = { MessageSid: MESSAGE_SID, SmsSid: MESSAGE_SID, MessageStatus: "delivered", SmsStatus: "delivered", ApiVersion: "2010-04-01" };
const call = { CallSid: CALL_SID, CallStatus: "completed", CallDuration: "21", Direction: "outbound-api", To: "+819012345678" };

const token = fc.stringMatching(/^[0-9a-f]{32}$/);
const value = fc.string({ unit: "grapheme", maxLength: 20 });
const pairs = fc.array(fc.tuple(fc.oneof(fc.constantFrom("To", "Body", "ü", "", "__proto__", "9", "10"), value), value), { maxLength: 12 });
const form = pairs.map((list) => new URLSearchParams(list).toString());
const port = fc.constantFrom("", ":443", ":80", ":8443");
const address = fc
  .tuple(fc.constantFrom("https", "http"), fc.domain(), port, fc.webPath(), fc.option(form))
  .map(([scheme, host, at, path, query]) => `${scheme}://${host}${at}${path}${query ? `?${query}` : ""}`);

withPeers(["npm"], "A callback is Twilio's exactly when Twilio's own SDK says so", () => {
  it("computes the SDK's signature over any address and form: Unicode, repeated keys, ports, queries", () => {
    const property = fc.property(token, address, form, (key, to, body) => {
      expect(expectedTwilioSignature(key, to, body)).toBe(sdk().getExpectedTwilioSignature(key, to, paramsOf(body)));
    });
    fc.assert(property, { numRuns: 500 });
  });

  it("accepts what the SDK signs with or without the port, and the SDK accepts what we sign", () => {
    const property = fc.property(token, address, form, (key, to, body) => {
      const port = /^(\w+:\/\/[^/:?#]+):\d+/;
      const spellings = [
        to,
        to.replace(port, "$1"),
        port.test(to) ? to : to.replace(/^(\w+:\/\/[^/?#]+)/, to.startsWith("https") ? "$1:443" : "$1:80"),
      ];
      for (const spelling of spellings) {
        expect(isTwilioSigned(callback(to, body, sdk().getExpectedTwilioSignature(key, spelling, paramsOf(body))), key)).toBe(true);
        expect(sdk().validateRequest(key, expectedTwilioSignature(key, spelling, body), to, paramsOf(body))).toBe(true);
      }
    });
    fc.assert(property, { numRuns: 200 });
  });

  it("agrees with the SDK about what was changed on the way", () => {
    const other = <T>(of: fc.Arbitrary<T>) => fc.option(of);
    const property = fc.property(token, address, form, other(token), other(address), other(form), (key, to, body, key2, to2, body2) => {
      const signature = sdk().getExpectedTwilioSignature(key2 ?? key, to2 ?? to, paramsOf(body2 ?? body));
      const verdict = sdk().validateRequest(key, signature, to, paramsOf(body));
      expect(isTwilioSigned(callback(to, body, signature), key)).toBe(verdict);
    });
    fc.assert(property, { numRuns: 500 });
  });
});

withPeers(["npm"], "A receipt without Twilio's signature over the configured address and every parameter changes nothing (WH-01)", () => {
  const good = () => signed(url, text);
  const judged = (one: Callback) => provider.receipt?.(one);
  const signature = () => good().headers.get("x-twilio-signature") ?? "";

  it("takes the genuine one", () => {
    expect(judged(good())).toEqual({ receipts: [{ attemptId: ATTEMPT, ref: MESSAGE_SID, status: "delivered" }] });
  });

  it.each([
    ["no signature", () => callback(url, good().body, null)],
    ["an empty one", () => callback(url, good().body, "")],
    ["one cut short", () => callback(url, good().body, signature().slice(0, -1))],
    ["one with more behind it", () => callback(url, good().body, `${signature()}=`)],
    ["one of another token", () => signed(url, text, AUTH_TOKEN.replace("f", "e"))],
    ["another attempt", () => callback(url.replace(ATTEMPT, ATTEMPT.replace("1", "2")), good().body, signature())],
    ["another key", () => callback(url.replace("k3y", "key"), good().body, signature())],
    ["another path", () => callback(url.replace("/twilio", "/twilio/voice"), good().body, signature())],
    ["another host", () => callback(url.replace("auth.", "evil."), good().body, signature())],
    ["http for https", () => callback(url.replace("https", "http"), good().body, signature())],
    ["a query more", () => callback(`${url}&x=1`, good().body, signature())],
    ["a parameter more", () => callback(url, `${good().body}&x=1`, signature())],
    ["a parameter twice with another value", () => callback(url, `${good().body}&MessageStatus=failed`, signature())],
    ["a parameter less", () => callback(url, good().body.replace("&ApiVersion=2010-04-01", ""), signature())],
    ["a parameter changed", () => callback(url, good().body.replaceAll("delivered", "failed"), signature())],
    ["JSON", () => callback(url, JSON.stringify(text), signature(), { "content-type": "application/json" })],
    ["no body", () => callback(url, "", signature())],
    // Two accounts may share a parent; a callback for the other one is refused.
    ["another account's name, though signed", () => signed(url, { ...text, AccountSid: ACCOUNT_SID.replace("AC0", "AC1") })],
  ])("refuses %s", (_, make) => expect(judged(make())).toBe("forbidden"));

  it("is not moved by the order of parameters, nor by the standard port in the address", () => {
    const { body } = good();
    const turned = body.split("&").reverse().join("&");
    expect(judged(callback(url, turned, signature()))).toEqual(judged(good()));
    const withPort = url.replace(".jp/", ".jp:443/");
    expect(judged(callback(url, body, sdk().getExpectedTwilioSignature(AUTH_TOKEN, withPort, paramsOf(body))))).toEqual(judged(good()));
  });
});

withPeers(["npm"], "A genuine receipt says what became of the attempt and no more", () => {
  const of = (fields: Fields, to = url) => provider.receipt?.(signed(to, fields));
  const receipt = (ref: string, status: string, reason?: string) => ({
    receipts: [{ attemptId: ATTEMPT, ref, status, ...(reason ? { reason } : {}) }],
  });

  it.each([
    ["queued", {}, "sent", undefined],
    ["sent", {}, "sent", undefined],
    ["delivered", {}, "delivered", undefined],
    ["undelivered", { ErrorCode: "30003" }, "undelivered", "not_reachable"],
    ["undelivered", { ErrorCode: "30004" }, "undelivered", "refused_by_subscriber"],
    ["undelivered", { ErrorCode: "30005" }, "undelivered", "invalid_number"],
    ["undelivered", { ErrorCode: "30006" }, "undelivered", "landline"],
    ["undelivered", { ErrorCode: "30008" }, "undelivered", "unknown"],
    ["undelivered", {}, "undelivered", "unknown"],
    ["failed", { ErrorCode: "30007" }, "failed", "rejected"],
    ["failed", { ErrorCode: "30450" }, "failed", "rejected"],
  ])("a text that is %s %j", (MessageStatus, more: Fields, status, reason) => {
    const { receipts: [only] = [] } = receipt(MESSAGE_SID, status, reason);
    const code = more.ErrorCode ? { code: more.ErrorCode } : {};
    expect(of({ ...text, ...more, MessageStatus })).toEqual({ receipts: [{ ...only, ...code }] });
  });

  it.each([
    ["ringing", "sent", undefined],
    ["in-progress", "sent", undefined],
    ["completed", "undelivered", "not_reachable"],
    ["busy", "undelivered", "not_reachable"],
    ["no-answer", "undelivered", "not_reachable"],
    ["failed", "failed", "not_reachable"],
    ["canceled", "failed", "rejected"],
  ])("a call that is %s", (CallStatus, status, reason) => {
    expect(of({ ...call, CallStatus })).toEqual(receipt(CALL_SID, status, reason));
  });

  it("names the attempt only where its address did", () => {
    const to = surroundings.receiptUrl();
    expect(of(text, to)).toEqual({ receipts: [{ ref: MESSAGE_SID, status: "delivered" }] });
  });

  it("knows the older spelling of the names", () => {
    expect(of({ SmsSid: MESSAGE_SID, SmsStatus: "delivered" })).toEqual(receipt(MESSAGE_SID, "delivered"));
  });

  it("says nothing where Twilio says a word we do not know, and calls malformed what names nothing", () => {
    expect(of({ ...text, MessageStatus: "teleported" })).toEqual({ receipts: [] });
    expect(of({})).toBe("malformed");
    expect(of({ MessageStatus: "delivered" })).toBe("malformed");
    expect(of({ MessageSid: MESSAGE_SID })).toBe("malformed");
    expect(of({ MessageSid: "../../Accounts", MessageStatus: "delivered" })).toBe("malformed");
    expect(of({ CallSid: MESSAGE_SID, CallStatus: "completed" })).toBe("malformed");
  });
});

withPeers(["npm"], "A call says its code to Twilio alone, and only after a key press (PSTN-09)", () => {
  const pressed = { ...call, CallStatus: "in-progress", Digits: "1" };
  /** Returns the answer and the events before it, in order. */
  const ask = async (one: Callback, spoken: Spoken | null = { text: "コードは、なな、です。\nA & B", locale: "ja" }) => {
    const events: unknown[] = [];
    // Slow, to prove that the answer waits for the receipt: otherwise the end of the call could be recorded first.
    const report = async (receipt: Receipt) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      events.push(receipt);
      return "recorded" as const;
    };
    const speak = async () => {
      events.push("asked");
      return spoken;
    };
    const answer = await twilio.create(accountAt(null), { ...surroundings, report }).voice?.(one, speak);
    return { answer, events: [...events] };
  };
  const delivered = { attemptId: ATTEMPT, ref: CALL_SID, status: "delivered" };

  it("says it as the builder would, and the key press is the receipt", async () => {
    const { answer, events } = await ask(signed(voiceUrl, pressed));
    const expected = new (sdk().twiml.VoiceResponse)();
    for (const line of ["コードは、なな、です。", "A & B"]) {
      expected.pause({ length: 1 });
      expected.say({ language: "ja-JP", voice: "Polly.Mizuki" }).prosody({ rate: "80%" }, line);
    }
    expected.hangup();
    expect(events).toEqual(["asked", delivered]);
    expect(answer).toEqual({ contentType: "text/xml; charset=utf-8", body: expected.toString() });
  });

  it.each(["1", "0", "9", "*", "#"])("takes the key %s", async (Digits) => {
    expect((await ask(signed(voiceUrl, { ...pressed, Digits }))).events).toEqual(["asked", delivered]);
  });

  it.each([
    ["without a signature", () => callback(voiceUrl, bodyOf(pressed), null)],
    ["with that of another call's address", () => ({ ...signed(voiceUrl.replace(ATTEMPT, "other"), pressed), url: voiceUrl })],
    ["from another account", () => signed(voiceUrl, { ...pressed, AccountSid: `AC${"9".repeat(32)}` })],
    ["without a key", () => signed(voiceUrl, { ...call, CallStatus: "in-progress" })],
    ["with an empty one", () => signed(voiceUrl, { ...pressed, Digits: "" })],
    ["about a text", () => signed(voiceUrl, { ...text, Digits: "1" })],
  ])("refuses who asks %s, and the code is not even read", async (_, make) => {
    expect(await ask(make())).toEqual({ answer: null, events: [] });
  });

  it("hangs up when the code is no longer wanted", async () => {
    const { answer, events } = await ask(signed(voiceUrl, pressed), null);
    expect(events).toEqual(["asked"]);
    const expected = new (sdk().twiml.VoiceResponse)();
    expected.hangup();
    expect(answer?.body).toBe(expected.toString());
  });
});
