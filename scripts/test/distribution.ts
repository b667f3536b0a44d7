import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../machine/cluster.ts";
import { databaseIdentity } from "../machine/place.ts";
import { CommandRefusal } from "../machine/refusal.ts";

/** The distribution's PostgreSQL package with its default settings, as most operators run it. */

export type Postgres = "bundled" | "distribution";

/** Returns which PostgreSQL the tests of this process use. */
export const chosenPostgres = (): Postgres => (process.env.TEST_POSTGRES === "distribution" ? "distribution" : "bundled");

/** The folder of Debian and its derivatives with the programs of each major version. */
const HOME = "/usr/lib/postgresql";

/** Returns the programs' folder of the newest installed version; undefined if there is none. */
export function distributionPrograms(): string | undefined {
  const versions = existsSync(HOME) ? readdirSync(HOME).filter((name) => existsSync(join(HOME, name, "bin", "initdb"))) : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  return newest && join(HOME, newest);
}

/** Describes a cluster of the distribution's PostgreSQL in a folder. */
export function distributionIn(folder: string, password: string): Cluster {
  const programs = distributionPrograms();
  if (!programs)
    throw new CommandRefusal("There is no PostgreSQL of the distribution on this machine (Debian: apt-get install postgresql).");
  return { programs, folder, identity: databaseIdentity(), password, untouched: true };
}
