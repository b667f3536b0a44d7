import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { Delivery } from "#lib/delivery/provider";
import { karaden } from "#lib/delivery/providers/karaden/karaden";
import { karadenAcceptance, karadenRefusal } from "#lib/delivery/providers/karaden/message";
import { type Arrived, answers, type Loopback, loopback } from "#lib/testing/loopback";
import { vendor, withPeers } from "../../../../scripts/test/peer.ts";

/** The used part of KARADEN's own SDK. */
type Message = { id: string; object: string; result: string; status: string; sentResult: string; tags: string[] };
type List = { data: Message[]; hasMore: boolean };
interface Builder {
  withApiBase(value: string): Builder;
  withTenantId(value: string): Builder;
  withApiKey(value: string): Builder;
  withApiVersion(value: string): Builder;
  withServiceId(value: number): Builder;
  withTo(value: string): Builder;
  withBody(value: string): Builder;
  withTags(value: string[]): Builder;
  withTag(value: string): Builder;
  withIsShorten(value: boolean): Builder;
  withLimitedAt(value: Date): Builder;
  withId(value: string): Builder;
  build(): object;
}
type Sdk = {
  RequestOptions: { newBuilder(): Builder };
  MessageCreateParams: { newBuilder(): Builder };
  MessageDetailParams: { newBuilder(): Builder };
  MessageListParams: { newBuilder(): Builder };
  Message: {
    create(params: object, options: object): Promise<Message>;
    detail(params: object, options: object): Promise<Message>;
    list(params: object, options: object): Promise<List>;
  };
};

const id = "82bdf9de-a532-4bf5-86bc-c9a1366e5f4a";
const message = { object: "message", id, tags: ["a"], result: "done", status: "done", sent_result: "none" };
const soon = () => AbortSignal.timeout(10_000);
const surroundings = {
  receiptUrl: () => "",
  voiceUrl: () => "",
  report: () => Promise.resolve("unmatched" as const),
  lost: () => undefined,
};

const tenants = fc.stringMatching(/^[0-9A-Za-z_-]{1,64}$/);
const tokens = fc.stringMatching(/^[\x21-\x7e]{1,80}$/);
const services = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const numbers = fc.stringMatching(/^[1-9][0-9]{9}$/);
const nasty = fc.constantFrom(
  "&",
  "=",
  "%",
  "+",
  ";",
  "%41",
  "&to=1",
  "\n",
  "\r\n",
  "【例】",
  "😀",
  "👩‍👩‍👧",
  "é",
  "\u0000",
  "\u2028",
  "a b",
  "#",
  "ｶﾞ",
);
const bodies = fc
  .array(fc.oneof(nasty, fc.string({ unit: "binary", minLength: 1 }), fc.string({ minLength: 1 })), { minLength: 1, maxLength: 12 })
  .map((parts) => parts.join(""));
const tags = fc.oneof(fc.uuid(), bodies);
const dates = fc.date({ min: new Date("2000-01-01T00:00:00Z"), max: new Date("2099-12-31T23:59:59.999Z"), noInvalidDate: true });
const validity = fc.integer({ min: 60, max: 600 });
const account = fc.record({ tenant: tenants, token: tokens, service: services });
type Who = { tenant: string; token: string; service: number };

/** Returns the relevant parts of a request: the SDK also sends its version and facts about the machine. */
function substance(arrived: Arrived | undefined) {
  const url = new URL(arrived?.path ?? "", "http://any");
  const { authorization, "karaden-version": version, "content-type": type } = arrived?.headers ?? {};
  const form = [...new URLSearchParams(arrived?.body.toString())];
  return { method: arrived?.method, path: url.pathname, query: [...url.searchParams], authorization, version, type, form };
}

