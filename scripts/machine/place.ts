import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Refusal } from "./refusal.ts";

/** The clone's folder. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");

/** Whose processes and files the bundled database has; undefined means our own. */
export type Identity = { uid: number; gid: number } | undefined;

/** `.data/` of the clone: secrets, locks and, for an ordinary user, the database; readable by its owner alone. */
export function dataFolder(): string {
  const folder = join(root, ".data");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (process.platform !== "win32" && (statSync(folder).mode & 0o077) !== 0) chmodSync(folder, 0o700);
  return folder;
}

const portFile = () => join(dataFolder(), "port");

/** Remembers where an instance of this clone listens. */
export const rememberPort = (port: number) => writeFileSync(portFile(), `${port}\n`, { mode: 0o600 });

/** Where an instance of this clone listened last; empty when none has. */
export const lastPort = (): string => (existsSync(portFile()) ? readFileSync(portFile(), "utf8").trim() : "");

const isRoot = () => process.getuid?.() === 0;

/** PostgreSQL refuses to run as root; then it runs as the user `postgres`, made when missing. */
export function databaseIdentity(): Identity {
  if (!isRoot()) return undefined;
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { stdio: ["ignore", "pipe", "ignore"] }).toString());
  try {
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    addPostgresUser();
    return { uid: id("-u"), gid: id("-g") };
  }
}

function addPostgresUser() {
  const ways: [string, string[]][] = [
    ["useradd", ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", "postgres"]],
    ["adduser", ["-S", "-D", "-H", "postgres"]],
  ];
  for (const [command, args] of ways) {
    try {
      execFileSync(command, args, { stdio: "ignore" });
      console.log("Created the system user `postgres`: the bundled database does not run as root.");
      return;
    } catch {}
  }
  throw new Refusal(
    "PostgreSQL does not run as root, and the user `postgres` could not be created.\nCreate it, or run the command as an ordinary user.",
  );
}

function owned(folder: string): string {
  const identity = databaseIdentity();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (identity) chownSync(folder, identity.uid, identity.gid);
  return folder;
}

/**
 * Folder for the database's programs: reachable for the database's user, but not its own.
 * As root neither a clone under a closed home nor `.data/` (0700) could be reached by that user.
 */
export function programFolder(): string {
  if (!isRoot()) return dataFolder();
  const folder = "/var/lib/sekisho";
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  return folder;
}

/** Folder of the bundled database of the clone with this id. */
export function databaseFolder(cloneId: string): string {
  return owned(join(programFolder(), isRoot() ? cloneId : "database"));
}

/** A new folder for a database that lives only as long as a test run. */
export function scratchDatabaseFolder(): string {
  return owned(mkdtempSync(join(tmpdir(), "sekisho-test-")));
}
