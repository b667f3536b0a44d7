import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Delivery } from "#lib/delivery/provider";
import { infobip } from "#lib/delivery/providers/infobip/infobip";
import { type Arrived, answers, type Loopback, loopback } from "#lib/testing/loopback";
import { vendor, withPeers } from "../../../../scripts/test/peer.ts";

/** The used part of Infobip's own SDK, which speaks version 2 of the SMS API. */
type Sdk = {
  Infobip: new (options: {
    baseUrl: string;
    apiKey: string;
    authType: string;
  }) => {
    channels: { sms: { send(message: object): Promise<unknown>; logs: { get(filter: object): Promise<unknown> } } };
  };
  AuthType: { ApiKey: string };
};

const RECEIPT_URL = "https://auth.example.jp/api/receipts/ntt?key=k3y&attempt=1";
const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 });
const number = fc.stringMatching(/^[1-9][0-9]{6,13}$/);
const sender = fc.oneof(fc.stringMatching(/^[0-9]{3,15}$/), fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ]{1,9}[A-Za-z]$/));
const keys = fc.stringMatching(/^[\x21-\x7e]{1,80}$/);
const authority = ({ headers: { authorization, "content-type": type } }: Arrived) => ({ authorization, type });

/** Version 2 of a message in the members of version 3, as Infobip's migration names them. */
const inVersion3 = ({ from, text, destinations, notifyUrl, notifyContentType, validityPeriod }: Record<string, unknown>) => ({
  sender: from,
  destinations,
  content: { text },
  options: { validityPeriod: { amount: Number(validityPeriod) * 60, timeUnit: "SECONDS" } },
  webhooks: { delivery: { url: notifyUrl }, contentType: notifyContentType },
});

withPeers(["npm"], "What the adapter sends is what Infobip's own SDK sends, member by member", () => {
  let server: Loopback;
  beforeAll(async () => {
    server = await loopback(answers(200, {}));
  });
  afterAll(() => server.close());

  const surroundings = {
    receiptUrl: () => RECEIPT_URL,
    voiceUrl: () => "",
    report: () => Promise.resolve("unmatched" as const),
    lost: () => undefined,
  };
  const adapter = (apiKey: string, from: string) =>
    infobip.create(
      { id: "p1", name: "ntt", kind: "infobip", baseUrl: server.url, sender: from, settings: {}, secrets: { apiKey } },
      surroundings,
    );
  const official = (apiKey: string) => {
    const { Infobip, AuthType } = vendor<Sdk>("@infobip-api/sdk");
    return new Infobip({ baseUrl: server.url, apiKey, authType: AuthType.ApiKey }).channels.sms;
  };
  async function both(ours: () => Promise<unknown>, theirs: () => Promise<unknown>): Promise<[Arrived, Arrived]> {
    server.arrived.splice(0);
    await ours();
    await theirs();
    const [first, second, ...more] = server.arrived;
    if (!first || !second || more.length > 0) throw new Error(`${server.arrived.length} requests`);
    return [first, second];
  }

  it("for texts: the same key, and the message of version 2 in the words of version 3", async () => {
    const property = fc.asyncProperty(
      fc.record({ to: number, text: words, from: sender, id: fc.uuid(), minutes: fc.integer({ min: 1, max: 2880 }), key: keys }),
      async ({ to, text, from, id, minutes, key }) => {
        const common = { code: "731946", attemptId: id, locale: "ja" as const };
        const delivery: Delivery = { channel: "SMS", to: `+${to}`, text, validSeconds: minutes * 60, ...common };
        const message = {
          from,
          text,
          destinations: [{ to, messageId: id }],
          notifyUrl: RECEIPT_URL,
          notifyContentType: "application/json",
          validityPeriod: minutes,
        };
        const [ours, theirs] = await both(
          () => adapter(key, from).send(delivery, AbortSignal.timeout(5000)),
          () => official(key).send({ type: "text", messages: [message] }),
        );
        expect(authority(ours)).toEqual(authority(theirs));
        const [first] = JSON.parse(theirs.body.toString()).messages;
        expect(JSON.parse(ours.body.toString()).messages).toEqual([inVersion3(first)]);
        expect([ours.path, theirs.path]).toEqual(["/sms/3/messages", "/sms/2/text/advanced"]);
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });

  it("for questions about a text: the same query of the log", async () => {
    const id = "0f6f0b3e-7a5e-4f3a-9a53-3d3a6d9a5b10";
    const [ours, theirs] = await both(
      () => adapter("k", "00051234").check?.({ attemptId: id, ref: null, channel: "SMS" }, AbortSignal.timeout(5000)) ?? Promise.reject(),
      () => official("k").logs.get({ messageId: id, limit: 1 }),
    );
    expect(ours.headers.authorization).toBe(theirs.headers.authorization);
    expect([ours.path, theirs.path]).toEqual([`/sms/3/logs?messageId=${id}&limit=1`, `/sms/1/logs?messageId=${id}&limit=1`]);
  });
});
