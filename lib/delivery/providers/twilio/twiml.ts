import type { Locale } from "#lib/delivery/texts";

/** What Twilio says in a call, in TwiML (its own XML). Pure. */

/** Whom the call speaks as; `voices` by language. */
export type Voices = Record<Locale, string>;

/** Voices that every account has; standard ones, which cost least and take all of SSML. */
export const VOICES: Voices = { ja: "Polly.Mizuki", en: "Polly.Joanna" };

const languages: Record<Locale, string> = { ja: "ja-JP", en: "en-US" };

/** Seconds that a person has to find the key, each time the greeting is said. */
const KEY_SECONDS = 6;
/** Slower than a voice speaks by itself: somebody writes digits down. */
const RATE = "80%";

/** XML 1.0, 2.2: what no document may contain, not even escaped. */
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

/** Element content, as canonical XML writes it. */
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
 * The greeting, twice, each time waiting for a key; then the line is hung up. It holds no code, so that nothing that answers by
 * itself records one (PSTN-09). Any key counts: who fumbles is not punished, and no machine presses one.
 */
export function greetingTwiml(greeting: string, locale: Locale, action: string, voices: Voices): string {
  const say = element("Say", speaker(locale, voices), text(greeting));
  const gather = element("Gather", { numDigits: "1", finishOnKey: "", timeout: String(KEY_SECONDS), action, method: "POST" }, pause, say);
  return response(gather, gather, hangUp);
}

/** What is said after the key press: line by line, slowly, with a second of silence before each. */
export function spokenTwiml(spoken: string, locale: Locale, voices: Voices): string {
  const lines = spoken.split("\n").filter((line) => line.trim() !== "");
  const said = lines.flatMap((line) => [pause, element("Say", speaker(locale, voices), element("prosody", { rate: RATE }, text(line)))]);
  return response(...said, hangUp);
}

/** Ends a call that has nothing more to say. */
export const goodbyeTwiml: string = response(hangUp);
