import type { get } from "node:https";
import { createRequire } from "node:module";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { Delivery } from "#lib/delivery/provider";
import { handOverIn } from "#lib/delivery/providers/aws/answer";
import { aws } from "#lib/delivery/providers/aws/aws";
import { authorizationOf } from "#lib/delivery/providers/aws/sigv4";
import { snsListener } from "#lib/delivery/providers/aws/sns";
import { type Arrived, answers, type Loopback, loopback } from "#lib/testing/loopback";
import { confirmation, newSigner, notification, type Post, TOPIC } from "#lib/testing/sns";
import { vendor, withPeers } from "../../../../scripts/test/peer.ts";

/** The used part of AWS's own SDK and of its validator of SNS messages. */
type Sdk = {
  PinpointSMSVoiceV2Client: new (options: object) => { send(command: object): Promise<{ MessageId?: string }>; destroy(): void };
  SendTextMessageCommand: new (input: object) => object;
};
type Validator = new () => { validate(message: object, done: (error: Error | null) => void): void };

const REGION = "ap-northeast-1";
const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 });
const number = fc.stringMatching(/^\+[1-9][0-9]{6,13}$/);
const keys = fc.record({ id: fc.stringMatching(/^[A-Z0-9]{16,24}$/), secret: fc.stringMatching(/^[\x21-\x7e]{1,60}$/) });
const surroundings = {
  receiptUrl: () => "",
  voiceUrl: () => "",
  report: () => Promise.resolve("unmatched" as const),
  lost: () => undefined,
};

/** Signs an arrived request again, over the headers that its own signature names. */
function signedAgain({ method, headers, body }: Arrived, url: string, accessKeyId: string, secretAccessKey: string): string {
  const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? "")?.[1]?.split(";") ?? [];
  const signed = Object.fromEntries(names.map((name) => [name, String(headers[name] ?? "")]));
  return authorizationOf({ method, url, headers: signed, body }, { accessKeyId, secretAccessKey, region: REGION, service: "sms-voice" });
}

withPeers(["npm"], "What the adapter sends is what AWS's own SDK sends, member by member", () => {
  let server: Loopback;
  beforeAll(async () => {
    server = await loopback(answers(200, { MessageId: "m-1" }));
  });
  afterAll(() => server.close());

  const official = (accessKeyId: string, secretAccessKey: string) =>
    new (vendor<Sdk>("@aws-sdk/client-pinpoint-sms-voice-v2").PinpointSMSVoiceV2Client)({
      region: REGION,
      endpoint: server.url,
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 1,
    });

  it("for texts, with a signature of the same making on both sides", async () => {
    const { SendTextMessageCommand } = vendor<Sdk>("@aws-sdk/client-pinpoint-sms-voice-v2");
    const property = fc.asyncProperty(
      fc.record({ to: number, text: words, from: number, id: fc.uuid(), seconds: fc.integer({ min: 5, max: 259_200 }), key: keys }),
      async ({ to, text, from, id, seconds, key }) => {
        server.arrived.splice(0);
        const provider = aws.create(
          {
            id: "p1",
            name: "cloud",
            kind: "aws",
            baseUrl: server.url,
            sender: from,
            settings: { region: REGION, accessKeyId: key.id, configurationSet: "codes" },
            secrets: { secretAccessKey: key.secret },
          },
          surroundings,
        );
        const common = { code: "731946", attemptId: id, locale: "ja" as const };
        const delivery: Delivery = { channel: "SMS", to, text, validSeconds: seconds, ...common };
        expect(await provider.send(delivery, AbortSignal.timeout(5000))).toEqual({ status: "sent", ref: "m-1" });
        const client = official(key.id, key.secret);
        await client.send(
          new SendTextMessageCommand({
            DestinationPhoneNumber: to,
            OriginationIdentity: from,
            MessageBody: text,
            MessageType: "TRANSACTIONAL",
            TimeToLive: seconds,
            ConfigurationSetName: "codes",
            Context: { attempt: id },
          }),
        );
        client.destroy();
        const [ours, theirs] = server.arrived as [Arrived, Arrived];
        const essence = ({ method, path, headers, body }: Arrived) => ({
          place: [method, path, headers["x-amz-target"], headers["content-type"], headers.host],
          body: JSON.parse(body.toString()),
        });
        expect(essence(ours)).toEqual(essence(theirs));
        for (const one of [ours, theirs]) expect(signedAgain(one, `${server.url}/`, key.id, key.secret)).toBe(one.headers.authorization);
      },
    );
    await fc.assert(property, { numRuns: 100 });
  });

  it("and the SDK names the same error where the adapter reads one", async () => {
    const { SendTextMessageCommand } = vendor<Sdk>("@aws-sdk/client-pinpoint-sms-voice-v2");
    const client = official("AKIAIOSFODNN7EXAMPLE", "secret");
    const input = { DestinationPhoneNumber: "+819012345678", MessageBody: "x" };
    const body = { Message: "…", Reason: "DESTINATION_PHONE_NUMBER_OPTED_OUT" };
    const written: { body: object; headers: Record<string, string> }[] = [
      { body: { __type: "com.amazonaws.pinpointsmsvoicev2#ConflictException", ...body }, headers: {} },
      { body: { __type: "ConflictException", ...body }, headers: {} },
      { body, headers: { "x-amzn-errortype": "ConflictException:http://internal.amazon.com/coral/" } },
    ];
    for (const { body: one, headers } of written) {
      server.answer(answers(400, one, headers));
      await expect(client.send(new SendTextMessageCommand(input))).rejects.toMatchObject({
        name: "ConflictException",
        Reason: body.Reason,
      });
      const answer = { ok: true as const, status: 400, headers: new Headers(headers), text: JSON.stringify(one) };
      expect(handOverIn(answer)).toEqual({ status: "failed", reason: "opted_out", permanent: true });
    }
    client.destroy();
  });
});

