import { describe, expect, it } from "vitest";
import { z } from "zod";
import { bodies } from "#lib/api/contract/bodies";
import { fieldsOf, judgeFields, shown } from "#lib/web/read-form";

// The call's schema validates a form; the page handles that browsers send an empty field as an empty string (WB-05).

const judged = (schema: z.ZodObject, fields: Record<string, string>) => {
  const result = judgeFields(schema, fields);
  return result.ok ? result.value : result.error.fields;
};

describe("The fields of a form", () => {
  const schema = bodies.signIn.extend({ returnTo: z.string().optional() });

  it("are the input of the call when its schema takes them", () =>
    expect(judged(schema, { identifier: " a@b.jp ", password: "   " })).toEqual({ identifier: " a@b.jp ", password: "   " }));

  it("that the schema requires are asked for when they are absent or empty, and an address of spaces is empty", () => {
    expect(judged(schema, {})).toEqual({ identifier: "required", password: "required" });
    expect(judged(schema, { identifier: "\u3000 ", password: "" })).toEqual({ identifier: "required", password: "required" });
  });

  it("have the bounds of the call", () => {
    for (const [name, limit] of [
      ["identifier", 512],
      ["password", 4096],
    ] as const) {
      const fields = { identifier: "a", password: "b", [name]: "x".repeat(limit) };
      expect(judged(schema, fields)).toEqual(fields);
      expect(judged(schema, { ...fields, [name]: "x".repeat(limit + 1) })).toEqual({ [name]: "invalid_input" });
    }
  });

  it("that the schema does not know are refused", () =>
    expect(judgeFields(schema, { identifier: "a", password: "b", admin: "1" }).ok).toBe(false));

  it("are strings that occur once, without NUL and without those of Next", () => {
    const form = (...pairs: [string, string | Blob][]) => {
      const made = new FormData();
      for (const [name, value] of pairs) made.append(name, value);
      return made;
    };
    expect(fieldsOf(form(["a", "1"], ["$ACTION_ID_x", ""], ["form", "x"], ["form", "y"]), "form")).toEqual({ a: "1" });
    expect(Object.keys(fieldsOf(form(["__proto__", "1"]), undefined) ?? {})).toEqual(["__proto__"]);
    for (const odd of [form(["a", "1"], ["a", "1"]), form(["a", "\0"]), form(["a", new Blob(["1"])])])
      expect(fieldsOf(odd, undefined)).toBeNull();
    expect(judgeFields(schema, null)).toEqual({ ok: false, error: { code: "invalid_input" } });
  });

  it("come back without password and code", () =>
    expect(shown({ identifier: "a", password: "b", code: "1", channel: "sms" })).toEqual({ identifier: "a", channel: "sms" }));
});
