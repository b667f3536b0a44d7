import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Delivery, PROVIDER_TIMEOUT } from "#lib/delivery/provider";
import { addressOf } from "#lib/delivery/providers/twilio/settings";
import { twilio } from "#lib/delivery/providers/twilio/twilio";
import { type Arrived, answers, type Loopback, loopback } from "#lib/testing/loopback";
import { withPeers } from "../../../../scripts/test/peer.ts";
import {
  ACCOUNT_SID,
  AUTH_TOKEN,
  accountAt,
  CALL_SID,
  MESSAGE_SID,
  sdk,
  sdkAt,
  surroundings,
  type VoiceResponse,
} from "../../../../scripts/test/twilio.ts";

const KEY_SID = ACCOUNT_SID.replace("AC", "SK");
const SERVICE_SID = ACCOUNT_SID.replace("AC", "MG");
const RUNS = { numRuns: 200 };
const signal = () => AbortSignal.timeout(PROVIDER_TIMEOUT);

const number = fc.stringMatching(/^\+[1-9][0-9]{6,13}$/);
const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 });
const sender = fc.oneof(number, fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ]{1,9}[A-Za-z]$/));
const locale = fc.constantFrom("ja" as const, "en" as const);
const keys = fc.option(fc.constant({ apiKeySid: KEY_SID, apiKeySecret: "S3cret/with+signs=" }));
const seconds = fc.integer({ min: 1, max: 36_000 });

/** Returns the parts of a request that Twilio reads; the form by field, because the order of repeated fields does not matter. */
function essence({ method, path, headers, body }: Arrived) {
  const form = [...new URLSearchParams(body.toString())].map(([key, value]) => `${key}=${value}`).sort();
  const { authorization, accept, "content-type": type } = headers;
  return { method, path, authorization, accept, type: body.length > 0 ? type : undefined, form };
}

