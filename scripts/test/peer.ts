import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, inject } from "vitest";
import type { Peer } from "../machine/peers.ts";
import { root } from "../machine/place.ts";

/** Defines a suite that needs external peers; without one of them its tests are skipped under a name that says which is missing. */
export function withPeers(peers: readonly Peer[], name: string, suite: () => void): void {
  const missing = peers.filter((peer) => !inject("peers").includes(peer));
  describe.skipIf(missing.length > 0)(missing.length > 0 ? `[${missing.join(", ")} not installed] ${name}` : name, suite);
}

/** Loads a vendor's package from e2e/peers; the test declares its type. */
export const vendor = <T>(name: string): T => createRequire(join(root, "e2e", "peers", "package.json"))(name) as T;

export const vendorFolder = join(root, "e2e", "peers", "node_modules");
