import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { askedHost, readAsked } from "#lib/sites/asked";
import { carriedPath, isPrefix, levelOf, pathBack, pathFrom, siteHost, suffices } from "#lib/sites/site";

describe("The host of a site", () => {
  it.each([
    ["App.Example.CO.JP", "app.example.co.jp"],
    ["app.example.co.jp.", "app.example.co.jp"],
    ["app.example.co.jp:443", "app.example.co.jp"],
    ["app.example.co.jp:8443", "app.example.co.jp:8443"],
    ["関所.example", "xn--8ous75i.example"],
    ["127.0.0.1", "127.0.0.1"],
  ])("%j is %j", (typed, host) => expect(siteHost(typed, "https:")).toBe(host));

  it.each(["", "a b", "a/b", "https://a", "a@b", "*.example", "a?b", "a#b", "a\\b", "[::1]", "a..b", "-a.example", "a_b.example", "%61"])(
    "%j is none",
    (typed) => expect(siteHost(typed, "https:")).toBeNull(),
  );

  it("has one spelling, whatever is read", () => {
    fc.assert(
      fc.property(fc.string(), (typed) => {
        const host = siteHost(typed, "https:");
        if (host !== null) expect([siteHost(host, "https:"), new URL(`https://${host}/x`).host]).toEqual([host, host]);
      }),
    );
  });
});

const site = { level: "aal1", levels: { "/admin": "passkey", "/pay/": "aal2" } } as const;

describe("The level of a path", () => {
  it.each([
    ["/", "aal1"],
    ["/x?to=/admin", "aal1"],
    ["/pay", "aal2"],
    ["/pay/1", "aal2"],
    ["/pays", "aal1"],
    ["/admin", "passkey"],
    ["/admin/users?x=1", "passkey"],
    ["/administrators", "passkey"],
    ["/x/..y/.z/a%23b%5Cc;d", "aal1"],
  ])("of %j is %s", (target, level) => expect(levelOf(site, target)).toBe(level));

  it.each([
    ...[
      "/ADMIN",
      "/%61dmin",
      "/%2561dmin",
      "//admin",
      "/./admin",
      "/x/../admin",
      "/x/%2e%2e/admin",
      "/x%2f..%2fadmin",
      "/\\admin",
      "/%5cadmin",
    ],
    ...["/;a=b/admin", "/admin;x", "/%", "/%zz", "/%25252525252561dmin", "/%2f/admin", "/x/..%5cadmin", "/%ff", "/.;/admin", "/admin%00"],
    // Services parse slashes, parameters and the end of a path differently, so dot segments lead to different pages.
    ...[
      "/x\\y/../admin",
      "/x%5Cy/%2e%2e/admin",
      "/x%5cy/..%2fadmin",
      "/x/../admin/..;/y",
      "/x#/../admin",
      "/x/..#/../admin",
      "/;%0a/admin",
    ],
  ])("of %j is that of the page which a service might read in it", (target) => expect(levelOf(site, target)).toBe("passkey"));

  it("of a prefix is never below that of its host", () => {
    expect(levelOf({ level: "passkey", levels: { "/": "aal1" } }, "/")).toBe("passkey");
    expect([suffices("aal2", "aal1"), suffices("aal2", "passkey"), suffices("passkey", "passkey")]).toEqual([true, false, true]);
  });

  it("is set for beginnings of paths in one spelling alone", () => {
    expect(["/", "/admin", "/a-b/c.d_e~"].every(isPrefix)).toBe(true);
    expect(["", "admin", "//a", "/a?b", "/%61", "/a;b", "/a/../b", "/a\\b", "/日本", "/a b"].some(isPrefix)).toBe(false);
  });
});

describe("The path to come back to", () => {
  it.each([
    ["/reports?x=1&y=%2F", "/reports?x=1&y=%2F"],
    ["/.sekisho/finish?ticket=x", "/"],
    ["https://evil.example/", "/"],
    ["/a b", "/"],
    ["/a\r\nX: y", "/"],
  ])("of %j is %j", (target, path) => expect(pathBack(target)).toBe(path));

  it("is shorter where a target is too long to be carried", () => {
    expect([pathBack(`/a?${"x".repeat(2000)}`), pathBack(`/${"x".repeat(2000)}`)]).toEqual(["/a", "/"]);
  });

  it("stays at the host of the site, whatever a link carries", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.webUrl(),
          fc.constantFrom("//evil.example", "/\\evil.example", "@evil.example", ".evil.example", ":1@evil.example"),
        ),
        (text) => {
          for (const carried of [text, carriedPath(text), carriedPath(`/${text}`)])
            expect(new URL(`https://app.example${pathFrom(carried)}`).host).toBe("app.example");
        },
      ),
    );
  });
});

const headers = {
  "x-forwarded-host": "app.example",
  "x-forwarded-proto": "https",
  "x-forwarded-method": "GET",
  "x-forwarded-uri": "/a?b=c",
};

describe("What a proxy says", () => {
  it("is read whole or not at all", () => {
    expect(readAsked(headers, "https:")).toEqual({ host: "app.example", secure: true, method: "GET", target: "/a?b=c", page: false });
    for (const name of Object.keys(headers))
      for (const value of [undefined, "", "app.example, evil.example", "https, http", "a b", ["a", "b"]])
        expect(readAsked({ ...headers, [name]: value }, "https:"), `${name} ${value}`).toHaveProperty("unread");
  });

  it("names a host in any spelling of its letters, and one alone", () => {
    for (const host of ["APP.example", "app.example.", "app.example:443"])
      expect(askedHost({ "x-forwarded-host": host }, "https:")).toBe("app.example");
    for (const host of ["app.example@evil.example", "app.example/x", "evil.example#app.example", "app。example", "app.example,app.example"])
      expect(askedHost({ "x-forwarded-host": host }, "https:")).toBeNull();
  });

  it.each([
    ["a navigation", { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" }, true],
    ["an older browser", { accept: "text/html,*/*" }, true],
    ["a frame", { "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" }, false],
    ["a script", { "sec-fetch-mode": "cors", accept: "text/html" }, false],
    ["an older script", { "x-requested-with": "XMLHttpRequest", accept: "text/html" }, false],
    ["a program", { accept: "*/*" }, false],
    ["a socket", { accept: "text/html", upgrade: "websocket" }, false],
    ["a socket whose Upgrade the proxy kept", { accept: "text/html", "sec-websocket-key": "x" }, false],
  ])("tells %s from what shows no page", (_, more, page) => expect(readAsked({ ...headers, ...more }, "https:")).toMatchObject({ page }));
});
