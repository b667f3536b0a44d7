import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { acceptedHost, isAbsent, parseTarget } from "./target.ts";

const demo = ["http://localhost:3000", "http://127.0.0.1:3000"];

describe("acceptedHost", () => {
  test.each([
    [["localhost:3000"], "localhost:3000"],
    [["LOCALHOST:3000"], "localhost:3000"],
    [["127.0.0.1:3000"], "127.0.0.1:3000"],
    [["localhost"], null],
    [["localhost:3000", "localhost:3000"], null],
    [[], null],
    [["evil.example@localhost:3000"], null],
    [["localhost:3000/"], null],
    [["localhost:3000,evil.example"], null],
    [["localhost.:3000"], null],
  ])("%j → %s", (hosts, expected) => expect(acceptedHost(hosts, demo)).toBe(expected));

  test("production accepts the host of APP_URL without its default port", () => {
    expect(acceptedHost(["login.example.jp"], ["https://login.example.jp"])).toBe("login.example.jp");
    expect(acceptedHost(["login.example.jp:3000"], ["https://login.example.jp"])).toBeNull();
  });
  test("nothing but the accepted hosts is ever accepted", () =>
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.webAuthority()),
        (host) => acceptedHost([host], demo) === null || demo.includes(`http://${host.toLowerCase()}`),
      ),
    ));
});

describe("parseTarget", () => {
  test.each(["/", "/sign-in", "/sign-in?returnTo=%2Faccount", "/_next/static/chunks/a~b.js", "/a%20b", "/%E9%96%A2%E6%89%80"])(
    "%s is read",
    (target) => expect(parseTarget(target).ok).toBe(true),
  );
  test.each([
    "*",
    "",
    "http://a/b",
    "//a/b",
    "/a//b",
    "/a/./b",
    "/a/..",
    "/a/%2e%2e/b",
    "/%61ccount",
    "/a%2Fb",
    "/a%5Cb",
    "/a\\b",
    "/a%00",
    "/a?b=%00",
    "/a%",
    "/a%ff",
    "/a%250",
    "/a#b",
    "/あ",
    "/a b",
  ])("%s is refused", (target) => expect(parseTarget(target)).toEqual({ ok: false, status: 400 }));
  test("8 KiB and one character is too long", () => expect(parseTarget(`/${"a".repeat(8192)}`)).toEqual({ ok: false, status: 414 }));
  test("a path that is read means the same decoded or not, as far as routes go", () =>
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        const target = parseTarget(path || "/");
        if (!target.ok) return true;
        return (
          decodeURIComponent(target.path).split("/").length === target.path.split("/").length &&
          new URL(target.path, "http://a").pathname === target.path
        );
      }),
    ));
});

describe("isAbsent", () => {
  test.each(
    "/_next /_next/image /_next/webpack-hmr /_next/data/a.json /_global-error /_not-found /_error /__nextjs_font/a /a.js.map /.env /.git/HEAD /a/.b /.well-known/.x".split(
      " ",
    ),
  )("%s is absent from a production build", (path) => expect(isAbsent(path, { dev: false, demo: true })).toBe(true));
  test.each(["/sign-in", "/_next/static/a.js", "/.well-known/security.txt", "/demo/phone"])("%s is there", (path) =>
    expect(isAbsent(path, { dev: false, demo: true })).toBe(false),
  );
  test.each(["/demo", "/demo/phone", "/api/demo/clock"])("%s exists in demo mode alone", (path) =>
    expect(isAbsent(path, { dev: false, demo: false })).toBe(true),
  );
});
