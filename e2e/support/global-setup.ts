import { ensureBuild } from "../../scripts/machine/build.ts";
import { ensureClient } from "../../scripts/machine/client.ts";
import { openTestCluster } from "../../scripts/test/cluster.ts";
import { startInstance } from "./server.ts";

/** Starts one PostgreSQL, builds, and starts two servers on one database; returns the teardown. */
export default async function globalSetup() {
  await ensureClient();
  await ensureBuild();
  const cluster = await openTestCluster();
  process.env.E2E_CLUSTER_URL = cluster.url;
  try {
    const a = await startInstance();
    const b = await startInstance({ databaseUrl: a.databaseUrl });
    Object.assign(process.env, { E2E_URL_A: a.url, E2E_URL_B: b.url, E2E_DATABASE_URL: a.databaseUrl, E2E_PIDS: `${a.pid},${b.pid}` });
    return async () => {
      await Promise.all([b.stop(), a.stop()]);
      await cluster.close();
    };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}
