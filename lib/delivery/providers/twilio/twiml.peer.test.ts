import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { twilioSettings } from "#lib/delivery/providers/twilio/settings";
import { greetingTwiml, spokenTwiml, VOICES } from "#lib/delivery/providers/twilio/twiml";
import { vendorFolder, withPeers } from "../../../../scripts/test/peer.ts";
import { ACCOUNT_SID, sdk } from "../../../../scripts/test/twilio.ts";

const speakers = { ja: { language: "ja-JP", voice: VOICES.ja }, en: { language: "en-US", voice: VOICES.en } };
const builder = () => new (sdk().twiml.VoiceResponse)();

// The builder throws for characters that XML forbids, and the product omits them; everything else must be equal.
const legal = fc
  .string({
    unit: fc.oneof(fc.constantFrom(..."&<>\"'\t\r ]]>;#"), fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 })),
    maxLength: 60,
  })
  .map((text) => text.replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, ""));
const locale = fc.constantFrom("ja" as const, "en" as const);

withPeers(["npm"], "Our TwiML is the TwiML of Twilio's own builder, letter by letter", () => {
  it("in what is said before the key press, whatever the words and the address", () => {
    const property = fc.property(legal, locale, fc.webUrl({ withQueryParameters: true }), (greeting, spoken, url) => {
      const action = `${url}&quote='"<>`;
      const expected = builder();
      for (let time = 0; time < 2; time += 1) {
        const gather = expected.gather({ numDigits: 1, finishOnKey: "", timeout: 6, action, method: "POST" });
        gather.pause({ length: 1 });
        gather.say(speakers[spoken], greeting);
      }
      expected.hangup();
      expect(greetingTwiml(greeting, spoken, action, VOICES)).toBe(expected.toString());
    });
    fc.assert(property, { numRuns: 300, examples: [["a & b < c > d \" e ' f", "ja", "https://auth.example.jp"]] });
  });

  it("in what is said after it", () => {
    const line = legal.map((text) => text.replaceAll("\n", "")).filter((text) => text.trim() !== "");
    const property = fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), locale, (lines, spoken) => {
      const expected = builder();
      for (const one of lines) {
        expected.pause({ length: 1 });
        expected.say(speakers[spoken]).prosody({ rate: "80%" }, one);
      }
      expected.hangup();
      expect(spokenTwiml(lines.join("\n"), spoken, VOICES)).toBe(expected.toString());
    });
    fc.assert(property, { numRuns: 300 });
  });

  it("speaks with voices Twilio has, and takes all of the kinds that can be slowed and no other", () => {
    const types = readFileSync(join(vendorFolder, "twilio", "lib", "twiml", "VoiceResponse.d.ts"), "utf8");
    const union = /type SayVoice = ([^;]+);/.exec(types)?.[1] ?? "";
    const voices = [...union.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "");
    expect(voices).toEqual(expect.arrayContaining(Object.values(VOICES)));
    for (const [name, language] of Object.entries({ voiceJa: "ja-JP", voiceEn: "en-US" })) {
      const accepted = voices.filter((voice) => twilioSettings.safeParse({ accountSid: ACCOUNT_SID, [name]: voice }).success);
      const own = voices.filter((voice) => /^Polly\./.test(voice) || voice.startsWith(`Google.${language}-`));
      expect(accepted).toEqual(own.filter((voice) => !/Chirp3|Generative/.test(voice)));
      expect(accepted.filter((voice) => voice.startsWith("Google.")).length).toBeGreaterThan(8);
    }
  });
});
