/** Pure: the browser and the system of a user agent. No text of the header itself is shown, because its sender controls it. */

const browsers: [RegExp, string][] = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/SamsungBrowser/, "Samsung Internet"],
  [/Firefox|FxiOS/, "Firefox"],
  [/Chrome|CriOS/, "Chrome"],
  [/Safari/, "Safari"],
];
const systems: [RegExp, string][] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/CrOS/, "ChromeOS"],
  [/Mac OS X/, "Mac"],
  [/Linux/, "Linux"],
];

const firstOf = (table: [RegExp, string][], text: string) => table.find(([pattern]) => pattern.test(text))?.[1];

/** The browser and the system of a user agent, as far as they are known. */
export const browserParts = (userAgent: string | null): { browser: string | undefined; system: string | undefined } => ({
  browser: firstOf(browsers, userAgent ?? ""),
  system: firstOf(systems, userAgent ?? ""),
});

/** Both in one text for programs, `Chrome (Windows)`; `unknown` where neither is known. */
export function browserOf(userAgent: string | null): string {
  const { browser, system } = browserParts(userAgent);
  return browser && system ? `${browser} (${system})` : (browser ?? system ?? "unknown");
}
