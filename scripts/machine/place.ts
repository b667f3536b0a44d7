import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CommandRefusal } from "./refusal.ts";

export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");

/** The system user that owns the bundled database's processes and files; undefined means the current user. */
export type Identity = { uid: number; gid: number } | undefined;

/** Returns `.data/` of the clone, readable only by its owner: secrets, locks and, without root, the database. */
export function dataFolder(): string {
  const folder = join(root, ".data");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (process.platform !== "win32" && (statSync(folder).mode & 0o077) !== 0) chmodSync(folder, 0o700);
  return folder;
}

const portFile = () => join(dataFolder(), "port");

/** Stores the port on which an instance of this clone listens. */
export const rememberPort = (port: number) => writeFileSync(portFile(), `${port}\n`, { mode: 0o600 });

/** Returns the last stored port of this clone; empty if there is none. */
export const lastPort = (): string => (existsSync(portFile()) ? readFileSync(portFile(), "utf8").trim() : "");

const isRoot = () => process.getuid?.() === 0;

/** Returns the user that PostgreSQL runs as: `postgres`, created if missing, when the caller is root, because PostgreSQL refuses to run as root. */
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
  throw new CommandRefusal(
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
 * Returns the folder of the database's programs, which the database's user can read but does not own. Under root that user can reach neither a
 * clone below a closed home nor `.data/` (0700).
 */
export function programFolder(): string {
  if (!isRoot()) return dataFolder();
  const folder = "/var/lib/sekisho";
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  return folder;
}

/** Returns the bundled database's folder for a clone id. */
export function databaseFolder(cloneId: string): string {
  return owned(join(programFolder(), isRoot() ? cloneId : "database"));
}

/** Returns a new folder for the database of one test run. */
export function scratchDatabaseFolder(): string {
  return owned(mkdtempSync(join(tmpdir(), "sekisho-test-")));
}
