import type { Answer } from "./api.ts";

/** Masks random values, times and the sender's own input in an answer; equal results mean that two answers are indistinguishable. */
export function comparable(answer: Answer, ...own: string[]): string {
  return masked([head(answer), body(answer)].join("\n"), own);
}

/** Masks only the head, for an answer whose body contains the next page with a newer delivery state. */
export const comparableHead = (answer: Answer, ...own: string[]): string => masked(head(answer), own);

function head(answer: Answer): string {
  const volatile = /^(date|keep-alive|content-length|transfer-encoding|connection)$/;
  const headers = [...answer.headers].filter(([name]) => !volatile.test(name)).map(([name, value]) => `${name}: ${value}`);
  return [String(answer.status), ...headers].join("\n");
}

function body(answer: Answer): string {
  const flight = /text\/x-component/.test(answer.headers.get("content-type") ?? "") ? answer.text : "";
  const [html, inlined] = flight ? ["", flight] : withoutPayload(answer.text);
  return [html, rows(inlined)].join("\n");
}

/** Sorts and renumbers the rows of a Flight payload, which come in the order in which their promises settle. */
function rows(payload: string): string {
  const lines = payload.split("\n").map((line) => line.replace(/^[0-9a-f]+:/, "row:").replace(/\$[@LhQKFBW]?[0-9a-f]+(?=")/g, "$row"));
  return lines.sort().join("\n");
}

/** Splits a page into its HTML without the payload in its scripts, and that payload. */
function withoutPayload(html: string): [string, string] {
  let payload = "";
  const rest = html.replace(/<script[^>]*>self\.__next_f\.push\(\[1,("(?:[^"\\]|\\.)*")\]\)<\/script>/g, (_, text: string) => {
    payload += JSON.parse(text) as string;
    return "";
  });
  return [rest, payload];
}

function masked(text: string, own: string[]): string {
  let left = text;
  for (const word of own)
    for (const spelling of [word, encodeURIComponent(word), word.replace(/^\+81/, "0"), word.replaceAll("+", "&#x2B;")])
      left = left.replaceAll(spelling, "«own»");
  return (
    left
      .replace(/[A-Za-z0-9+/]{22}==/g, "«nonce»")
      .replace(/"[A-Za-z0-9_-]{21}[a-z]"/g, '"«key»"')
      // Masks the sealed form name of a challenge, also as a React key, and Next's hash of that key.
      .replace(/"[A-Za-z0-9_-]{32}(?=(?: [a-z_]+)?")/g, '"«form»')
      .replace(/"k[0-9a-f]{32}"/g, '"«action key»"')
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, "«time»")
      .replace(/\b\d\d:\d\d(?::\d\d)?\b/g, "«time»")
      .replace(/Expires=[^;]+/g, "Expires=«time»")
      .replace(/(sekisho\.\w+=)[A-Za-z0-9_-]{43}/g, "$1«token»")
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "«id»")
      .replace(/(retry-after: |retryAfter\D{1,10})\d+/g, "$1«wait»")
  );
}

/** Returns the first difference of two texts with its surroundings, or null; a failed test prints it instead of two pages. */
export function difference(left: string, right: string): string | null {
  if (left === right) return null;
  let at = 0;
  while (left[at] === right[at]) at += 1;
  const part = (text: string) => text.slice(Math.max(0, at - 120), at + 120);
  return `…${part(left)}…\n≠\n…${part(right)}…`;
}
