import type { TestProject } from "vitest/node";
import { openTestCluster } from "./cluster.ts";

declare module "vitest" {
  export interface ProvidedContext {
    clusterUrl: string;
  }
}

/** Starts one PostgreSQL for all database tests of this run. */
export default async function setup(project: TestProject) {
  const { url, close } = await openTestCluster();
  project.provide("clusterUrl", url);
  return close;
}