withPeers(["npm"], "What we take for the signature of SNS is what AWS's own validator takes for it", () => {
  const signer = newSigner();

  /** The validator fetches certificates by `https.get`, which answers with the signer's here. */
  function validated(message: Post): Promise<boolean> {
    const https = createRequire(join(process.cwd(), "e2e", "peers", "package.json"))("node:https") as { get: typeof get };
    const answer = {
      statusCode: 200,
      on(event: string, listener: (part?: Buffer) => void) {
        if (event === "data") listener(Buffer.from(signer.certificate));
        if (event === "end") listener();
        return answer;
      },
    };
    const asked = vi.spyOn(https, "get").mockImplementation(((_: string, then: (response: unknown) => void) => {
      then(answer);
      return { on: () => undefined };
    }) as unknown as typeof get);
    const validator = new (vendor<Validator>("sns-validator"))();
    return new Promise<boolean>((resolve) => validator.validate({ ...message }, (error) => resolve(error === null))).finally(() =>
      asked.mockRestore(),
    );
  }

  it("for notifications and confirmations with any content, and for what was altered on the way", async () => {
    const sns = await loopback(answers(200, signer.certificate));
    const listener = snsListener({ baseUrl: sns.url, topicArn: TOPIC });
    const ours = async (message: Post) => (await listener.take(JSON.stringify(message))) !== "forbidden";
    const content = fc.record({ message: words, subject: fc.option(words, { nil: undefined }), confirms: fc.boolean(), token: words });
    const altered = fc.constantFrom("Message", "MessageId", "Timestamp", "Token", "SubscribeURL", "Subject", "Signature");
    await fc.assert(
      fc.asyncProperty(content, altered, async ({ message, subject, confirms, token }, field) => {
        const post = confirms
          ? confirmation({ Message: message, Token: token })
          : notification(message, subject === undefined ? {} : { Subject: subject });
        const signed = signer.sign(post);
        expect([await validated(signed), await ours(signed)]).toEqual([true, true]);
        if (signed[field] === undefined) return;
        const other = { ...signed, [field]: `${signed[field] ?? ""}x`.replace(/=+x$/, "") };
        expect(await ours(other), field).toBe(await validated(other));
      }),
      { numRuns: 50 },
    );
    await sns.close();
  });
});
