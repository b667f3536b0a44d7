/** The first key that an object of a valid JSON text has twice, however it is escaped, or null: `JSON.parse` would silently take the last (WB-05). */
export function repeatedKey(json: string): string | null {
  const open: Set<string>[] = [];
  // In valid JSON a string before a colon is a key, and of the innermost object: an array between them has no keys.
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
