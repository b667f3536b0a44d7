import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { durableHash, durableKey } from "#lib/db/durable-keys";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { singleton } from "#lib/singleton";

const forget = () => singleton("durable-keys", () => new Map()).clear();
const mark = async () => durableHash(await durableKey("limits"), "scope", "value").toString("hex");

describe("A durable key", () => {
  it("is made once, also when many ask for the first time at the same moment", async () => {
    const marks = await Promise.all(
      Array.from({ length: 20 }, () => {
        forget();
        return mark();
      }),
    );
    expect(new Set(marks).size).toBe(1);
    forget();
    expect(await mark()).toBe(marks[0]);
    expect(await sql`SELECT 1 FROM durable_keys WHERE name = 'limits'`).toHaveLength(1);
  });

  it("lies sealed in its row, differs from the others, and does not open when it was altered", async () => {
    const before = await mark();
    const audit = durableHash(await durableKey("audit"), "scope", "value").toString("hex");
    expect(audit).not.toBe(before);
    const [row] = await sql<{ sealed: string }>`SELECT sealed FROM durable_keys WHERE name = 'limits'`;
    await sql`UPDATE durable_keys SET sealed = (SELECT sealed FROM durable_keys WHERE name = 'audit') WHERE name = 'limits'`;
    forget();
    await expect(durableKey("limits")).rejects.toThrow(/does not open/);
    await sql`UPDATE durable_keys SET sealed = ${row?.sealed ?? randomBytes(4).toString("hex")} WHERE name = 'limits'`;
    expect(await mark()).toBe(before);
  });

  it("names the same subjects after APP_KEYS were rotated and the old key was taken away, so that limits go on (RL-05)", async () => {
    const { APP_KEYS } = env();
    const fresh = `fresh:${randomBytes(32).toString("base64")}`;
    const script = `
      const { naming } = await import("#lib/limits/subject");
      const { reseal } = await import("#lib/jobs/reseal");
      await reseal();
      console.log((await naming())("scope", "value").toString("hex"));
      process.exit(0);`;
    const asked = async (keys: string) => {
      const options = { env: { ...process.env, APP_KEYS: keys } };
      const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], options);
      return stdout.trim().split("\n").at(-1);
    };
    const before = await asked(APP_KEYS);
    expect(await asked(`${fresh},${APP_KEYS}`)).toBe(before);
    expect(await asked(fresh)).toBe(before);
  });
});
