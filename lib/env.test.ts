import { describe, expect, it } from "vitest";
import { parseEnv, readOwnerUrl } from "#lib/env";

const given = { DATABASE_URL: "postgres://later", APP_KEYS: `later:${"A1".repeat(22)}` };
const refused = (more: Record<string, string>) => {
  try {
    parseEnv({ ...given, ...more });
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};

describe("A name that goes into every text is a name and nothing else (SM-01, WB-10, H10)", () => {
  it.each(["関所", "Sekisho", "十二文字の長いサービス名", "A&B商店", "St.Marc", "Ｅｘ（株）", "<b>", "{code}", "$&", "é", "🏯"])(
    "%j is taken",
    (name) => expect(parseEnv({ ...given, SERVICE_NAME: name }).SERVICE_NAME).toBe(name),
  );

  it.each([
    " ",
    "　",
    "a\nb",
    "a\rb",
    "a\u2028b",
    "a\tb",
    "a\0b",
    "\u202eabc",
    "a\u200bb",
    "a\u2066b",
    "👨‍👩‍👧",
    "\n@e.jp #1",
    "@evil",
    "a #123456",
    "evil.com",
    "例.jp",
    "evil．com",
    "x.shop/a",
    "http://a",
    "www.a",
    "十三文字ある長いサービス名",
  ])("%j is refused by the variable's name, without its value", (name) => {
    const message = refused({ SERVICE_NAME: name });
    expect(message).toContain("SERVICE_NAME");
    if (name.trim().length > 1) expect(message).not.toContain(name);
  });

  it.each(["0005\n1234", "<b>", "0005@1234", "1".repeat(17)])("a sender that people are told to expect is not %j", (sender) =>
    expect(refused({ SENDER_NUMBER: sender })).toContain("SENDER_NUMBER"),
  );
});

describe("A production that lacks something", () => {
  it("hears of all of it at once", () => {
    const message = (() => {
      try {
        parseEnv({ SEKISHO_MODE: "production" });
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    })();
    expect(message).toMatch(/^ {2}TRUSTED_PROXIES: is missing: name the proxy/m);
    for (const name of ["APP_URL", "DATABASE_URL", "APP_KEYS"]) expect(message).toMatch(new RegExp(`^  ${name}: is missing$`, "m"));
  });

  it.each(["options=-c%20jit%3Don", "sslmode=require&statement_timeout=5", "query_timeout=1", "replication=true"])(
    "refuses a database URL that would replace what our connections rely on: %s",
    (query) => {
      for (const name of ["DATABASE_URL", "DATABASE_OWNER_URL"])
        expect(() => parseEnv({ ...given, [name]: `postgres://db.example.jp/sekisho?${query}` })).toThrow(`${name}: must not set options`);
    },
  );

  it("accepts a database URL that says how to reach the server", () => {
    const DATABASE_URL = "postgres://db.example.jp/sekisho?sslmode=verify-full&application_name=login";
    expect(parseEnv({ ...given, DATABASE_URL }).DATABASE_URL).toBe(DATABASE_URL);
  });
});

describe("The decision on proxies", () => {
  const production = { SEKISHO_MODE: "production", APP_URL: "https://login.example.jp" };

  it("is needed where all else is right", () => expect(refused(production)).toMatch(/^ {2}TRUSTED_PROXIES: is missing: .*none/m));

  it.each(["none", "10.0.0.0/8", "::ffff:10.0.0.0/104"])("is taken as %s", (value) =>
    expect(parseEnv({ ...given, ...production, TRUSTED_PROXIES: value }).TRUSTED_PROXIES).toBe(value),
  );

  it("is none in demo mode", () => expect(parseEnv(given).TRUSTED_PROXIES).toBe("none"));
});

describe("The login that migrates", () => {
  const [owner, app] = ["postgres://owner@h/d", "postgres://app@h/d"];
  it.each([
    ["the owner's wherever it is given", { DATABASE_OWNER_URL: owner, DATABASE_URL: app }, owner],
    ["the application's where one login is accepted", { SEKISHO_MODE: "production", DATABASE_URL: app, DATABASE_ONE_LOGIN: "accept" }, app],
    ["the demo's own", { DATABASE_URL: app }, null],
  ])("is %s", (_, variables, expected) => expect(readOwnerUrl(variables)).toBe(expected));

  it.each([
    [{ SEKISHO_MODE: "production", DATABASE_URL: app }, /DATABASE_OWNER_URL: is missing/],
    [{ SEKISHO_MODE: "production", DATABASE_URL: app, DATABASE_ONE_LOGIN: "yes" }, /^DATABASE_ONE_LOGIN: /],
    [{ DATABASE_OWNER_URL: "mysql://owner@h/d" }, /^DATABASE_OWNER_URL: must be a postgres/],
  ])("is not guessed: %j", (variables, message) => expect(() => readOwnerUrl(variables)).toThrow(message));
});

describe("The head of the audit log", () => {
  const secret = "0123456789abcdef0123456789abcdef";

  it.each(["https://audit.example.jp/heads", "http://localhost:9000", "http://127.0.0.1/x", "http://[::1]:1/"])(
    "may be posted to %s",
    (url) => expect(parseEnv({ ...given, AUDIT_WEBHOOK_URL: url, AUDIT_WEBHOOK_SECRET: secret }).AUDIT_WEBHOOK_URL).toBe(url),
  );

  it.each(["http://audit.example.jp", "http://127.0.0.1.example.jp", "ftp://localhost", "nothing"])("may not be posted to %s", (url) =>
    expect(refused({ AUDIT_WEBHOOK_URL: url, AUDIT_WEBHOOK_SECRET: secret })).toContain("AUDIT_WEBHOOK_URL"),
  );

  it("is posted signed alone, and mailed to an address alone", () => {
    expect(refused({ AUDIT_WEBHOOK_URL: "https://audit.example.jp" })).toContain("AUDIT_WEBHOOK_SECRET: is missing");
    expect(refused({ AUDIT_WEBHOOK_URL: "https://audit.example.jp", AUDIT_WEBHOOK_SECRET: "short" })).toContain("AUDIT_WEBHOOK_SECRET");
    expect(refused({ AUDIT_MAIL_TO: "nobody" })).toContain("AUDIT_MAIL_TO");
  });
});

describe("Production", () => {
  const production = { SEKISHO_MODE: "production", APP_URL: "https://login.example.jp", TRUSTED_PROXIES: "none" };
  const parsed = (more: Record<string, string> = {}) => parseEnv({ ...given, ...production, ...more });

  it("names no number that texts do not come from, and the demo names its own", () => {
    expect([parsed().senderNumber, parsed({ SENDER_NUMBER: "0005 9876" }).senderNumber]).toEqual([null, "0005 9876"]);
    expect(parseEnv(given).senderNumber).toBe("0005 1234");
  });

  it.each([
    ["no-reply@example.jp", { name: "", address: "no-reply@example.jp", domain: "example.jp" }],
    ["山田商店 <no-reply@mail.example.jp>", { name: "山田商店", address: "no-reply@mail.example.jp", domain: "mail.example.jp" }],
    ['"A, B" <a@Example.CO.JP>', { name: "A, B", address: "a@Example.CO.JP", domain: "example.co.jp" }],
  ])("sends mail from %s", (MAIL_FROM, expected) => expect(parsed({ MAIL_FROM, SMTP_URL: "smtp://127.0.0.1" }).mailFrom).toEqual(expected));

  it.each([
    "no-reply",
    "no-reply@localhost",
    "Sekisho <no-reply@localhost>",
    "a@mail.local",
    "a@example",
    "a@b.invalid",
    "a@x.test",
    "a@example.jp, b@example.jp",
    "a@example.jp\r\nBcc: b@example.jp",
    "@example.jp",
    "Name <>",
  ])("sends no mail from %j", (MAIL_FROM) => {
    expect(refused({ ...production, MAIL_FROM })).toContain("MAIL_FROM: must be one address at a real domain");
    expect(parseEnv({ ...given, MAIL_FROM }).mailFrom).toBeNull();
  });

  it("that sends mail says that MAIL_FROM is missing, at once with all else", () => {
    expect(refused({ ...production, SMTP_URL: "smtp://127.0.0.1" })).toContain("  MAIL_FROM: is missing");
    expect(refused({ SEKISHO_MODE: "production", SMTP_URL: "smtp://127.0.0.1", PORT: "x" })).toMatch(
      /MAIL_FROM: is missing[\s\S]*PORT|PORT[\s\S]*MAIL_FROM/,
    );
    expect(refused(production)).toBeNull();
  });

  it("knows which names its readers will miss; the demo misses none", () => {
    expect(parsed().unset).toEqual(["SERVICE_NAME", "SENDER_NUMBER", "MAIL_FROM", "CONTACT", "TERMS_URL", "PRIVACY_URL"]);
    expect(parsed({ CONTACT: "0120-123-456", SERVICE_NAME: "関所" }).unset).toEqual([
      "SENDER_NUMBER",
      "MAIL_FROM",
      "TERMS_URL",
      "PRIVACY_URL",
    ]);
    expect(parseEnv(given).unset).toEqual([]);
  });
});

describe("Where people turn", () => {
  it.each([
    ["help@example.jp", "mailto:help@example.jp"],
    ["0120-123-456", "tel:0120123456"],
    ["+81 3 1234 5678", "tel:+81312345678"],
    ["https://example.jp/contact?from=login", "https://example.jp/contact?from=login"],
  ])("%s is a contact, reached at %s", (CONTACT, href) =>
    expect(parseEnv({ ...given, CONTACT }).contact).toMatchObject({ text: CONTACT, href }),
  );

  it.each(["javascript:alert(1)", "//example.jp", "ask us", "data:text/html,x", "https://user:pass@example.jp/", "0120<b>"])(
    "%j is none",
    (CONTACT) => expect(refused({ CONTACT })).toContain("CONTACT:"),
  );

  it.each(["javascript:alert(1)", "/terms", "ftp://example.jp/terms", "https://example.jp/a b"])("the terms are not at %j", (url) => {
    expect(refused({ TERMS_URL: url })).toContain("TERMS_URL:");
    expect(refused({ PRIVACY_URL: url })).toContain("PRIVACY_URL:");
  });
});

describe("The domain that passkeys are bound to", () => {
  const parsed = (host: string, more: Record<string, string>) =>
    parseEnv({ ...given, SEKISHO_MODE: "production", APP_URL: `https://${host}`, TRUSTED_PROXIES: "none", ...more }).passkeyDomain;

  it("is the host of APP_URL, or a parent of it that can be registered", () => {
    expect(parsed("login.example.co.jp", {})).toBe("login.example.co.jp");
    for (const PASSKEY_RP_ID of ["login.example.co.jp", "example.co.jp"])
      expect(parsed("login.example.co.jp", { PASSKEY_RP_ID })).toBe(PASSKEY_RP_ID);
    expect(parseEnv(given).passkeyDomain).toBe("localhost");
  });

  it.each([
    ["login.example.co.jp", "co.jp"],
    ["login.example.co.jp", "jp"],
    ["shop.github.io", "github.io"],
    ["login.example.jp", "example.com"],
    ["login.example.jp", "n.example.jp"],
    ["login.example.jp", "www.login.example.jp"],
    ["login.example.jp", "Example.jp"],
    ["login.example.jp", ".example.jp"],
    ["login.example.jp", "https://example.jp"],
  ])("of %s is never %s", (host, PASSKEY_RP_ID) => expect(() => parsed(host, { PASSKEY_RP_ID })).toThrow(/PASSKEY_RP_ID: must be/));
});
