import { describe, expect, it } from "vitest";
import { type ProviderAccountInput, validateProviderAccount } from "#lib/delivery/provider-accounts/shape";
import { kindOf, kinds } from "#lib/delivery/providers/kinds";

/** Input for each kind; settings are texts, as a command passes them. */
const entered: ProviderAccountInput[] = [
  { name: "domestic", kind: "karaden", settings: { tenantId: "123456", serviceId: "7" }, secrets: { token: "t".repeat(40) } },
  {
    name: "carrier",
    kind: "smpp",
    baseUrl: "smpps://smpp.example.jp:3550/",
    sender: "0005 1234",
    settings: { systemId: "12345678", window: "50", gsm7: "true", errors: "7=no_sms_service,00B=not_reachable" },
    secrets: { password: "12345678" },
  },
  {
    name: "gateway",
    kind: "webhook",
    baseUrl: "https://sms.example.jp/hook/",
    settings: { check: "true" },
    secrets: { secret: "s".repeat(32) },
  },
  {
    name: "abroad",
    kind: "twilio",
    sender: "+1 202 555 0100",
    settings: { accountSid: `AC${"0".repeat(32)}`, edge: "tokyo", retention: "discard" },
    secrets: { authToken: "t".repeat(32) },
  },
  { name: "ntt", kind: "infobip", baseUrl: "https://abc.example.jp/", sender: "0005 1234", secrets: { apiKey: "k".repeat(40) } },
  {
    name: "cloud",
    kind: "aws",
    sender: "+1 202 555 0100",
    settings: {
      region: "ap-northeast-1",
      accessKeyId: "A".repeat(20),
      configurationSet: "codes",
      topicArn: "arn:aws:sns:ap-northeast-1:123456789012:receipts",
    },
    secrets: { secretAccessKey: "s".repeat(40) },
  },
  {
    name: "network",
    kind: "camara",
    baseUrl: "https://api.example.jp/camara/",
    settings: { tokenUrl: "https://auth.example.jp/token", clientId: "me", simSwap: "sim-swap/v2" },
    secrets: { clientSecret: "s".repeat(40) },
  },
];
const problemsOf = (input: ProviderAccountInput) => {
  const kind = kindOf(input.kind);
  if (!kind) throw new Error(`no kind ${input.kind}`);
  const shape = validateProviderAccount(input, kind);
  return shape.ok ? [] : shape.error.map((one) => one.field);
};
const surroundings = {
  receiptUrl: () => "",
  voiceUrl: () => "",
  report: () => Promise.resolve("unmatched" as const),
  lost: () => undefined,
};

