import { expect, it } from "vitest";
import { tenLines } from "#components/sample/ten-lines";
import { RECEIPT_TYPE } from "#lib/accounts/receipt";
import { described } from "#lib/api/contract/table";

it("The lines that a team copies are ten, and name what the API has", () => {
  const lines = tenLines("https://login.example.jp", "山田商店");
  expect(lines).toHaveLength(10);
  const text = lines.join("\n");
  for (const path of ["/confirmations", "/challenge/verify", "/confirmations/{id}/use"]) {
    expect(
      described.some((one) => one.path === `/api/v1${path}` && one.method === "POST"),
      path,
    ).toBe(true);
    expect(text).toContain(path.replace("{id}", '" + id + "'));
  }
  expect(text).toContain(RECEIPT_TYPE);
});
