import { describe, expect, it } from "vitest";
import { parseEnv } from "#lib/env";

const given = { DATABASE_URL: "postgres://later", APP_KEYS: `later:${"A1".repeat(22)}` };
const refused = (more: Record<string, string>) => {
  try {
    parseEnv({ ...given, ...more });
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};

describe("a name that goes into every text is a name and nothing else (SM-01, WB-10, H10)", () => {
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

describe("a production that lacks something", () => {
  it("hears of all of it at once", () => {
    const message = (() => {
      try {
        parseEnv({ SEKISHO_MODE: "production" });
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    })();
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
