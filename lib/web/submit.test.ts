import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { HasherBusy } from "#lib/crypto/password-hash";
import { DatabaseUnavailable } from "#lib/db/pool";
import { type RequestContext, runInRequest } from "#lib/request";
import { fail, ok } from "#lib/result";

vi.mock("next/navigation", () => ({
  redirect: (path: string) => {
    throw new Error(`to ${path}`);
  },
}));
vi.mock("next/cache", () => ({ refresh: vi.fn(), revalidatePath: vi.fn() }));
vi.mock("next/headers", () => ({ headers: async () => new Headers(), cookies: async () => ({ get: () => undefined, getAll: () => [] }) }));

import { press, submit } from "#lib/web/submit";
import { type Tie, untied } from "#lib/web/ties";

const schema = z.object({ number: z.string().max(10), password: z.string().optional() });
const formOf = (fields: Record<string, string>) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
};
const sent = { schema, tie: untied, previous: { round: 4 }, form: formOf({ number: "090", password: "secret" }) };
const outages = [new DatabaseUnavailable("gone"), new HasherBusy("full")];
const throws = (error: Error) => async () => Promise.reject(error);
let context: RequestContext;
beforeEach(() => {
  context = { id: "A", clientIp: "127.0.0.1", nonce: "", ours: false, databaseUnavailable: false };
});

describe("A form", () => {
  it("leads where its use case says, or is drawn anew", async () => {
    await expect(submit(sent, async () => ok("/verify"))).rejects.toThrow("to /verify");
    expect(await submit(sent, async () => ok(null))).toEqual({ round: 5 });
  });

  it("shows a refusal beside what was typed, without secrets, and with the values that the use case changed", async () => {
    expect(await submit(sent, async () => fail({ code: "too_many_sends", retryAfter: 9 }))).toEqual({
      code: "too_many_sends",
      retryAfter: 9,
      values: { number: "090" },
      round: 5,
    });
    const changed = await submit(sent, async () => fail({ code: "number_not_accepted", values: { channel: "voice" } }));
    expect(changed.values).toEqual({ number: "090", channel: "voice" });
  });

  it.each(outages)("that meets an outage becomes what the form shows: %s", async (outage) => {
    const shown = { code: "unavailable", retryAfter: 5, values: { number: "090" }, round: 5 };
    expect(await submit(sent, throws(outage))).toEqual(shown);
    const tie: Tie<object> = { resolve: throws(outage) };
    expect(await submit({ ...sent, tie }, async () => ok("/verify"))).toEqual(shown);
    await expect(press(sent, throws(outage))).rejects.toThrow(outage);
  });

  it("throws on a bug", async () => expect(submit(sent, throws(new TypeError("a bug")))).rejects.toThrow("a bug"));

  it("judges its tie before its fields, and runs nothing when either refuses", async () => {
    const run = vi.fn(async () => ok("/verify"));
    const tie: Tie<object> = { resolve: async () => fail({ code: "cookies_blocked" }) };
    const long = formOf({ number: "x".repeat(11) });
    expect((await submit({ ...sent, tie, form: long }, run)).code).toBe("cookies_blocked");
    expect(await submit({ ...sent, form: long }, run)).toMatchObject({ code: "invalid_input", fields: { number: "invalid_input" } });
    await press({ ...sent, form: long }, run);
    expect(run).not.toHaveBeenCalled();
  });

  it("counts as ours once it was read, and what is no form never does", async () => {
    await runInRequest(context, async () => {
      expect(await submit({ ...sent, form: "x" as unknown as FormData }, async () => ok("/"))).toEqual({
        code: "invalid_input",
        values: {},
        round: 5,
      });
      expect(context.ours).toBe(false);
      await submit(sent, async () => ok(null));
      expect(context.ours).toBe(true);
    });
  });
});
