import { describe, expect, it } from "vitest";
import { repeatedKey } from "#lib/api/repeated-key";

// A body with a repeated key is refused, because parsers disagree on which value counts (WB-05).

describe("A repeated key", () => {
  it.each([
    ["beside itself", '{"a":1,"a":1}', "a"],
    ["with others between", '{"a":"b","b":"c" , "a" :null}', "a"],
    ["escaped", String.raw`{"identifier":"a","\u0069dentifier":"b"}`, "identifier"],
    ["escaped twice, differently", String.raw`{"\/":1,"\u002f":2}`, "/"],
    ["deep inside", '{"a":[{"b":{"c":1,"d":[],"c":2}}]}', "c"],
    ["after an object that had it too", '{"a":{"x":1},"b":2,"a":3}', "a"],
    ["of nothing", '{"":1,"":2}', ""],
    ["of the prototype", '{"__proto__":1,"__proto__":2}', "__proto__"],
    ["with quotes and backslashes in it", String.raw`{"\"\\":1,"\"\\":2}`, '"\\'],
    ["over lines", '{"a"\n:\t1,\r\n"a"\n:2}', "a"],
  ])("is found %s", (_, text, key) => {
    JSON.parse(text);
    expect(repeatedKey(text)).toBe(key);
  });

  it.each([
    ["keys in different objects", '{"a":{"a":1},"b":[{"a":1},{"a":2}]}'],
    ["keys by their case", '{"a":1,"A":2}'],
    ["strings that look like keys", String.raw`{"a":"\"a\":1,\"a\":2","b":"a","c":["a","a"],"d":"}{"}`],
    ["strings that end in a backslash", String.raw`{"a":"\\","b":"\\\"","c":1}`],
    ["values alone", '"a"'],
    ["deep arrays", `${"[".repeat(5000)}${"]".repeat(5000)}`],
  ])("is nowhere in %s", (_, text) => {
    JSON.parse(text);
    expect(repeatedKey(text)).toBeNull();
  });

  it("is sought in a time that grows with the text, also in the worst of 64 KiB", () => {
    const began = performance.now();
    for (const text of [`{"a":"${"\\\\".repeat(32_000)}"}`, `{${Array.from({ length: 8000 }, (_, key) => `"${key}":1`).join()}}`])
      expect(repeatedKey(text)).toBeNull();
    expect(performance.now() - began).toBeLessThan(500);
  });
});
