import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { snsListener } from "#lib/delivery/providers/aws/sns";
import { badDays } from "#lib/testing/bad-days";
import { answers, type Loopback, loopback } from "#lib/testing/loopback";
import { CERTIFICATE_PATH, confirmation, newSigner, notification, type Post, TOPIC } from "#lib/testing/sns";

const attemptId = "0f6f0b3e-7a5e-4f3a-9a53-3d3a6d9a5b10";
const delivered = { eventType: "TEXT_DELIVERED", eventVersion: "1.0", isFinal: true, messageId: "m-1", context: { attempt: attemptId } };
const receipt = { receipts: [{ attemptId, ref: "m-1", status: "delivered" }] };
const signer = newSigner();
const stranger = newSigner();

let sns: Loopback;
const listener = () => snsListener({ baseUrl: sns.url, topicArn: TOPIC, timeout: 400 });
const take = (post: Post) => listener().take(JSON.stringify(post));
const paths = () => sns.arrived.map((one) => one.path);

beforeAll(async () => {
  sns = await loopback();
});
beforeEach(() => {
  sns.arrived.splice(0);
  sns.answer(answers(200, signer.certificate));
});
afterAll(() => sns.close());

describe("What an SNS topic posts", () => {
  it("is believed with the signature of its certificate, which is fetched once", async () => {
    const one = listener();
    for (const post of [notification(delivered), notification(delivered, { Subject: "with a subject" })])
      expect(await one.take(JSON.stringify(signer.sign(post)))).toEqual(receipt);
    expect(paths()).toEqual([CERTIFICATE_PATH]);
  });

  it("is refused when it was signed by another, altered, or not signed", async () => {
    const genuine = signer.sign(notification(delivered));
    for (const post of [
      stranger.sign(notification(delivered)),
      { ...genuine, Message: JSON.stringify({ ...delivered, messageId: "m-2" }) },
      { ...genuine, Timestamp: "2026-11-28T04:05:07.000Z" },
      { ...genuine, Subject: "added" },
      { ...genuine, Signature: "" },
      { ...genuine, Signature: "not base64 at all" },
    ])
      expect(await take(post)).toBe("forbidden");
    const { Signature: _, ...unsigned } = genuine;
    expect(await take(unsigned as Post)).toBe("malformed");
  });

  it("is refused for another topic, whoever signed it", async () => {
    expect(await take(signer.sign(notification(delivered, { TopicArn: `${TOPIC}-of-another` })))).toBe("forbidden");
    expect(paths()).toEqual([]);
  });

  it.each([
    `http://sns.ap-northeast-1.amazonaws.com${CERTIFICATE_PATH}`,
    `https://sns.us-east-1.amazonaws.com${CERTIFICATE_PATH}`,
    `https://sns.ap-northeast-1.amazonaws.com.evil.example${CERTIFICATE_PATH}`,
    `https://sns.ap-northeast-1.amazonaws.com@evil.example${CERTIFICATE_PATH}`,
    `https://evil.example${CERTIFICATE_PATH}`,
    `https://sns.ap-northeast-1.amazonaws.com:8443${CERTIFICATE_PATH}`,
    `https://sns.ap-northeast-1.amazonaws.com${CERTIFICATE_PATH}?x=.pem`,
    "https://sns.ap-northeast-1.amazonaws.com/other.pem",
    "https://sns.ap-northeast-1.amazonaws.com/SimpleNotificationService-0a.pem/../../x.pem",
    "file:///etc/passwd",
    "",
  ])("never has its certificate fetched from %j", async (address) => {
    expect(await take(signer.sign(notification(delivered, { SigningCertURL: address })))).toBe("forbidden");
    expect(paths()).toEqual([]);
  });

  it("is refused under version 1, whose hash can be made to fit two messages", async () => {
    expect(await take(signer.sign(notification(delivered), "1"))).toBe("malformed");
    expect(paths()).toEqual([]);
  });

  it.each([
    ...badDays,
    { name: "no such certificate", answering: answers(404) },
    { name: "a redirection", answering: answers(302, "", { location: "https://evil.example/x.pem" }) },
  ])("is to be sent again while its certificate cannot be had: $name", async ({ answering }) => {
    const one = listener();
    const body = JSON.stringify(signer.sign(notification(delivered)));
    sns.answer(answering);
    expect(await one.take(body)).toBe("unavailable");
    sns.answer(answers(200, signer.certificate));
    expect(await one.take(body)).toEqual(receipt);
  });

  it("is not believed after the end of its certificate", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3 * 86_400_000 });
    expect(await take(signer.sign(notification(delivered)))).toBe("unavailable");
    vi.useRealTimers();
  });

  it("says nothing when it is no event of a text, and is malformed when it is no event", async () => {
    for (const event of [{ eventType: "VOICE_ANSWERED", messageId: "m" }, { eventType: "TEXT_OF_TOMORROW" }, { eventType: "toString" }])
      expect(await take(signer.sign(notification(event)))).toEqual({ receipts: [] });
    for (const event of ["hello", "[]", {}, { eventType: "TEXT_DELIVERED" }])
      expect(await take(signer.sign(notification(event)))).toBe("malformed");
    for (const body of ["", "[]", "{}", "{"]) expect(await listener().take(body)).toBe("malformed");
    expect(await take(signer.sign(notification(delivered, { Type: "UnsubscribeConfirmation" })))).toBe("malformed");
  });
});

