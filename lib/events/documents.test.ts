import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { eventTypes, TEST_EVENT } from "#lib/audit/told";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

describe.each(["docs/events.md", "docs/events.ja.md"])("The document %s", (path) => {
  it("names every type of event", () => {
    for (const type of [...eventTypes, TEST_EVENT]) expect(read(path)).toContain(`\`${type}\``);
  });

  it("shows the receiver that a test runs", () => expect(read(path)).toContain(read("examples/events/receiver.mjs").trim()));
});
