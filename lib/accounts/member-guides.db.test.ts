import { readFileSync } from "node:fs";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { env } from "#lib/env";

/** The statements of the guides, as they are written for psql. */
const statements = (file: string) =>
  [...readFileSync(file, "utf8").matchAll(/--csv -c "((?:[^"\\]|\\.)*)"/g)].map(([, text = ""]) => text.replaceAll('\\"', '"'));

const client = new pg.Client({ connectionString: env().DATABASE_URL });
beforeAll(async () => {
  await client.connect();
  // As Better Auth makes its tables, with the phone number plugin; and a table of one's own behind next-auth.
  await client.query(`
    CREATE TEMP TABLE "user" (id text PRIMARY KEY, email text NOT NULL, "phoneNumber" text);
    CREATE TEMP TABLE account (id text PRIMARY KEY, "userId" text NOT NULL, "providerId" text NOT NULL, password text);
    CREATE TEMP TABLE users (email text, password text, phone text);
    INSERT INTO "user" VALUES ('1', 'a@example.jp', '+819012345678'), ('2', 'b@example.jp', NULL);
    INSERT INTO account VALUES ('x', '1', 'credential', 'salt:key'), ('y', '1', 'google', NULL), ('z', '2', 'google', NULL);
    INSERT INTO users VALUES ('c@example.jp', '$2b$10$hash', NULL);`);
});
afterAll(() => client.end());

describe.each(["docs/members.md", "docs/members.ja.md"])("The statements of %s", (file) => {
  it("give each member once, with the columns of an import", async () => {
    const [own = "", betterAuth = ""] = statements(file);
    expect((await client.query(own.replace("FROM users", "FROM pg_temp.users"))).rows).toEqual([
      { email: "c@example.jp", password_hash: "$2b$10$hash", phone: null },
    ]);
    expect((await client.query(`${betterAuth} ORDER BY 1`)).rows).toEqual([
      { email: "a@example.jp", password_hash: "salt:key", phone: "+819012345678" },
      { email: "b@example.jp", password_hash: null, phone: null },
    ]);
  });
});
