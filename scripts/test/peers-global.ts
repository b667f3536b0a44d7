import type { TestProject } from "vitest/node";
import { ensurePeers, type Peer } from "../machine/peers.ts";

declare module "vitest" {
  export interface ProvidedContext {
    peers: Peer[];
  }
}

/** Tells the adapters' tests which peers this machine has. */
export default async function setup(project: TestProject) {
  project.provide("peers", await ensurePeers());
}
