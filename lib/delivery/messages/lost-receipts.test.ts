import { expect, it, vi } from "vitest";
import { lostCounts, lostReceipt } from "#lib/delivery/messages/lost-receipts";
import { lostReasons } from "#lib/delivery/provider";
import { Metrics } from "#lib/http/metrics";

// The environment is read once, with the first log line.
process.env.LOG_LEVEL = "warn";

it("A lost receipt is a line without content, and a count for its reason", async () => {
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  lostReceipt("carrier", "base_unknown");
  lostReceipt("carrier", "base_unknown");
  write.mockRestore();
  expect(lines.map((line) => JSON.parse(line) as Record<string, unknown>)).toMatchObject(
    Array.from({ length: 2 }, () => ({ level: "warn", event: "receipt.lost", provider: "carrier", reason: "base_unknown" })),
  );
  expect(Object.keys(JSON.parse(lines[0] ?? "{}") as object).sort()).toEqual(["event", "level", "msg", "provider", "reason", "time"]);
  expect(lostCounts()).toEqual(lostReasons.map((reason) => [reason, reason === "base_unknown" ? 2 : 0]));
  expect(await new Metrics().text(0)).toContain('sekisho_receipts_lost_total{reason="base_unknown"} 2\n');
});
