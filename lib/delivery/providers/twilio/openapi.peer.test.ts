import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Delivery, HandOver } from "#lib/delivery/provider";
import { twilio } from "#lib/delivery/providers/twilio/twilio";
import { smsText } from "#lib/delivery/wording/texts";
import { voiceGreeting, voiceText } from "#lib/delivery/wording/voice";
import { codeWords } from "#lib/purposes/messages";
import { type Arrived, type Loopback, loopback } from "#lib/testing/loopback";
import { vendorFolder, withPeers } from "../../../../scripts/test/peer.ts";
import { type Prism, startPrism } from "../../../../scripts/test/prism.ts";
import { ACCOUNT_SID, AUTH_TOKEN, accountAt, surroundings } from "../../../../scripts/test/twilio.ts";

type Operation = {
  requestBody: { content: Record<string, { schema: { properties: Record<string, unknown> } }> };
  responses: Record<string, { content: Record<string, { examples: Record<string, { value: Record<string, unknown> }> }> }>;
};
type Document = { paths: Record<string, Record<"get" | "post", Operation>> };

const documentOf = (name: string) => join(vendorFolder, "@twilio", "cli-core", "src", "services", "twilio-api", `${name}.json`);
const read = (name: string) => JSON.parse(readFileSync(documentOf(name), "utf8")) as Document;
const path = (name: string) => `/2010-04-01/Accounts/{AccountSid}/${name}.json`;
const EVENTS = ["initiated", "ringing", "answered", "completed"];
const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

/** Prism does not treat a repeatable field as an array, so the document is changed to allow a single value too. */
function withOneEvent(document: Document): Document {
  const fields = document.paths[path("Calls")]?.post.requestBody.content[FORM]?.schema.properties;
  if (!fields) throw new Error("the document has no calls");
  fields.StatusCallbackEvent = { oneOf: [fields.StatusCallbackEvent, { type: "string", enum: EVENTS }] };
  return document;
}

/** Starts a server in front of Prism that records requests and asks Prism for a chosen example. */
async function inFrontOf(prism: Prism) {
  let example = "";
  const front = await loopback(async ({ method, path, headers, body }, response) => {
    const { authorization = "", "content-type": type } = headers;
    const answer = await fetch(prism.url + path, {
      method,
      headers: {
        authorization,
        accept: JSON_TYPE,
        ...(type ? { "content-type": type } : {}),
        ...(example ? { prefer: `example=${example}` } : {}),
      },
      ...(method === "POST" ? { body: body.toString() } : {}),
    });
    response.writeHead(answer.status, { "content-type": JSON_TYPE }).end(await answer.text());
  });
  return {
    front,
    prefer(name: string) {
      example = name;
    },
  };
}

const signal = () => AbortSignal.timeout(30_000);
const service = { name: "テスト銀行", publicOrigin: "https://auth.example.jp", minutes: 10 };
const common = { to: "+819012345678", code: "731946", attemptId: "0b0b0b0b-0000-4000-8000-000000000001", validSeconds: 600 };
const deliveries: Delivery[] = (["ja", "en"] as const).flatMap((locale) => [
  { ...common, channel: "SMS", locale, text: smsText(codeWords["code.SIGN_IN"], locale, common.code, service) },
  {
    ...common,
    channel: "VOICE",
    locale,
    greeting: voiceGreeting(locale, service),
    text: voiceText(codeWords["code.SIGN_IN"], locale, common.code, service),
  },
]);
const SERVICE_SID = ACCOUNT_SID.replace("AC", "MG");

