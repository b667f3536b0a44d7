import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CommandRefusal } from "./refusal.ts";
import { run } from "./stop.ts";

/** Dumps of a PostgreSQL that is not the bundled one, by its own programs. */

/** The folders in which distributions keep the programs of each major version, the newest first. */
const installed = (): string[] => {
  const home = "/usr/lib/postgresql";
  const versions = existsSync(home) ? readdirSync(home).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(home, version, "bin"));
};

const majorOf = (program: string): number => {
  const { stdout, status } = spawnSync(program, ["--version"], { encoding: "utf8" });
  return status === 0 ? Number(/(\d+)(?:\.\d+)?/.exec(stdout.replace(/^.*PostgreSQL\) /, ""))?.[1] ?? 0) : 0;
};

/** A program of PostgreSQL that is at least as new as the server: an older `pg_dump` refuses it. */
export function programFor(name: "pg_dump" | "pg_restore", serverMajor: number): string {
  const found = [name, ...installed().map((folder) => join(folder, name))].find((program) => majorOf(program) >= serverMajor);
  if (!found)
    throw new CommandRefusal(
      `There is no ${name} of PostgreSQL ${serverMajor} or later on this machine.\nInstall the client programs (Debian: postgresql-client), or back the server up where it runs.`,
    );
  return found;
}

/** The connection of a URL as environment, so that no password is in a list of processes. */
const connection = (url: string): NodeJS.ProcessEnv => {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  return {
    PATH: process.env.PATH ?? "",
    PGHOST: decodeURIComponent(hostname),
    PGPORT: port || "5432",
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    ...(searchParams.get("sslmode") ? { PGSSLMODE: searchParams.get("sslmode") ?? "" } : {}),
  } as unknown as NodeJS.ProcessEnv;
};

/** Dumps a database into one file; an interrupted dump leaves none. */
export async function dumpDatabase(url: string, serverMajor: number, file: string): Promise<void> {
  const draft = `${file}.draft`;
  const code = await run(programFor("pg_dump", serverMajor), ["--format=custom", `--file=${draft}`], { env: connection(url) });
  if (code !== 0) {
    rmSync(draft, { force: true });
    throw new CommandRefusal("pg_dump did not succeed; nothing was kept.");
  }
  renameSync(draft, file);
}

/** Fills an empty database from a dump, all or nothing. */
export async function fillDatabase(url: string, serverMajor: number, file: string): Promise<void> {
  const args = ["--exit-on-error", "--single-transaction", "--no-owner", `--dbname=${new URL(url).pathname.slice(1)}`, file];
  const code = await run(programFor("pg_restore", serverMajor), args, { env: connection(url) });
  if (code !== 0) throw new CommandRefusal("pg_restore did not succeed; the database is as it was.");
}
