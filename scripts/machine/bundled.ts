import { randomInt } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { connectAs } from "#lib/db/connection";
import { type Cluster, clusterIn, createCluster, startCluster, stopCluster, urlOfCluster } from "./cluster.ts";
import { copyCluster, putBackCluster } from "./copy-cluster.ts";
import { withLock } from "./lock.ts";
import { databaseFolder, dataFolder } from "./place.ts";
import { portProblem } from "./ports.ts";
import { runningPort } from "./postmaster.ts";
import { CommandRefusal, explain } from "./refusal.ts";
import { localSecrets, type Secrets } from "./secrets.ts";
import { onStop } from "./stop.ts";

const INSTANCE = "sekisho instance";
const locked = <T>(action: () => Promise<T>) =>
  withLock("database", "Another start of this clone is preparing the database; waiting for it.", action);

const portFile = () => join(dataFolder(), "database.port");
const rememberedPort = () => (existsSync(portFile()) ? Number(readFileSync(portFile(), "utf8")) : undefined);

/** Chooses a port once and keeps it, so that a printed URL stays valid; it is below the ephemeral range of outgoing connections. */
async function choosePort(): Promise<number> {
  const remembered = rememberedPort();
  if (remembered && !(await portProblem(remembered))) return remembered;
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = 15_432 + randomInt(4_000);
    if (await portProblem(port)) continue;
    if (remembered)
      console.log(`Port ${remembered}, where the database was last time, is taken by something else; the database moves to port ${port}.`);
    writeFileSync(portFile(), `${port}\n`, { mode: 0o600 });
    return port;
  }
  throw new CommandRefusal("No free port was found for the bundled database between 15432 and 19432.");
}

async function startOrAdopt(cluster: Cluster): Promise<number> {
  const running = await runningPort(cluster);
  if (running) return running;
  await createCluster(cluster);
  const port = await choosePort();
  for (let attempt = 1; ; attempt++) {
    try {
      await startCluster(cluster, port);
      return port;
    } catch (error) {
      // The backends of a killed server end shortly after it; until then PostgreSQL refuses to start on the same data folder.
      if (attempt === 15 || !explain(error).includes("shared memory block")) throw error;
      await sleep(1000);
    }
  }
}

/** Creates the product's role and database; the owner is no superuser, as on a managed PostgreSQL. */
export async function ensureOwner(cluster: Cluster, port: number) {
  const client = await connectAs("migration", {
    connectionString: urlOfCluster(cluster, port, { user: "postgres", database: "postgres" }),
    application_name: "sekisho owner",
  }).catch((error) => {
    if (error.code !== "28P01") throw error;
    throw new CommandRefusal(
      `The database in ${cluster.folder} was made with other secrets than those in .data/secrets.env.\nPut that file back from a copy.`,
    );
  });
  try {
    const { rows } = await client.query(
      "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sekisho') AS role, EXISTS (SELECT FROM pg_database WHERE datname = 'sekisho') AS database",
    );
    if (!rows[0].role) await client.query(`CREATE ROLE sekisho LOGIN CREATEDB CREATEROLE PASSWORD ${pg.escapeLiteral(cluster.password)}`);
    if (!rows[0].database) await client.query("CREATE DATABASE sekisho OWNER sekisho");
  } finally {
    await client.end();
  }
}

/** Marks this process as a user of the database by an open connection, which ends with the process in every case. */
async function mark(url: string): Promise<pg.Client> {
  return connectAs("migration", { connectionString: url, application_name: INSTANCE, keepAlive: true });
}

/**
 * Starts the bundled database of this clone or uses the running one. It is stopped at the end unless another live instance of the clone uses it.
 */
export async function openBundled(secrets: Secrets): Promise<{ url: string; folder: string }> {
  const cluster = clusterIn(databaseFolder(secrets.CLONE_ID), secrets.DATABASE_PASSWORD);
  let closed = false;
  let port = 0;
  let current: pg.Client | undefined;

  const attach = () =>
    locked(async () => {
      if (closed) return;
      const found = await startOrAdopt(cluster);
      if (port && found !== port) throw new CommandRefusal(`The database came back on port ${found} instead of ${port}; start again.`);
      port = found;
      await ensureOwner(cluster, port);
      const marked = await mark(urlOfCluster(cluster, port));
      marked.once("end", () => void revive());
      current = marked;
    });

  // The database server can be killed while this process runs (out of memory). Requests get 503 until it is started again.
  const revive = async () => {
    for (let failures = 0; !closed; failures++) {
      await sleep(500);
      try {
        return await attach();
      } catch (error) {
        if (failures % 20 === 0) console.error(`The bundled database is gone; trying again.\n${explain(error)}`);
      }
    }
  };

  // Registered first: a signal during the start must still stop the database.
  onStop(async () => {
    closed = true;
    await locked(async () => {
      const running = await runningPort(cluster);
      if (running && (await isLast(current, urlOfCluster(cluster, running)))) await stopCluster(cluster);
    });
  });
  await attach();
  return { url: urlOfCluster(cluster, port), folder: cluster.folder };
}

async function isLast(current: pg.Client | undefined, url: string): Promise<boolean> {
  const question = "SELECT count(*)::int AS others FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()";
  const ask = async (client: pg.Client) => {
    const { rows } = await client.query(question, [INSTANCE]);
    await client.end();
    return rows[0].others === 0;
  };
  // A crash of the database also ends the connection that marks this process; then a new one is opened.
  return ask(current ?? (await mark(url))).catch(async () => ask(await mark(url)));
}

/** Returns the last known URL of the bundled database and whether it answers there. */
export async function knownUrl(secrets: Secrets): Promise<{ url: string; running: boolean } | undefined> {
  const cluster: Cluster = {
    programs: "",
    folder: databaseFolder(secrets.CLONE_ID),
    identity: undefined,
    password: secrets.DATABASE_PASSWORD,
  };
  const running = await runningPort(cluster);
  const port = running ?? rememberedPort();
  return port ? { url: urlOfCluster(cluster, port), running: !!running } : undefined;
}

/** Copies the running bundled database of this clone into a folder. */
export async function copyBundled(to: string): Promise<void> {
  const cluster = clusterOfClone();
  const port = await runningPort(cluster);
  if (!port) throw new CommandRefusal("The bundled database does not run.");
  await copyCluster(cluster, port, to);
}

/** Puts a copy in the place of the bundled database of this clone, which must not run; returns where the one before it is kept. */
export const putBackBundled = (from: string): Promise<string | null> =>
  locked(async () => {
    const cluster = clusterOfClone();
    if (await runningPort(cluster))
      throw new CommandRefusal("The bundled database is in use. Stop every instance and command of this clone first.");
    return putBackCluster(cluster, from);
  });

/** Whether this clone's commands use its bundled database. */
export const isBundled = (): boolean => process.env.SEKISHO_MODE !== "production" && !process.env.DATABASE_URL;

function clusterOfClone(): Cluster {
  const secrets = localSecrets();
  return clusterIn(databaseFolder(secrets.CLONE_ID), secrets.DATABASE_PASSWORD);
}
