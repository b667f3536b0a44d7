import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "../../scripts/machine/place.ts";
import { withPeers } from "../../scripts/test/peer.ts";

const promtool = (...args: string[]): string => execFileSync("promtool", args, { cwd: join(root, "deploy"), encoding: "utf8" });

withPeers(["prometheus"], "The alert rules, as promtool judges them", () => {
  it("are rules without a fault", () => expect(promtool("check", "rules", "alert-rules.yml")).toMatch(/SUCCESS: \d+ rules found/));

  it("tell what deploy/alert-rules.test.yml expects, and when", () =>
    expect(promtool("test", "rules", "alert-rules.test.yml")).toContain("SUCCESS"));
});
