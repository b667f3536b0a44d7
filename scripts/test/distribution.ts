import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../machine/cluster.ts";
import { databaseIdentity } from "../machine/place.ts";
import { Refusal } from "../machine/refusal.ts";

/** The PostgreSQL that the system's distribution packages, as its maker configures it: what most operators run the product on. */

export type Postgres = "bundled" | "distribution";

/** Which PostgreSQL the tests of this process run on. */
export const chosenPostgres = (): Postgres => (process.env.TEST_POSTGRES === "distribution" ? "distribution" : "bundled");

/** Where Debian and its descendants keep the programs of each major version. */
const HOME = "/usr/lib/postgresql";

/** The folder of the newest installed version's programs; undefined where there is none. */
export function distributionPrograms(): string | undefined {
  const versions = existsSync(HOME) ? readdirSync(HOME).filter((name) => existsSync(join(HOME, name, "bin", "initdb"))) : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  return newest && join(HOME, newest);
}

/** Describes a cluster of the distribution's PostgreSQL in a folder. */
export function distributionIn(folder: string, password: string): Cluster {
  const programs = distributionPrograms();
  if (!programs) throw new Refusal("There is no PostgreSQL of the distribution on this machine (Debian: apt-get install postgresql).");
  return { programs, folder, identity: databaseIdentity(), password, untouched: true };
}