withPeers(["npm"], "KARADEN is spoken to exactly as its own SDK speaks", () => {
  let sdk: Sdk;
  let server: Loopback;
  beforeAll(async () => {
    sdk = vendor<Sdk>("karaden-prg-node");
    server = await loopback();
  });
  afterAll(() => server.close());
  beforeEach(() => void server.arrived.splice(0));
  afterEach(() => void vi.useRealTimers());

  const options = ({ tenant, token }: Who) =>
    sdk.RequestOptions.newBuilder()
      .withApiBase(`${server.url}/api`)
      .withTenantId(tenant)
      .withApiKey(token)
      .withApiVersion("2024-03-01")
      .build();
  const ours = ({ tenant, token, service }: Who) =>
    karaden.create(
      {
        id: "p1",
        name: "karaden",
        kind: "karaden",
        baseUrl: `${server.url}/api`,
        sender: null,
        settings: { tenantId: tenant, serviceId: service },
        secrets: { token },
      },
      surroundings,
    );
  const bothAlike = () => {
    const [theirs, own] = server.arrived.splice(0);
    expect(theirs).toBeDefined();
    expect(substance(own)).toEqual(substance(theirs));
    return theirs;
  };

  it("field by field, whatever the number, the text, the tag, the token and the date (300 random hand-overs)", async () => {
    server.answer(answers(200, message));
    vi.useFakeTimers({ toFake: ["Date"] });
    const one = fc.record({ who: account, number: numbers, text: bodies, attemptId: tags, now: dates, validSeconds: validity });
    await fc.assert(
      fc.asyncProperty(one, async ({ who, number, text, attemptId, now, validSeconds }) => {
        server.arrived.splice(0);
        vi.setSystemTime(now);
        const params = sdk.MessageCreateParams.newBuilder()
          .withServiceId(who.service)
          .withTo(`0${number}`)
          .withBody(text)
          .withTags([attemptId])
          .withIsShorten(false)
          .withLimitedAt(new Date(now.getTime() + validSeconds * 1000))
          .build();
        await sdk.Message.create(params, options(who));
        const delivery: Delivery = { channel: "SMS", to: `+81${number}`, text, code: "", attemptId, locale: "ja", validSeconds };
        await ours(who).send(delivery, soon());
        const theirs = bothAlike();
        expect(new URLSearchParams(theirs?.body.toString()).get("body")).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it("and asks about one message and about a tag as the SDK does (100 random questions)", async () => {
    server.answer(answers(200, message));
    await fc.assert(
      fc.asyncProperty(account, fc.uuid(), tags, async (who, ref, attemptId) => {
        server.arrived.splice(0);
        await sdk.Message.detail(sdk.MessageDetailParams.newBuilder().withId(ref).build(), options(who));
        await ours(who).check?.({ attemptId, ref, channel: "SMS" }, soon());
        bothAlike();
        const params = sdk.MessageListParams.newBuilder().withServiceId(who.service).withTag(attemptId).build();
        await sdk.Message.list(params, options(who));
        await ours(who).check?.({ attemptId, ref: null, channel: "SMS" }, soon());
        bothAlike();
      }),
      { numRuns: 100 },
    );
  });

  const who = { tenant: "t", token: "k", service: 1 };
  const create = () => {
    const params = sdk.MessageCreateParams.newBuilder().withServiceId(1).withTo("09012345678").withBody("x").build();
    return sdk.Message.create(params, options(who));
  };

  // The vendor's published example of a message, with the documented values of each field.
  const documented = (over: object) => ({
    ...message,
    service_id: 1,
    billing_address_id: 1,
    to: "09012345678",
    body: "本文",
    is_shorten: true,
    carrier: "docomo",
    charged_count_per_sent: 1,
    scheduled_at: "2020-01-31T23:59:59+09:00",
    received_at: null,
    ...over,
  });

  it.each(
    ["done", "processing"].flatMap((result) =>
      ["done", "waiting", "error", "canceled"].flatMap((status) =>
        ["none", "received", "unconnected", "error", "unknown"].map((sent_result) => ({ result, status, sent_result })),
      ),
    ),
  )("and reads a documented message as the SDK does: $result, $status, $sent_result", async (words) => {
    const body = documented(words);
    server.answer(answers(200, body));
    const theirs = await create();
    const own = karadenAcceptance(JSON.stringify(body));
    expect(theirs).toMatchObject({ object: "message", id, result: words.result, status: words.status, sentResult: words.sent_result });
    expect(own).toMatchObject({ ref: theirs.id });
    expect(own.status === "delivered").toBe(theirs.sentResult === "received");
    expect(own.status === "undelivered").toBe(theirs.result === "done" && ["unconnected", "error"].includes(theirs.sentResult));
  });

  it.each([
    [400, { object: "error", code: "SMS0001", message: "x", errors: { to: ["x"] } }, "BadRequestException"],
    [401, { object: "error", code: "x", message: "x" }, "UnauthorizedException"],
    [403, { object: "error", code: "x", message: "x" }, "ForbiddenException"],
    [404, { object: "error", code: "x", message: "x" }, "NotFoundException"],
    [422, { object: "error", code: "x", message: "x", errors: { body: ["x"] } }, "UnprocessableEntityException"],
    [429, { object: "error", code: "x", message: "x" }, "TooManyRequestsException"],
    [500, { object: "error", code: "x", message: "x" }, "UnknownErrorException"],
    [502, "<html>bad gateway</html>", "UnexpectedValueException"],
  ])("and refuses where the SDK does: %i", async (status, body, exception) => {
    server.answer(answers(status, body));
    const theirs: { name: string; error?: { errors?: { getPropertyKeys(): string[] } } } = await create().then(
      () => ({ name: "none" }),
      (error) => error,
    );
    expect(theirs.name).toBe(exception);
    const delivery: Delivery = { channel: "SMS", to: "+819012345678", text: "x", code: "", attemptId: "a", locale: "ja", validSeconds: 60 };
    expect((await ours(who).send(delivery, soon())).status).toBe("failed");
    const named = theirs.error?.errors?.getPropertyKeys().includes("to") ?? false;
    expect(karadenRefusal(JSON.stringify(body))).toMatchObject({ permanent: named });
  });

  it("and reads a list as the SDK does", async () => {
    const attemptId = "0f6f0b3e-7a5e-4f3a-9a53-3d3a6d9a5b10";
    for (const data of [[], [documented({ tags: [attemptId], sent_result: "received" })]]) {
      server.answer(answers(200, { object: "list", has_more: false, data }));
      const theirs = await sdk.Message.list(sdk.MessageListParams.newBuilder().withTag(attemptId).build(), options(who));
      expect([theirs.hasMore, theirs.data.map((one) => one.id)]).toEqual([false, data.map((one) => one.id)]);
      const own = await ours(who).check?.({ attemptId, ref: null, channel: "SMS" }, soon());
      expect(own).toMatchObject(theirs.data[0] ? { status: "delivered", ref: theirs.data[0].id } : { status: "absent" });
    }
  });
});
