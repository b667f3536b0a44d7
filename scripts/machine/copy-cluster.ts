import { chownSync, copyFileSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectAs } from "#lib/db/connection";
import { type Cluster, urlOfCluster } from "./cluster.ts";
import type { Identity } from "./place.ts";
import { CommandRefusal } from "./refusal.ts";

/** A copy of the bundled database while it runs, for which its npm packages bring no program (PostgreSQL manual, 26.3.3: low-level base backup). */

/** What a copy leaves out: what belongs to the running server, and what recovery makes anew. */
const LEFT_OUT = new Set(["postmaster.pid", "postmaster.opts", "backup_label", "tablespace_map", "log"]);
const EMPTIED = new Set(["pg_wal", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans"]);

const isGone = (error: unknown) => (error as { code?: string }).code === "ENOENT";

/** Copies a tree; a file that the server removed meanwhile is one that recovery does not need. */
function copyTree(from: string, to: string, { skip = new Set<string>(), empty = new Set<string>() } = {}): void {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(from)) {
    if (skip.has(name)) continue;
    const [source, target] = [join(from, name), join(to, name)];
    try {
      if (!lstatSync(source).isDirectory()) copyFileSync(source, target);
      else if (empty.has(name)) mkdirSync(target, { recursive: true, mode: 0o700 });
      else copyTree(source, target);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

function giveTo(folder: string, identity: Identity): void {
  if (!identity) return;
  chownSync(folder, identity.uid, identity.gid);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (lstatSync(path).isDirectory()) giveTo(path, identity);
    else chownSync(path, identity.uid, identity.gid);
  }
}

/** Copies a running cluster into a folder that does not exist yet; a killed copy leaves a draft that no restore takes. */
export async function copyCluster(cluster: Cluster, port: number, to: string): Promise<void> {
  const [data, draft] = [join(cluster.folder, "data"), `${to}.draft`];
  rmSync(draft, { recursive: true, force: true });
  const client = await connectAs("migration", {
    connectionString: urlOfCluster(cluster, port, { user: "postgres", database: "postgres" }),
    application_name: "sekisho backup",
  });
  try {
    // A slot of this connection keeps the log that the copy needs until it is copied as well.
    await client.query("SELECT pg_create_physical_replication_slot('sekisho_backup_' || pg_backend_pid(), true, true)");
    await client.query("SELECT pg_backup_start('sekisho', true)");
    copyTree(data, draft, { skip: LEFT_OUT, empty: EMPTIED });
    const { rows } = await client.query("SELECT labelfile FROM pg_backup_stop(false)");
    writeFileSync(join(draft, "backup_label"), rows[0].labelfile, { mode: 0o600 });
    mkdirSync(join(draft, "pg_wal", "archive_status"), { recursive: true, mode: 0o700 });
    copyTree(join(data, "pg_wal"), join(draft, "pg_wal"), { empty: new Set(["archive_status", "summaries"]) });
    renameSync(draft, to);
  } finally {
    await client.end();
  }
}

/** Puts a copy in the place of the stopped cluster; what was there is kept beside it, and its name is returned. */
export function putBackCluster(cluster: Cluster, from: string): string | null {
  if (!existsSync(join(from, "backup_label"))) throw new CommandRefusal(`${from} is no copy of a database.`);
  const [data, draft] = [join(cluster.folder, "data"), join(cluster.folder, "data.restored")];
  rmSync(draft, { recursive: true, force: true });
  copyTree(from, draft);
  giveTo(draft, cluster.identity);
  const kept = existsSync(data) ? join(cluster.folder, `data.before-${new Date().toISOString().replace(/\W/g, "").slice(0, 15)}`) : null;
  if (kept) renameSync(data, kept);
  renameSync(draft, data);
  return kept;
}