withPeers(["npm"], "What the adapter sends is what Twilio's own SDK sends, field by field", () => {
  let server: Loopback;
  beforeAll(async () => {
    server = await loopback(answers(201, { sid: MESSAGE_SID, status: "queued" }));
  });
  afterAll(() => server.close());

  const adapter = (key: { apiKeySid: string; apiKeySecret: string } | null, from: string | null, more: Record<string, unknown> = {}) =>
    twilio.create(
      accountAt(server.url, key ? { apiKeySid: key.apiKeySid, ...more } : more, {
        sender: from,
        secrets: { authToken: AUTH_TOKEN, ...(key ? { apiKeySecret: key.apiKeySecret } : {}) },
      }),
      surroundings,
    );
  const official = (key: { apiKeySid: string; apiKeySecret: string } | null) =>
    sdkAt(server.url, key?.apiKeySid ?? ACCOUNT_SID, key?.apiKeySecret ?? AUTH_TOKEN).client;

  async function same(ours: () => Promise<unknown>, theirs: () => Promise<unknown>): Promise<Arrived> {
    const before = server.arrived.length;
    await ours();
    await theirs();
    const [first, second, ...more] = server.arrived.slice(before);
    if (!first || !second) throw new Error("a request is missing");
    expect(more).toEqual([]);
    expect(essence(first)).toEqual(essence(second));
    return first;
  }

  it("for texts", async () => {
    const retention = fc.constantFrom(undefined, "keep", "discard");
    const property = fc.asyncProperty(
      fc.record({ to: number, text: words, from: sender, id: fc.uuid(), seconds, key: keys, service: fc.boolean(), retention, locale }),
      async ({ to, text, from, id, seconds: validSeconds, key, service, retention: kept, locale: spoken }) => {
        const more = { ...(service ? { messagingServiceSid: SERVICE_SID } : {}), ...(kept ? { retention: kept } : {}) };
        const delivery: Delivery = { channel: "SMS", to, text, code: "731946", attemptId: id, locale: spoken, validSeconds };
        await same(
          () => adapter(key, from, more).send(delivery, signal()),
          () =>
            official(key).messages.create({
              to,
              body: text,
              ...(service ? { messagingServiceSid: SERVICE_SID } : { from }),
              statusCallback: surroundings.receiptUrl(id),
              validityPeriod: validSeconds,
              smartEncoded: false,
              ...(kept === "discard" ? { contentRetention: "discard", addressRetention: "obfuscate" } : {}),
            }),
        );
      },
    );
    await fc.assert(property, RUNS);
  });

  it("for calls, whose code is in nothing that is sent", async () => {
    const property = fc.asyncProperty(
      fc.record({ to: number, greeting: words, from: number, id: fc.uuid(), key: keys, locale }),
      async ({ to, greeting, from, id, key, locale: spoken }) => {
        const text = "The code is qqq-seven-three-one-qqq.";
        const delivery: Delivery = {
          channel: "VOICE",
          to,
          greeting,
          text,
          code: "qqq-731946-qqq",
          attemptId: id,
          locale: spoken,
          validSeconds: 600,
        };
        const sent = await same(
          () => adapter(key, from).send(delivery, signal()),
          () =>
            official(key).calls.create({
              to,
              from,
              twiml: greetingOf(greeting, spoken, surroundings.voiceUrl(id)),
              statusCallback: surroundings.receiptUrl(id),
              statusCallbackEvent: ["completed"],
              timeout: 30,
              timeLimit: 180,
            }),
        );
        expect(decodeURIComponent(`${sent.path} ${sent.body} ${JSON.stringify(sent.headers)}`)).not.toContain("qqq");
      },
    );
    await fc.assert(property, RUNS);
  });

  it("for questions about a text, a call and a number", async () => {
    const [ours, theirs] = [adapter(null, null), official(null)];
    const ask = (ref: string, channel: "SMS" | "VOICE") => ours.check?.({ attemptId: "", ref, channel }, signal()) ?? Promise.reject();
    await same(
      () => ask(MESSAGE_SID, "SMS"),
      () => theirs.messages(MESSAGE_SID).fetch(),
    );
    await same(
      () => ask(CALL_SID, "VOICE"),
      () => theirs.calls(CALL_SID).fetch(),
    );
    const what = fc.constantFrom("line" as const, "sim" as const);
    const property = fc.asyncProperty(number, what, async (e164, one) => {
      await same(
        () => ours.lookup?.(e164, one, signal(), { channel: "SMS", verifiedAt: null }) ?? Promise.reject(),
        () => theirs.lookups.v2.phoneNumbers(e164).fetch({ fields: { line: "line_type_intelligence", sim: "sim_swap" }[one] }),
      );
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it("goes where the SDK goes for every edge and region that may be entered", async () => {
    for (const edge of [undefined, "tokyo", "dublin", "sao-paulo"])
      for (const region of [undefined, "us1", ...(edge ? ["ie1"] : [])]) {
        const { client, hosts } = sdkAt(server.url, ACCOUNT_SID, AUTH_TOKEN, { edge, region });
        await client.messages(MESSAGE_SID).fetch();
        await client.lookups.v2.phoneNumbers("+819012345678").fetch();
        const place = { baseUrl: null, edge, region };
        expect([addressOf("api", place), addressOf("lookups", place)], `${edge} ${region}`).toEqual(hosts);
      }
  });
});

/** Builds the greeting with Twilio's own builder. */
function greetingOf(greeting: string, spoken: "ja" | "en", action: string): VoiceResponse {
  const response = new (sdk().twiml.VoiceResponse)();
  const speaker = spoken === "ja" ? { language: "ja-JP", voice: "Polly.Mizuki" } : { language: "en-US", voice: "Polly.Joanna" };
  for (let time = 0; time < 2; time += 1) {
    const gather = response.gather({ numDigits: 1, finishOnKey: "", timeout: 6, action, method: "POST" });
    gather.pause({ length: 1 });
    gather.say(speaker, greeting);
  }
  response.hangup();
  return response;
}