withPeers(["npm"], "Twilio's own OpenAPI document allows what the adapter sends, and the adapter understands its examples", () => {
  let prism: Prism;
  let front: Loopback;
  let prefer: (name: string) => void;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "twilio-openapi-"));
    const file = join(folder, "document.json");
    writeFileSync(file, JSON.stringify(withOneEvent(read("twilio_api_v2010"))));
    prism = await startPrism(file);
    ({ front, prefer } = await inFrontOf(prism));
  });
  afterAll(async () => {
    await front?.close();
    await prism?.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => prefer(""));

  const provider = (settings: Record<string, unknown> = {}) => twilio.create(accountAt(front.url, settings), surroundings);
  const fieldsOf = (name: string) =>
    Object.keys(read("twilio_api_v2010").paths[path(name)]?.post.requestBody.content[FORM]?.schema.properties ?? {});
  const examples = (name: string, method: "get" | "post", status: string) =>
    read("twilio_api_v2010").paths[path(name)]?.[method].responses[status]?.content[JSON_TYPE]?.examples ?? {};
  const last = (): Arrived => front.arrived.at(-1) ?? expect.fail("nothing arrived");

  const options = { plainly: {}, "through a service, discarded": { messagingServiceSid: SERVICE_SID, retention: "discard" } };
  const cases = deliveries.flatMap((delivery) => Object.keys(options).map((how) => ({ ...delivery, how: how as keyof typeof options })));

  it.each(cases)("takes $channel in $locale $how", async ({ how, ...delivery }) => {
    const outcome = await provider(options[how]).send(delivery, signal());
    const name = delivery.channel === "SMS" ? "Messages" : "Calls";
    const refs = Object.values(examples(name, "post", "201")).map(({ value }) => value.sid);
    // The document's example of a new call has already ended.
    expect(outcome.status).toBe(delivery.channel === "SMS" ? "sent" : "undelivered");
    expect(refs).toContain((outcome as { ref: string }).ref);
    // Prism accepts unknown fields, so the test checks the field names.
    const form = new URLSearchParams(last().body.toString());
    expect(fieldsOf(name)).toEqual(expect.arrayContaining([...new Set(form.keys())]));
    expect(EVENTS).toEqual(expect.arrayContaining(form.getAll("StatusCallbackEvent")));
  });

  it("takes any text to any number", async () => {
    const number = fc.stringMatching(/^\+[1-9][0-9]{6,13}$/);
    const property = fc.asyncProperty(
      number,
      fc.string({ unit: "grapheme", minLength: 1 }),
      fc.integer({ min: 1 }),
      async (to, text, validSeconds) => {
        const outcome = await provider().send({ ...common, channel: "SMS", locale: "ja", to, text, validSeconds }, signal());
        expect(outcome.status).toBe("sent");
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });

  it("would have refused what is wrong", async () => {
    const send = (body: Record<string, string>, auth = true) =>
      fetch(`${prism.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`, {
        method: "POST",
        headers: {
          "content-type": FORM,
          ...(auth ? { authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString("base64")}` } : {}),
        },
        body: new URLSearchParams(body),
      });
    const status = async (body: Record<string, string>, auth = true) => (await send(body, auth)).status;
    expect(await status({ To: "+819012345678" })).toBe(201);
    expect(await status({ To: "+819012345678" }, false)).toBe(401);
    expect(await status({ Body: "no number" })).toBe(422);
    expect(await status({ To: "+819012345678", ContentRetention: "forget" })).toBe(422);
    expect(await status({ To: "+819012345678", ValidityPeriod: "soon" })).toBe(422);
  });

  it.each(["create", "createWoService", "createWithMessagingService", "createWithQueuedStatus"])(
    "understands the answer %s",
    async (name) => {
      const { sid } = examples("Messages", "post", "201")[name]?.value ?? {};
      prefer(name);
      const [text] = deliveries;
      if (!text) throw new Error("no text");
      expect(await provider().send(text, signal())).toEqual({ status: "sent", ref: sid });
    },
  );

  it.each([
    ["Messages", "SMS", { status: "sent" }],
    ["Calls", "VOICE", { status: "undelivered", reason: "not_reachable", permanent: false }],
  ] as const)("answers what became of %s", async (name, channel, state) => {
    const ref = String(examples(`${name}/{Sid}`, "get", "200").fetch?.value.sid);
    const asked = (sid: string | null): Promise<HandOver | { status: "absent" }> =>
      provider().check?.({ attemptId: common.attemptId, ref: sid, channel }, signal()) ?? expect.fail("no check");
    expect(await asked(ref)).toEqual({ ...state, ref });
    expect(last().path).toBe(`/2010-04-01/Accounts/${ACCOUNT_SID}/${name}/${ref}.json`);
    // An answer about another text, or none, yields `unknown`; without an id no query is sent.
    expect(await asked(ref.replace(/.$/, "0"))).toEqual({ status: "unknown" });
    const before = front.arrived.length;
    for (const none of [null, "", "../../Accounts", common.attemptId]) expect(await asked(none)).toEqual({ status: "unknown" });
    expect(front.arrived.length).toBe(before);
  });
});

withPeers(["npm"], "Twilio's own Lookup document allows what is asked, and its examples are understood", () => {
  let prism: Prism;
  let front: Loopback;
  let prefer: (name: string) => void;
  beforeAll(async () => {
    // The document's examples violate its own rules about null, so only requests are validated.
    prism = await startPrism(documentOf("twilio_lookups_v2"), []);
    ({ front, prefer } = await inFrontOf(prism));
  });
  afterAll(async () => {
    await front?.close();
    await prism?.close();
  });

  const silence = Promise.reject(new Error("no look-up"));
  silence.catch(() => {});
  const lookup = (to: string, what: "line" | "sim", url = front.url, within = signal()) =>
    twilio.create(accountAt(url), surroundings).lookup?.(to, what, within, { channel: "SMS", verifiedAt: null }) ?? silence;
  const ask = (example: string, what: "line" | "sim", number = "+819012345678") => {
    prefer(example);
    return lookup(number, what);
  };

  it("knows the line", async () => {
    expect(await ask("fetchLineTypeIntelligence", "line")).toEqual({ lineType: "voip" });
  });

  it("knows when the SIM changed, that it changed, that it did not, or nothing", async () => {
    expect(await ask("fetchSimSwap", "sim")).toEqual({ lineType: "unknown", simSwappedAt: new Date("2020-04-27T10:18:50Z") });
    const { simSwappedAt } = await ask("fetchSimSwapWithoutLastSimSwapDate", "sim");
    expect(Math.abs(Date.now() - Number(simSwappedAt))).toBeLessThan(60_000);
    expect(await ask("fetchSimSwapWithFalseSwapped", "sim")).toEqual({ lineType: "unknown", simSwappedAt: null });
    expect(await ask("fetch", "sim")).toEqual({ lineType: "unknown" });
    expect(await ask("fetchInvalid", "sim")).toEqual({ lineType: "unknown" });
  });

  it("asks for one package at a time, and not at all about what is no number", async () => {
    await ask("fetch", "sim");
    expect(front.arrived.at(-1)?.path).toBe("/v2/PhoneNumbers/+819012345678?Fields=sim_swap");
    await ask("fetch", "line");
    expect(front.arrived.at(-1)?.path).toBe("/v2/PhoneNumbers/+819012345678?Fields=line_type_intelligence");
    const before = front.arrived.length;
    for (const number of ["09012345678", "+81/../..", "+0", ""]) expect(await ask("fetch", "sim", number)).toEqual({ lineType: "unknown" });
    expect(front.arrived.length).toBe(before);
  });

  it("is over when the signal says so, and nothing is known", async () => {
    const mute = await loopback(() => {});
    const began = performance.now();
    const facts = await lookup("+819012345678", "sim", mute.url, AbortSignal.timeout(200));
    expect(facts).toEqual({ lineType: "unknown" });
    expect(performance.now() - began).toBeLessThan(2000);
    await mute.close();
  });
});
