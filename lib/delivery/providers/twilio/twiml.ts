import type { Locale } from "#lib/delivery/wording/texts";

/** The words of a call in TwiML, Twilio's XML. Pure. */

/** The voice of each language. */
export type Voices = Record<Locale, string>;

/** Standard voices, which every account has: they are cheapest and support all of SSML. */
export const VOICES: Voices = { ja: "Polly.Mizuki", en: "Polly.Joanna" };

const languages: Record<Locale, string> = { ja: "ja-JP", en: "en-US" };

/** Seconds to press a key after each greeting. */
const KEY_SECONDS = 6;
/** Slower than normal speech, so that digits can be written down. */
const RATE = "80%";

/** Characters that XML 1.0 (2.2) forbids, even escaped. */
const ILLEGAL = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

const escapes: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#x9;",
  "\n": "&#xA;",
  "\r": "&#xD;",
};
const escaped = (value: string, which: RegExp) => value.replace(ILLEGAL, "").replace(which, (one) => escapes[one] ?? one);

/** Escapes element content like canonical XML. */
const text = (value: string) => escaped(value, /[&<>\r]/g);
const attribute = (value: string) => escaped(value, /[&<"\t\n\r]/g);

function element(name: string, attributes: Record<string, string>, ...content: string[]): string {
  const named = Object.entries(attributes).map(([key, value]) => ` ${key}="${attribute(value)}"`);
  const open = `<${name}${named.join("")}`;
  const inner = content.join("");
  return inner ? `${open}>${inner}</${name}>` : `${open}/>`;
}

const response = (...verbs: string[]): string => `<?xml version="1.0" encoding="UTF-8"?>${element("Response", {}, ...verbs)}`;
const speaker = (locale: Locale, voices: Voices) => ({ language: languages[locale], voice: voices[locale] });
const pause = element("Pause", { length: "1" });
const hangUp = element("Hangup", {});

/**
 * Returns the greeting, said twice with a wait for any key, then a hang-up. It contains no code, so that an answering machine records none
 * (PSTN-09).
 */
export function greetingTwiml(greeting: string, locale: Locale, action: string, voices: Voices): string {
  const say = element("Say", speaker(locale, voices), text(greeting));
  const gather = element("Gather", { numDigits: "1", finishOnKey: "", timeout: String(KEY_SECONDS), action, method: "POST" }, pause, say);
  return response(gather, gather, hangUp);
}

/** Returns the words after the key press: line by line, slowly, each after a second of silence. */
export function spokenTwiml(spoken: string, locale: Locale, voices: Voices): string {
  const lines = spoken.split("\n").filter((line) => line.trim() !== "");
  const said = lines.flatMap((line) => [pause, element("Say", speaker(locale, voices), element("prosody", { rate: RATE }, text(line)))]);
  return response(...said, hangUp);
}

/** Ends a call without further words. */
export const goodbyeTwiml: string = response(hangUp);
