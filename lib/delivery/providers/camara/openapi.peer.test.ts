import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { CodeAhead, NumberFacts } from "#lib/delivery/provider";
import { camara } from "#lib/delivery/providers/camara/camara";
import { deviceHasNumber } from "#lib/delivery/providers/camara/number-verification";
import { answers, type Loopback, loopback } from "#lib/testing/loopback";
import { root } from "../../../../scripts/machine/place.ts";
import { withPeers } from "../../../../scripts/test/peer.ts";
import { type Prism, startPrism } from "../../../../scripts/test/prism.ts";

const APIS = ["sim-swap", "number-recycling", "call-forwarding-signal", "number-verification"] as const;
type Api = (typeof APIS)[number];

const bound: CodeAhead = { channel: "VOICE", verifiedAt: new Date("2026-01-02T03:04:05Z") };
const TO = "+819012345678";

/** The documents' own samples always say `true`, so an answer that has no named sample gets both. */
const samples: Partial<Record<Api, [schema: string, member: string]>> = {
  "number-recycling": ["CheckNumRecyclingInfo", "phoneNumberRecycled"],
  "call-forwarding-signal": ["UnconditionalCallForwardingSignal", "active"],
  "number-verification": ["NumberVerificationMatchResponse", "devicePhoneNumberVerified"],
};

function withSamples(file: string, [schema, member]: [string, string]) {
  const text = readFileSync(file, "utf8");
  const reference = new RegExp(`^( +)(\\$ref: ["']#/components/schemas/${schema}["'])$`, "m");
  const sample = (value: boolean, indent: string) => `${indent}${value ? "YES" : "NO"}: { value: { ${member}: ${value} } }`;
  const changed = text.replace(reference, (_, spaces: string, line: string) => {
    const outer = spaces.slice(2);
    return [spaces + line, `${outer}examples:`, sample(true, spaces), sample(false, spaces)].join("\n");
  });
  if (changed === text) throw new Error(`no answer of ${schema}`);
  writeFileSync(file, changed);
}

withPeers(["npm"], "CAMARA's own documents accept what is asked, and their answers are understood", () => {
  const place = mkdtempSync(join(tmpdir(), "sekisho-camara-"));
  const prisms = new Map<string, Prism>();
  let front: Loopback;
  let prefer: Partial<Record<Api, string>> = {};
  let statuses: number[] = [];

  beforeAll(async () => {
    cpSync(join(root, "e2e", "peers", "camara"), place, { recursive: true });
    for (const api of APIS) {
      const file = join(place, "API_definitions", `${api}.yaml`);
      const sample = samples[api];
      if (sample) withSamples(file, sample);
      prisms.set(api, await startPrism(file));
    }
    front = await loopback(async (arrived, response) => {
      if (arrived.path === "/token") return answers(200, { access_token: "t", token_type: "Bearer", expires_in: 3600 })(arrived, response);
      const [, api = "", , ...rest] = arrived.path.split("/");
      const { authorization, "content-type": type = "" } = arrived.headers;
      const preferred = prefer[api as Api];
      const answer = await fetch(`${prisms.get(api)?.url}/${rest.join("/")}`, {
        method: arrived.method,
        headers: { "content-type": type, ...(authorization ? { authorization } : {}), ...(preferred ? { prefer: preferred } : {}) },
        body: arrived.body.toString(),
      });
      statuses.push(answer.status);
      response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
    });
  });
  beforeEach(() => {
    front.arrived.splice(0);
    prefer = {};
    statuses = [];
  });
  afterAll(async () => {
    await Promise.all([...prisms.values()].map((prism) => prism.close()));
    await front.close();
    rmSync(place, { recursive: true });
  });

  const provider = () =>
    camara.create(
      {
        id: "p1",
        name: "network",
        kind: "camara",
        baseUrl: front.url,
        sender: null,
        settings: {
          tokenUrl: `${front.url}/token`,
          clientId: "me",
          simSwap: "sim-swap/vwip",
          numberRecycling: "number-recycling/vwip",
          callForwarding: "call-forwarding-signal/vwip",
        },
        secrets: { clientSecret: "secret" },
      },
      { receiptUrl: () => "", voiceUrl: () => "", report: () => Promise.resolve("unmatched"), lost: () => undefined },
    );
  const look = (): Promise<NumberFacts> => provider().lookup?.(TO, "sim", AbortSignal.timeout(10_000), bound) ?? Promise.reject();
  const verify = (accessToken = "t") =>
    deviceHasNumber({ address: `${front.url}/number-verification/vwip`, accessToken }, TO, AbortSignal.timeout(10_000));

  it("for a swap, a recycled number and a forwarded one", async () => {
    prefer = { "sim-swap": "example=RETRIEVE_DATE", "number-recycling": "example=YES", "call-forwarding-signal": "example=YES" };
    const found = await look();
    expect(statuses).toEqual([200, 200, 200]);
    expect(found).toEqual({ lineType: "unknown", answered: true, simSwappedAt: expect.any(Date), recycled: true, forwarded: true });
  });

  it("for none of them, and for a network that looked less far back than it is asked", async () => {
    prefer = { "sim-swap": "example=RETRIEVE_MONITORED_NULL", "number-recycling": "example=NO", "call-forwarding-signal": "example=NO" };
    expect(await look()).toEqual({ lineType: "unknown", answered: true, simSwappedAt: null, recycled: false, forwarded: false });
    expect(statuses).toEqual([200, 200, 200]);
  });

  it.each([400, 401, 403, 404, 422, 429])("for a refusal, code %i, wherever the document has it", async (code) => {
    prefer = {
      "sim-swap": `code=${code}`,
      "number-recycling": `code=${code === 429 ? 422 : code}`,
      "call-forwarding-signal": `code=${code}`,
    };
    expect(await look()).toEqual({ lineType: "unknown", answered: false });
    expect(statuses.toSorted()).toEqual([code, code, code === 429 ? 422 : code].toSorted());
  });

  it("for the number of a device, with its token alone", async () => {
    for (const [sample, value] of [
      ["YES", true],
      ["NO", false],
    ] as const) {
      prefer = { "number-verification": `example=${sample}` };
      expect(await verify()).toBe(value);
    }
    prefer = { "number-verification": "code=403" };
    expect(await verify()).toBeNull();
    expect(statuses).toEqual([200, 200, 403]);
  });

  it("and they refuse what is not asked so: no token, no number in international form, a day that is none", async () => {
    const post = async (api: Api, path: string, body: object, headers: Record<string, string> = { authorization: "Bearer t" }) =>
      (
        await fetch(`${prisms.get(api)?.url}/${path}`, {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body: JSON.stringify(body),
        })
      ).status;
    const bad = await Promise.all([
      post("sim-swap", "retrieve-date", { phoneNumber: TO }, {}),
      post("sim-swap", "retrieve-date", { phoneNumber: "09012345678" }),
      post("number-recycling", "check", { phoneNumber: TO }),
      post("number-recycling", "check", { phoneNumber: TO, specifiedDate: "yesterday" }),
      post("call-forwarding-signal", "unconditional-call-forwardings", { phoneNumber: "0" }),
      post("number-verification", "verify", { phoneNumber: TO, hashedPhoneNumber: "0".repeat(64) }),
    ]);
    for (const status of bad) expect(status >= 400 && status < 500, String(bad)).toBe(true);
  });
});
