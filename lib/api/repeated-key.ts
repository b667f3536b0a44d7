/**
 * Returns the first key that an object of a valid JSON text repeats, in any escaping, or null; `JSON.parse` would silently keep the last (WB-05).
 */
export function repeatedKey(json: string): string | null {
  const open: Set<string>[] = [];
  // In valid JSON a string before a colon is a key of the innermost open object; arrays have no keys and need no tracking.
  for (const [token, text, colon] of json.matchAll(/("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (text && colon) {
      const key = JSON.parse(text) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return null;
}
