import { describe, expect, it } from "vitest";
import { greetingTwiml, spokenTwiml, VOICES } from "#lib/delivery/providers/twilio/twiml";
import { voiceGreeting, voiceText } from "#lib/delivery/wording/voice";
import { codeWords } from "#lib/purposes/messages";

const service = { name: "テスト & <銀行>", publicOrigin: "https://auth.example.jp", minutes: 10 };
const count = (text: string, part: string) => text.split(part).length - 1;

describe("A call speaks its code only after a key press (PSTN-09)", () => {
  const said = spokenTwiml(voiceText(codeWords["code.SIGN_IN"], "ja", "731946", service), "ja", VOICES);

  it("greets twice, waits for a key each time, and hangs up without having said anything else", () => {
    const greeting = voiceGreeting("ja", service);
    const twiml = greetingTwiml(greeting, "ja", "https://auth.example.jp/voice?a=1&b=2", VOICES);
    expect(count(twiml, "<Gather ")).toBe(2);
    expect(count(twiml, "</Gather><Gather ")).toBe(1);
    expect(twiml.endsWith("</Gather><Hangup/></Response>")).toBe(true);
    expect(count(twiml, "<Say ")).toBe(2);
    // Twilio's limit is 4000 characters.
    expect(twiml.length).toBeLessThan(4000);
  });

  it("says it three times, slowly, with silence before every line, and hangs up", () => {
    expect(count(said, "なな、さん、いち。きゅう、よん、ろく")).toBe(3);
    expect(count(said, '<Pause length="1"/><Say ')).toBe(count(said, "<Say "));
    expect(count(said, '<prosody rate="80%">')).toBe(5);
    expect(said.endsWith("</Say><Hangup/></Response>")).toBe(true);
  });

  it("speaks the language of the person", () => {
    expect(said).toContain('<Say language="ja-JP" voice="Polly.Mizuki">');
    expect(spokenTwiml("Hello", "en", VOICES)).toContain('<Say language="en-US" voice="Polly.Joanna">');
  });

  it("leaves out what no XML document may hold", () => {
    expect(spokenTwiml("a\u0000b\u0008c\ufffed\ud800e", "en", VOICES)).toContain(">abcde</prosody>");
  });
});
