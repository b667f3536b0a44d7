import { describe, expect, test } from "vitest";
import { routeAt } from "#lib/api/contract/table";
import { allowed, mask } from "../log.ts";
import { admissionRefusal } from "./admission.ts";
import { cacheControl, contentSecurityPolicy, headersForNext, referrerPolicy } from "./headers.ts";
import { leadingStatus, probes, replacementFor } from "./outcome.ts";
import { policyOf } from "./policy.ts";
import { languageOfRequest } from "./words.ts";

const self = "https://login.example.jp";
/** Returns the policy of a path from the API's table, or by its location. */
const policyAt = (path: string) => routeAt(path)?.policy ?? policyOf(path);
const ask = (method: string, path: string, headers: Record<string, string>) =>
  admissionRefusal({ method, policy: policyAt(path), self, headers })?.status ?? "in";
const json = { "content-type": "application/json", "content-length": "2" };
const form = { "content-type": "application/x-www-form-urlencoded", "content-length": "2" };

describe("An answer that goes elsewhere", () => {
  test.each([301, 302, 303, 307, 308])("after a POST leads to another page by 303 (%d)", (status) =>
    expect(leadingStatus("POST", status)).toBe(303),
  );
  test.each([
    ["GET", 307, 307],
    ["HEAD", 308, 308],
    ["POST", 200, 200],
    ["POST", 304, 304],
    ["POST", 409, 409],
  ])("%s %d stays %d", (method, status, expected) => expect(leadingStatus(method, status)).toBe(expected));
});

describe("The probe", () => {
  test.each([
    ["GET", "/sign-in", undefined, "page", true],
    ["GET", "/sign-up", undefined, "fetch", true],
    ["POST", "/verify", undefined, "page", true],
    ["GET", "/", undefined, "page", false],
    ["GET", "/sign-in", "locale=ja", "page", false],
    ["POST", "/api/v1/sign-in", undefined, "api", false],
  ] as const)("%s %s with cookie %s, %s: %s", (method, path, cookie, kind, expected) =>
    expect(probes({ method, path, cookie }, kind)).toBe(expected),
  );
});

describe("Admission", () => {
  test.each([
    ["GET", "/sign-in", { origin: "https://evil.example" }, "in"],
    ["POST", "/sign-in", { origin: self, ...form }, "in"],
    ["POST", "/sign-in", { origin: self, "sec-fetch-site": "same-origin" }, "in"],
    ["POST", "/sign-in", { origin: self, "sec-fetch-site": "same-site" }, 403],
    ["POST", "/sign-in", { ...json }, 403],
    ["DELETE", "/account", {}, 405],
    ["DELETE", "/_next/static/a.js", { origin: self }, 405],
    ["POST", "/api/v1/a", { ...json }, "in"],
    ["POST", "/api/v1/a", { "content-type": "Application/JSON ; charset=utf-8", "content-length": "2" }, "in"],
    ["POST", "/api/v1/a", { ...form }, 415],
    ["POST", "/api/v1/a", { origin: self, ...form }, 415],
    ["POST", "/api/v1/a", { origin: self }, "in"],
    ["POST", "/api/v1/a", {}, 403],
    ["POST", "/api/v1/a", { "sec-fetch-dest": "empty", "sec-fetch-mode": "cors", ...json }, 403],
    ["POST", "/api/v1/a", { "sec-fetch-mode": "cors", ...json }, "in"],
    ["POST", "/api/v1/a", { origin: "null", ...json }, 403],
    ["DELETE", "/api/v1/session", {}, "in"],
    ["POST", "/api/auth/signout", { ...form }, 403],
    ["POST", "/api/auth/signout", { origin: self, ...form }, "in"],
    ["POST", "/api/receipts/x", { origin: "https://twilio.example", ...form }, "in"],
    ["POST", "/api/receipts/x", { "content-length": "65537" }, 413],
    ["GET", "/a", { "content-length": "1" }, 400],
    ["HEAD", "/a", { "transfer-encoding": "chunked" }, 400],
    ["GET", "/a", { "content-length": "0" }, "in"],
    ["GET", "/a", { upgrade: "WebSocket" }, 400],
    ["PUT", "/a", { origin: self }, 405],
  ] as const)("%s %s %j → %s", (method, path, headers, expected) => expect(ask(method, path, headers)).toBe(expected));
});

describe("The family of a path", () => {
  test.each([
    ["/api/v1/sign-in", "api"],
    ["/api/other", "api"],
    ["/api/auth/session", "auth"],
    ["/api/receipts/x", "receipts"],
    ["/api/receipts/x/voice", "receipts"],
    ["/api/receiptsx", "api"],
    ["/api/demo/clock", "demo"],
    ["/api/health/live", "health"],
    ["/api/health/other", "api"],
    ["/api/metrics", "metrics"],
    ["/_next/static/a.js", "static"],
    ["/API/receipts/x", "page"],
    ["/apix", "page"],
  ])("%s is %s", (path, family) => expect(policyAt(path).family).toBe(family));
});