describe("The kinds of providers", () => {
  it.each(kinds)("$kind: every setting and secret is explained in both languages, and no other", ({ settings, secrets, words }) => {
    const JAPANESE = /[\u3041-\u30ff\u4e00-\u9fff]/;
    expect(Object.keys(words.settings).sort()).toEqual(Object.keys(settings.shape).sort());
    expect(Object.keys(words.secrets).sort()).toEqual(Object.keys(secrets.shape).sort());
    const fields = [...Object.values(words.settings), ...Object.values(words.secrets)];
    for (const { en, ja } of [words.about, words.sender, ...fields.flatMap(({ what, must }) => [what, must])]) {
      expect(ja).toMatch(JAPANESE);
      expect(en).not.toMatch(JAPANESE);
      expect(en.length).toBeGreaterThan(3);
      expect(`${en}${ja}`).not.toContain("\n");
    }
    for (const { must } of fields) expect(must.en).toMatch(/^must be /);
  });

  it("have names of their own", () => expect(new Set(kinds.map((one) => one.kind)).size).toBe(kinds.length));

  it.each(entered)("$kind: an account as an operator types it makes an adapter", (input) => {
    const kind = kindOf(input.kind);
    const shape = kind && validateProviderAccount(input, kind);
    expect(shape?.ok && shape.value.baseUrl).toBe(input.baseUrl?.replace(/\/$/, "") ?? null);
    if (!kind || !shape?.ok) throw new Error("unreachable");
    expect(kind.create({ id: "p1", kind: kind.kind, ...shape.value }, surroundings).send).toBeTypeOf("function");
  });

  const [domestic, carrier, gateway, abroad, ntt, cloud, network] = entered as [
    ProviderAccountInput,
    ProviderAccountInput,
    ProviderAccountInput,
    ProviderAccountInput,
    ProviderAccountInput,
    ProviderAccountInput,
    ProviderAccountInput,
  ];
  it.each([
    [{ ...gateway, baseUrl: undefined }, ["base-url"]],
    [{ ...gateway, baseUrl: "http://sms.example.jp/hook" }, ["base-url"]],
    [{ ...gateway, secrets: { secret: "s".repeat(31) } }, ["secret secret"]],
    [{ ...gateway, secrets: {} }, ["secret secret"]],
    [{ ...gateway, settings: { check: "maybe" } }, ["setting check"]],
    [{ ...domestic, settings: { tenantId: "../other", serviceId: "7" } }, ["setting tenantId"]],
    [{ ...domestic, settings: { tenantId: "a", serviceId: "0" } }, ["setting serviceId"]],
    [{ ...domestic, secrets: { token: "two\nlines" } }, ["secret token"]],
    [{ ...abroad, settings: { accountSid: "AC0" } }, ["setting accountSid"]],
    [{ ...abroad, settings: { ...abroad.settings, edge: undefined, region: "jp1" } }, ["setting edge"]],
    [{ ...abroad, secrets: { apiKeySecret: "s" } }, ["secret authToken"]],
    [{ ...carrier, baseUrl: undefined }, ["base-url"]],
    [{ ...carrier, baseUrl: "smpp://smpp.example.jp:2775" }, ["base-url"]],
    [{ ...carrier, baseUrl: "smpps://smpp.example.jp" }, ["base-url"]],
    [{ ...carrier, baseUrl: "smpps://smpp.example.jp:3550/path" }, ["base-url"]],
    [{ ...carrier, baseUrl: "https://smpp.example.jp:3550" }, ["base-url"]],
    [{ ...gateway, baseUrl: "smpps://sms.example.jp:3550" }, ["base-url"]],
    [{ ...carrier, baseUrl: "smpp://127.0.0.1:2775" }, []],
    [{ ...carrier, sender: "関所" }, ["sender"]],
    [{ ...carrier, sender: "０００５　１２３４" }, []],
    [{ ...domestic, sender: "０００５−１２３４" }, []],
    [{ ...domestic, sender: "+81 3 1234 5678" }, []],
    [{ ...domestic, sender: "Sekisho" }, ["sender"]],
    [{ ...domestic, sender: "0005 12" }, ["sender"]],
    [{ ...abroad, sender: "Ｓｅｋｉｓｈｏ" }, []],
    [{ ...abroad, sender: "12345678901" }, ["sender"]],
    [{ ...abroad, sender: "Twelve chars" }, ["sender"]],
    [{ ...abroad, sender: "+1-202-555-0100" }, []],
    [{ ...gateway, sender: "関所" }, []],
    [{ ...carrier, settings: { ...carrier.settings, window: "0" } }, ["setting window"]],
    [{ ...carrier, settings: { ...carrier.settings, errors: "7=nonsense" } }, ["setting errors"]],
    [{ ...carrier, settings: { ...carrier.settings, errors: "7=unknown," } }, ["setting errors"]],
    [{ ...carrier, settings: { ...carrier.settings, ca: "-----BEGIN CERTIFICATE-----" } }, ["setting ca"]],
    [{ ...carrier, settings: {} }, ["setting systemId"]],
    [{ ...carrier, channels: ["voice"] }, ["channels"]],
    [{ ...ntt, baseUrl: undefined }, ["base-url"]],
    [{ ...ntt, sender: "AB" }, ["sender"]],
    [{ ...ntt, channels: ["voice"] }, ["channels"]],
    [{ ...cloud, settings: { ...cloud.settings, region: "tokyo" } }, ["setting region"]],
    [{ ...cloud, settings: { ...cloud.settings, configurationSet: undefined } }, ["setting configurationSet"]],
    [{ ...cloud, settings: { ...cloud.settings, topicArn: "arn:aws:sqs:ap-northeast-1:123456789012:receipts" } }, ["setting topicArn"]],
    [{ ...cloud, sender: "TwelveChars1" }, ["sender"]],
    [{ ...network, settings: { ...network.settings, simSwap: undefined } }, ["setting simSwap"]],
    [{ ...network, settings: { ...network.settings, simSwap: "../token" } }, ["setting simSwap"]],
    [{ ...network, settings: { ...network.settings, tokenUrl: "http://auth.example.jp/token" } }, ["setting tokenUrl"]],
    [{ ...network, settings: { ...network.settings, tokenUrl: "http://127.0.0.1:4010/token" } }, []],
    [{ ...network, channels: ["sms"] }, ["channels"]],
    [{ ...domestic, countries: ["US"] }, ["countries"]],
    [{ ...domestic, channels: ["voice"] }, ["channels"]],
  ])("%j is refused by field", (input, fields) => expect(problemsOf(input as ProviderAccountInput)).toEqual(fields));
});
