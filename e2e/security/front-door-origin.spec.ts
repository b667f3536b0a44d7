import { expect, test } from "@playwright/test";
import { ask, baseUrl, type RawAnswer } from "../support/raw.ts";

const { host, origin, port } = baseUrl();
const JSON_TYPE = { "Content-Type": "application/json" };
const FORM_TYPE = { "Content-Type": "application/x-www-form-urlencoded" };
const code = (answer: RawAnswer) => (JSON.parse(answer.body) as { code: string }).code;

test.describe("Origin (I03): a state change comes from a page of this site or from a program, never from a page of another", () => {
  const foreign = [
    "https://evil.example",
    "null",
    `https://${host}`,
    `http://localhost:${Number(port) + 1}`,
    `http://evil.${host}`,
    `${origin}.evil.example`,
    `${origin}/`,
  ];

  for (const value of foreign) {
    test(`A page action with Origin ${value} is refused with 403 and a page for people.`, async () => {
      const answer = await ask("POST", "/sign-in", { Origin: value, ...FORM_TYPE }, "a=b");
      expect(answer.status).toBe(403);
      expect(answer.headers["content-type"]).toContain("text/html");
    });
    test(`An API call with Origin ${value} is refused with 403 forbidden_origin.`, async () => {
      const answer = await ask("POST", "/api/v1/sign-in", { Origin: value, ...JSON_TYPE }, "{}");
      expect([answer.status, code(answer)]).toEqual([403, "forbidden_origin"]);
    });
  }

  test("A page action without Origin is refused, whatever its content type.", async () => {
    for (const type of [
      JSON_TYPE,
      FORM_TYPE,
      { "Content-Type": "multipart/form-data; boundary=x" },
      { "Content-Type": "text/plain", "Next-Action": "0".repeat(42) },
    ])
      expect((await ask("POST", "/sign-in", type, "a=b")).status).toBe(403);
  });

  test("The names localhost and 127.0.0.1 are two origins: one may not act on the other.", async () => {
    const other = host.startsWith("localhost") ? "127.0.0.1" : "localhost";
    expect((await ask("POST", "/sign-in", { Origin: `http://${other}:${port}`, ...FORM_TYPE }, "a=b")).status).toBe(403);
  });

  test("Sec-Fetch-Site other than same-origin or none refuses a state change, even with the right Origin.", async () => {
    for (const site of ["cross-site", "same-site", "something-new"])
      expect((await ask("POST", "/api/v1/sign-in", { Origin: origin, "Sec-Fetch-Site": site, ...JSON_TYPE }, "{}")).status).toBe(403);
  });

  test("A browser that hides its Origin is not taken for a program.", async () => {
    expect(
      (await ask("POST", "/api/v1/sign-in", { "Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "no-cors", ...JSON_TYPE }, "{}")).status,
    ).toBe(403);
    expect((await ask("DELETE", "/api/v1/session", { "Sec-Fetch-Site": "none" })).status).toBe(403);
  });

  test("A program without Origin sends JSON and nothing else; DELETE without a body needs no type.", async () => {
    expect((await ask("POST", "/api/v1/sign-in", JSON_TYPE, "{}")).status).not.toBe(403);
    expect((await ask("DELETE", "/api/v1/session")).status).not.toBe(403);
    expect((await ask("POST", "/api/v1/sign-in")).status).toBe(403);
    expect((await ask("POST", "/api/auth/signout", FORM_TYPE, "a=b")).status).toBe(403);
  });

  test("The API refuses bodies that are not JSON with 415 unsupported_media_type.", async () => {
    const types: Record<string, string>[] = [{ ...FORM_TYPE, Origin: origin }, { "Content-Type": "text/plain" }, { Origin: origin }];
    for (const type of types) {
      const answer = await ask("POST", "/api/v1/sign-in", type, "{}");
      expect([answer.status, code(answer)]).toEqual([415, "unsupported_media_type"]);
    }
  });
});
