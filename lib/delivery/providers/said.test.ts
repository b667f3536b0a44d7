import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorNamesIn, hear, hearAnswer, listen } from "#lib/delivery/providers/said";

const SECRET = "hush-hush-secret";

describe("What a provider said", () => {
  it.each([
    [
      { code: 20003, message: "Authenticate" },
      { code: "20003", fields: [] },
    ],
    [
      { object: "error", code: "SMS0001", errors: { service_id: ["no"], to: ["no"] } },
      { code: "SMS0001", fields: ["service_id", "to"] },
    ],
    [{ error: { code: "invalid_key", errors: [{ field: "from" }, { param: "to" }] } }, { code: "invalid_key", fields: ["from", "to"] }],
    [{ error: "bad_signature" }, { code: "bad_signature", fields: [] }],
    [{ "invalid-params": [{ name: "text" }] }, { code: null, fields: ["text"] }],
    [
      { sid: "SM", status: "failed", error_code: 30007 },
      { code: "30007", fields: [] },
    ],
    [null, { code: null, fields: [] }],
    [
      { code: { a: 1 }, errors: 7, error: [], details: [null, 1, "x"] },
      { code: null, fields: [] },
    ],
  ])("of %j is %j", (body, names) => expect(errorNamesIn(body, [SECRET])).toEqual(names));

  it("is bounded and printable: no sentences, no long digits, no control characters, eight fields at most", () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`f${index}`, []]));
    expect(errorNamesIn({ errors: many }, []).fields).toHaveLength(8);
    for (const code of ["not authorised", "\u001b[31mred", "0901234", "a".repeat(41), "コード", "AC0123456789abcdef", ""])
      expect(errorNamesIn({ code, errors: { [code]: [] } }, []).code).toBeNull();
  });

  it("has nothing secret in it, however the provider repeats what it was sent", () => {
    const privy = [SECRET, "819012345678", "onlyletterssecret", "Ab_c"];
    for (const part of [...privy, "hush-hush", "HUSH-HUSH-SECRET", "secret", "5678", "letterssecret", "x_Ab_c"]) {
      const body = { code: part, error: { code: part, errors: [{ field: part }] }, errors: { [part]: [] }, field: part };
      expect(errorNamesIn(body, privy)).toEqual({ code: null, fields: [] });
    }
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z_]{8,40}$/), fc.nat(36), (secret, at) => {
        const part = secret.slice(Math.min(at, secret.length - 4));
        expect(errorNamesIn({ code: part, errors: { [part]: [] } }, [secret])).toEqual({ code: null, fields: [] });
      }),
    );
  });

  it("is kept for the calls of a trial alone, each with its own", async () => {
    hear({ by: "network", failure: "refused" });
    hearAnswer(500, () => {
      throw new Error("a body was read without a trial");
    });
    const one = (status: number) =>
      listen([], async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        hearAnswer(status, () => ({ code: status }));
      });
    const [first, second, quiet] = await Promise.all([one(401), one(404), listen([], async () => 7)]);
    expect([first.said, second.said, quiet]).toEqual([
      { by: "http", status: 401, code: "401", fields: [] },
      { by: "http", status: 404, code: "404", fields: [] },
      { value: 7, said: null },
    ]);
  });
});