describe("The subscription to the topic", () => {
  it("is confirmed at SNS itself, with the token alone, wherever the post points", async () => {
    const post = confirmation({ SubscribeURL: "https://evil.example/?steal=1", Token: "t&Action=DeleteTopic" });
    expect(await take(signer.sign(post))).toEqual({ receipts: [] });
    const query = new URLSearchParams({ Action: "ConfirmSubscription", TopicArn: TOPIC, Token: "t&Action=DeleteTopic" });
    expect(paths()).toEqual([CERTIFICATE_PATH, `/?${query}`]);
  });

  it("is confirmed for its own topic and signature alone", async () => {
    expect(await take(stranger.sign(confirmation()))).toBe("forbidden");
    expect(await take(signer.sign(confirmation({ TopicArn: `${TOPIC}2` })))).toBe("forbidden");
    expect(paths().filter((path) => path.startsWith("/?"))).toEqual([]);
  });

  it("is asked for again where SNS does not answer", async () => {
    sns.answer(({ path }, response) => void response.writeHead(path === CERTIFICATE_PATH ? 200 : 500).end(signer.certificate));
    expect(await take(signer.sign(confirmation()))).toBe("unavailable");
  });
});

describe("An event", () => {
  it.each([
    ["TEXT_QUEUED", "sent", undefined],
    ["TEXT_SUCCESSFUL", "sent", undefined],
    ["TEXT_DELIVERED", "delivered", undefined],
    ["TEXT_INVALID", "undelivered", "invalid_number"],
    ["TEXT_UNREACHABLE", "undelivered", "not_reachable"],
    ["TEXT_TTL_EXPIRED", "undelivered", "not_reachable"],
    ["TEXT_BLOCKED", "undelivered", "refused_by_subscriber"],
    ["TEXT_CARRIER_BLOCKED", "undelivered", "rejected"],
    ["TEXT_SPAM", "undelivered", "rejected"],
    ["TEXT_CARRIER_UNREACHABLE", "undelivered", "provider_down"],
    ["TEXT_PROTECT_BLOCKED", "failed", "country_blocked"],
    ["TEXT_INVALID_MESSAGE", "failed", "rejected"],
    ["TEXT_UNKNOWN", "undelivered", "unknown"],
  ])("%s means %s, %s", async (eventType, status, reason) => {
    const said = await take(signer.sign(notification({ eventType, messageId: "m-1" })));
    expect(said).toEqual({ receipts: [{ ref: "m-1", status, ...(reason ? { reason } : {}) }] });
  });
});
