import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Delivery, ProviderAccount } from "#lib/delivery/provider";
import { aws } from "#lib/delivery/providers/aws/aws";
import { listen } from "#lib/delivery/providers/said";
import { badDays } from "#lib/testing/bad-days";
import { answers, type Loopback, loopback } from "#lib/testing/loopback";

const SECRET = "wJalrXUtnFEMI/K7MDENG+hush";
const attemptId = "0f6f0b3e-7a5e-4f3a-9a53-3d3a6d9a5b10";
const delivery: Delivery = {
  channel: "SMS",
  to: "+819012345678",
  text: "【例】コード 012345\n@auth.example.jp #012345",
  code: "012345",
  attemptId,
  locale: "ja",
  validSeconds: 600,
};
const account = (baseUrl: string | null, settings: Record<string, unknown> = {}, sender: string | null = "+1 202-555-0100") =>
  ({
    id: "p1",
    name: "cloud",
    kind: "aws",
    baseUrl,
    sender,
    settings: { region: "ap-northeast-1", accessKeyId: "AKIAIOSFODNN7EXAMPLE", ...settings },
    secrets: { secretAccessKey: SECRET },
  }) satisfies ProviderAccount;
const surroundings = {
  receiptUrl: () => "",
  voiceUrl: () => "",
  report: () => Promise.resolve("unmatched" as const),
  lost: () => undefined,
};

let server: Loopback;
const provider = (settings?: Record<string, unknown>, sender?: string | null) =>
  aws.create(account(server.url, settings, sender), surroundings);
const send = (settings?: Record<string, unknown>, sender?: string | null, within = 5_000) =>
  provider(settings, sender).send(delivery, AbortSignal.timeout(within));
const sent = () => server.arrived.map((one) => JSON.parse(one.body.toString()));

beforeAll(async () => {
  server = await loopback();
});
afterAll(() => server.close());
beforeEach(() => void server.arrived.splice(0));

describe("Handing a text to AWS End User Messaging", () => {
  it("sends the text as it is, with its end, and with our name of it for its events", async () => {
    server.answer(answers(200, { MessageId: "m-1" }));
    expect(await send({ configurationSet: "codes" })).toEqual({ status: "sent", ref: "m-1" });
    expect(sent()).toEqual([
      {
        DestinationPhoneNumber: "+819012345678",
        OriginationIdentity: "+12025550100",
        MessageBody: delivery.text,
        MessageType: "TRANSACTIONAL",
        ConfigurationSetName: "codes",
        TimeToLive: 600,
        Context: { attempt: attemptId },
      },
    ]);
    const [{ method, path, headers }] = server.arrived as [(typeof server.arrived)[number]];
    expect([method, path, headers["x-amz-target"]]).toEqual(["POST", "/", "PinpointSMSVoiceV2.SendTextMessage"]);
  });

  it("leaves from the pool where one is set, and not at all without a sender", async () => {
    server.answer(answers(200, { MessageId: "m-1" }));
    await send({ originationIdentity: "pool-0123" });
    expect(sent().map((one) => one.OriginationIdentity)).toEqual(["pool-0123"]);
    const { value, said } = await listen([], () => send({}, null));
    expect([value, said]).toEqual([
      { status: "failed", reason: "rejected", permanent: false },
      { by: "us", why: "no_sender" },
    ]);
    expect(server.arrived.length).toBe(1);
  });

  it.each(badDays)("$name may have taken it: unknown, by the signal at the latest, and asked once", async ({ answering }) => {
    server.answer(answering);
    const began = performance.now();
    expect(await send({}, "Shop", 400)).toEqual({ status: "unknown" });
    expect(performance.now() - began).toBeLessThan(3000);
    expect(server.arrived.length).toBe(1);
  });

  it.each([301, 302, 307, 308])("does not follow a %i, which would carry the signature elsewhere (H07)", async (status) => {
    const elsewhere = await loopback(answers(200, { MessageId: "m-1" }));
    server.answer(answers(status, "", { location: `${elsewhere.url}/` }));
    expect(await send()).toEqual({ status: "failed", reason: "provider_down", permanent: false });
    expect(elsewhere.arrived).toEqual([]);
    await elsewhere.close();
  });

  it("keeps its secret to itself, whatever is answered", async () => {
    server.answer(answers(400, { __type: SECRET, message: SECRET }));
    const { value, said } = await listen([SECRET], () => send());
    expect(inspect([value, said, provider()], { depth: 9 })).not.toContain(SECRET);
    expect(JSON.stringify(server.arrived)).not.toContain(SECRET);
  });

  it("offers no calls, because they would speak the code to an answering machine, and no question about a text", () => {
    expect(aws.channels).toEqual(["SMS"]);
    expect(provider().check).toBeUndefined();
  });

  it("gets receipts from a topic alone", async () => {
    expect([aws.promisesReceipts?.({ topicArn: "…" }), aws.promisesReceipts?.({})]).toEqual([true, false]);
    const callback = { method: "POST", url: "", query: new URLSearchParams(), headers: new Headers(), body: "{}" };
    expect(await provider().receipt?.(callback)).toBe("forbidden");
  });
});
