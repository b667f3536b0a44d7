import { describe, expect, it } from "vitest";
import { addressOf, placedFor, twilioOf, twilioSecrets, twilioSettings } from "#lib/delivery/providers/twilio/settings";

const hex = "0123456789abcdef0123456789ABCDEF";
const least = { accountSid: `AC${hex}` };
const accepts = (more: Record<string, unknown>) => twilioSettings.strict().safeParse({ ...least, ...more }).success;

describe("Settings are refused before they can reach an address or a call", () => {
  it.each([
    {},
    { messagingServiceSid: `MG${hex}`, apiKeySid: `SK${hex}`, retention: "discard" },
    { edge: "tokyo" },
    { edge: "sao-paulo", region: "us1" },
    { region: "us1" },
    { edge: "dublin", region: "ie1" },
    { voiceJa: "Polly.Kazuha-Neural", voiceEn: "Google.en-US-Neural2-C" },
  ])("%j is accepted", (more) => expect(accepts(more)).toBe(true));

  it.each([
    { accountSid: `AC${hex}0` },
    { accountSid: `SK${hex}` },
    { accountSid: `AC${hex.slice(1)}g` },
    { messagingServiceSid: `AC${hex}` },
    { apiKeySid: hex },
    { edge: "tokyo.evil.example/" },
    { edge: "" },
    { edge: "tokyo", region: "us1.evil" },
    // Twilio closed the addresses with a region but no edge.
    { region: "jp1" },
    { region: "ie1" },
    { voiceJa: "alice" },
    { voiceJa: 'Polly.Mizuki"><Play>' },
    { voiceEn: "Polly.Joanna-Generative" },
    // A voice of another language cannot speak the text.
    { voiceEn: "Google.ja-JP-Neural2-B" },
    { voiceJa: "Google.en-US-Neural2-C" },
    { retention: "obfuscate" },
    { authToken: "not a setting" },
  ])("%j is not", (more) => expect(accepts(more)).toBe(false));

  it.each(["", "two words", "line\n", "鍵", "a".repeat(513)])("a token %j is none", (authToken) => {
    expect(twilioSecrets.safeParse({ authToken }).success).toBe(false);
  });

  it("asks for the auth token always, because it verifies, and for the secret of an API key never", () => {
    expect(twilioSecrets.strict().safeParse({ apiKeySecret: "x" }).success).toBe(false);
    expect(twilioSecrets.strict().safeParse({ authToken: "x" }).success).toBe(true);
  });
});

describe("An account", () => {
  const account = { id: "1", name: "t", kind: "twilio", baseUrl: null, sender: "+12025550100" };
  const user = (shown: Record<string, string>, sealed: Record<string, string>) =>
    Buffer.from(
      twilioOf({ ...account, settings: { ...least, ...shown }, secrets: sealed }).authorization.replace("Basic ", ""),
      "base64",
    ).toString();

  it("sends with its API key when it has both halves of one, else with its auth token", () => {
    expect(user({}, { authToken: "T" })).toBe(`AC${hex}:T`);
    expect(user({ apiKeySid: `SK${hex}` }, { authToken: "T", apiKeySecret: "S" })).toBe(`SK${hex}:S`);
    expect(user({ apiKeySid: `SK${hex}` }, { authToken: "T" })).toBe(`AC${hex}:T`);
    expect(user({}, { authToken: "T", apiKeySecret: "S" })).toBe(`AC${hex}:T`);
  });

  it("says nothing of a secret when it cannot be read", () => {
    const bad = { ...account, settings: least, secrets: { authToken: "hush hush" } };
    expect(() => twilioOf(bad)).toThrow();
    try {
      twilioOf(bad);
    } catch (error) {
      expect(`${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain("hush");
    }
  });

  it.each([
    ["+1 202 555-0100", "+12025550100"],
    ["+12025550100", "+12025550100"],
    ["My Service 1", "My Service 1"],
    ["0005 1234", "0005 1234"],
    [null, null],
  ])("publishes %s and sends as %s", (published, sender) => {
    expect(twilioOf({ ...account, sender: published, settings: least, secrets: { authToken: "T" } }).sender).toBe(sender);
  });

  it("has its base URL in place of every address", () => {
    const own = { baseUrl: "https://gateway.example.jp/twilio", edge: "tokyo", region: "us1" };
    expect(addressOf("api", own)).toBe("https://gateway.example.jp/twilio");
    expect(addressOf("lookups", own)).toBe("https://gateway.example.jp/twilio");
  });

  it.each([
    ["VOICE", "+819012345678", {}, "https://api.tokyo.us1.twilio.com"],
    ["VOICE", "+819012345678", { region: "us1" }, "https://api.tokyo.us1.twilio.com"],
    ["VOICE", "+819012345678", { edge: "singapore" }, "https://api.singapore.us1.twilio.com"],
    ["VOICE", "+12025550100", {}, "https://api.twilio.com"],
    ["SMS", "+819012345678", {}, "https://api.twilio.com"],
    ["SMS", "+819012345678", { edge: "dublin", region: "ie1" }, "https://api.dublin.ie1.twilio.com"],
  ] as const)("sends %s to %s with %j by %s", (channel, to, place, address) => {
    const twilio = twilioOf({ ...account, settings: { ...least, ...place }, secrets: { authToken: "T" } });
    expect(addressOf("api", placedFor({ channel, to }, twilio))).toBe(address);
  });
});
