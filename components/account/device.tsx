import { browserParts } from "#lib/words/browser";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

/** Returns a device name for a user agent. */
export function deviceName(userAgent: string | null, words: Words["account"]): string {
  const { browser, system } = browserParts(userAgent);
  return browser && system ? fill(words.device, { browser, system }) : (browser ?? system ?? words.unknownDevice);
}
