import { describe, expect, it } from "vitest";
import { z } from "zod";
import { call, json } from "#lib/api/call";
import type { ApiCall } from "#lib/http/called";

// Invalid text is refused and never repaired, because repair would make two different passwords equal (WB-05, PW-01).

const echo = call(z.object({ password: z.string().max(4096) }), async ({ password }) => json({ password }));
const sent = async (body: Buffer | string) => {
  const { status, body: text } = await echo({ body: Buffer.from(body) } as Partial<ApiCall> as ApiCall);
  return { status, text, body: JSON.parse(text) };
};
const around = (...bytes: number[]) => Buffer.concat([Buffer.from('{"password":"a'), Buffer.from(bytes), Buffer.from('"}')]);

describe("A body", () => {
  it.each([
    ["a byte that is no UTF-8", around(0xff)],
    ["an overlong slash", around(0xc0, 0xaf)],
    ["half a surrogate pair in UTF-8", around(0xed, 0xa0, 0x80)],
    ["a character that is cut off", around(0xe3, 0x81)],
    ["half a surrogate pair as an escape", '{"password":"a\\ud800"}'],
    ["NUL", '{"password":"a\\u0000"}'],
    ["UTF-16", Buffer.from('{"password":"a"}', "utf16le")],
  ])("with %s is refused", async (_, body) => expect((await sent(body)).status).toBe(422));

  it("is read past a byte order mark", async () =>
    expect(await sent('\ufeff{"password":"a"}')).toMatchObject({ status: 200, body: { password: "a" } }));

  it.each(["a\ufffd", "茶碗 \u{1f375}", "e\u0301"])("with %j is read as it is", async (password) =>
    expect(await sent(JSON.stringify({ password }))).toMatchObject({ status: 200, body: { password } }),
  );

  it.each(["__proto__", "constructor", "toString"])("with the field %s is refused by that name", async (name) =>
    expect((await sent(`{"password":"a","${name}":1}`)).text).toContain(`"errors":{"${name}":"invalid_input"}`),
  );
});
