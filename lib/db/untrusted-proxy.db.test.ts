import pg from "pg";
import { describe, expect, it } from "vitest";
import { alertCounts } from "#lib/alert";
import { noteUntrustedProxy, untrustedProxy } from "#lib/db/untrusted-proxy";
import { env } from "#lib/env";

describe("A proxy that is not trusted", () => {
  it("is kept for the doctor as it was seen last, and raises the alert each time", async () => {
    expect(await untrustedProxy()).toBeNull();
    await noteUntrustedProxy({ peer: "10.0.0.5", header: "X-Forwarded-For", requests: 10 });
    await noteUntrustedProxy({ peer: "fd00::5", header: "X-Real-IP", requests: 90 });
    expect(await untrustedProxy()).toEqual({ peer: "fd00::5", header: "X-Real-IP", requests: 90 });
    expect(alertCounts().get("proxy.untrusted")).toBe(2);
  });

  it("is forgotten a day after it was seen last", async () => {
    const owner = new pg.Client({ connectionString: env().DATABASE_URL });
    await owner.connect();
    await owner.query("UPDATE untrusted_proxy SET noted_at = now() - interval '25 hours'");
    await owner.end();
    expect(await untrustedProxy()).toBeNull();
  });
});
