import { afterEach, describe, expect, it } from "vitest";
import { switchSending } from "#lib/console/switch-sending";
import { sql } from "#lib/db/sql";
import { listStops } from "#lib/delivery/stops";
import { must } from "#lib/testing/fixtures";
import { staffMember } from "#lib/testing/staff";

afterEach(() => sql`DELETE FROM sending_stops`);

describe("The kill switch of the console", () => {
  it("stops nothing without a reason, keeps the reason beside who stopped, and asks for none to start again", async () => {
    const admin = await staffMember("administrator");
    for (const reason of [undefined, "", "  x ", "two\nlines"])
      expect(await switchSending(admin, "stop_sms", reason === undefined ? {} : { reason })).toEqual({
        ok: false,
        error: { code: "invalid_input", fields: { reason: "invalid_input" } },
      });
    expect(await listStops()).toEqual([]);
    must(await switchSending(admin, "stop_sms", { reason: "numbers are tried in a row" }));
    expect(await listStops()).toMatchObject([{ channel: "SMS", country: null, provider: null }]);
    const [event] = await sql<{ method: string }>`SELECT method FROM audit_events WHERE event = 'sending.stopped' ORDER BY id DESC LIMIT 1`;
    expect(event?.method).toMatch(/^sms staff:[0-9a-f-]{36} \(numbers are tried in a row\)$/);
    must(await switchSending(admin, "start_sms", {}));
    expect(await listStops()).toEqual([]);
  });
});