describe("Outcome", () => {
  const base = { status: 500, contentType: "text/html", actionNotFound: false, kind: "page" } as const;
  const calm = { ours: true, databaseUnavailable: false };
  test.each([
    ["a body that is no action call", base, { ...calm, ours: false }, 400],
    ["a page or an action of ours that failed", base, calm, 500],
    ["the database is gone", base, { ours: true, databaseUnavailable: true }, 503],
    ["a route of the API that failed", { ...base, kind: "api" }, calm, 500],
    [
      "a use case that said so itself",
      { ...base, status: 503, kind: "api", contentType: "application/problem+json" },
      { ...calm, databaseUnavailable: true },
      null,
    ],
    ["an old page without scripts", { ...base, status: 404, actionNotFound: true }, calm, 409],
    [
      "an old page with scripts: Next's client understands the answer",
      { ...base, status: 404, actionNotFound: true, kind: "fetch" },
      calm,
      null,
    ],
    ["all is well", { ...base, status: 200 }, calm, null],
  ] as const)("%s", (_, outcome, context, expected) => expect(replacementFor(outcome, context)).toBe(expected));
});

describe("Headers", () => {
  const passed = {
    host: "login.example.jp",
    origin: self,
    clientIp: "203.0.113.5",
    country: undefined,
    countryHeader: "cf-ipcountry",
    nonce: "n",
    id: "i",
    internal: false,
    internalToken: "t",
    dev: false,
  };
  test("what could be believed is replaced, what is needed passes", () => {
    const forged =
      "x-forwarded-for x-forwarded-host x-forwarded-proto x-forwarded-server forwarded x-real-ip x-middleware-subrequest x-nextjs-data x-nonce content-security-policy content-security-policy-report-only x-sekisho-client-ip x-sekisho-country cf-ipcountry x-sekisho-internal x-action-forwarded x-next-revalidated-tags next-resume x-matched-path".split(
        " ",
      );
    const sent = {
      ...Object.fromEntries(forged.map((name) => [name, "forged"])),
      cookie: "a=b",
      "next-action": "id",
      rsc: "1",
      "next-router-state-tree": "x",
      origin: self,
    };
    const headers = headersForNext(sent, passed);
    expect(Object.values(headers)).not.toContain("forged");
    expect(headers).toMatchObject({
      cookie: "a=b",
      "next-action": "id",
      rsc: "1",
      origin: self,
      host: "login.example.jp",
      "x-forwarded-proto": "https",
      "x-forwarded-port": "443",
    });
    expect(headers).toMatchObject({ "x-sekisho-client-ip": "203.0.113.5", "content-security-policy": contentSecurityPolicy("n", false) });
    expect(headersForNext(sent, { ...passed, country: "JP" })["x-sekisho-country"]).toBe("JP");
  });
  test("only build and public files may be kept, and only when they are served", () => {
    expect(cacheControl("public, max-age=1", 200, true)).toBe("public, max-age=1");
    expect(cacheControl("public, max-age=1", 404, true)).toBe("no-store");
    expect(cacheControl("s-maxage=31536000", 200, false)).toBe("no-store");
    expect(cacheControl(undefined, 200, true)).toBe("no-store");
  });
  test("a stricter referrer policy stands, a laxer one does not", () => {
    expect([referrerPolicy("no-referrer"), referrerPolicy("unsafe-url"), referrerPolicy(undefined)]).toEqual([
      "no-referrer",
      "same-origin",
      "same-origin",
    ]);
  });
});

test.each([
  [undefined, undefined, "ja"],
  [undefined, "en", "en"],
  [undefined, "en-US,en;q=0.9", "en"],
  [undefined, "ja,en;q=0.9", "ja"],
  [undefined, "en;q=0.4, ja;q=0.5", "ja"],
  [undefined, "fr, en;q=0.1", "en"],
  ["a=b; locale=en", "ja", "en"],
  ["locale=fr", "en", "en"],
] as const)("Cookie %s and Accept-Language %s → %s", (cookie, header, expected) =>
  expect(languageOfRequest(cookie, header)).toBe(expected),
);

describe("The log", () => {
  test("has no field for a secret and masks secrets in texts, CR and LF included", () => {
    const fields = {
      code: "123456",
      password: "p",
      cookie: "c",
      number: "+819011112222",
      path: "/a\r\nb",
      error: new Error("code 123456 for a@b.jp, +81 90-1111-2222"),
    };
    const line = JSON.stringify(allowed(fields));
    expect(line).not.toMatch(/123456|password|cookie|number"|a@b|1111|\n/);
    expect(mask("token Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg port 3000 at 127.0.0.1")).toBe("token [token] port 3000 at 127.0.0.1");
    expect(mask(`Unexpected token 'h', "hunter2pas"... is not valid JSON`)).toBe(`Unexpected token 'h', "…" is not valid JSON`);
    expect(mask("postgres://user:secret@host/db")).toBe("[address]");
  });

  test("has a field for the head of the audit log that takes nothing else", () => {
    const head = `123456789:${"0a".repeat(32)}`;
    expect(allowed({ head })).toEqual({ head });
    for (const other of ["123456", `1:${"0a".repeat(31)}`, `${head} x`, `+81${head}`]) expect(allowed({ head: other })).toEqual({});
  });
});
