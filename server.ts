import { Server } from "node:http";
import next from "next";
import { routeAt } from "#lib/api/contract/table";
import { logHead } from "#lib/audit/head";
import { admitDatabase } from "#lib/db/admit";
import { loadDurableKeys } from "#lib/db/durable-keys";
import { warnWhenMoved } from "#lib/db/home";
import { checkReady } from "#lib/db/ready";
import { followSealFormat } from "#lib/db/seal-format";
import { noteUntrustedProxy } from "#lib/db/untrusted-proxy";
import { watchRealAccounts } from "#lib/delivery/provider-accounts/real-accounts";
import { env } from "#lib/env";
import { mayBeLarge, withHiddenConsole } from "#lib/http/console";
import { Door } from "#lib/http/door";
import { installLastResort } from "#lib/http/last-resort";
import { publicFilesIn } from "#lib/http/public-files";
import type { Sighting } from "#lib/http/untrusted";
import { startWorker } from "#lib/jobs/worker";
import { log } from "#lib/log";
import { warnWithoutMail } from "#lib/mail/transport";
import { openIdRouteAt } from "#lib/openid/routes";
import { refreshSettings } from "#lib/policy/read";

interface RunningServer {
  /** Drains and ends everything that `startServer` started; a second call waits for the first. */
  stop(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";
const listenHost = () => (env().demo ? LOOPBACK : (env().LISTEN_HOST ?? "0.0.0.0"));

/** Runs Next in this process. Its upgrade listener gets a server that never listens, so that no connection reaches it directly. */
async function prepareNext(dev: boolean) {
  const upgrades = new Server();
  const { hostname } = new URL(env().publicOrigin);
  const app = next({ dev, dir: import.meta.dirname, hostname, port: env().PORT, httpServer: upgrades });
  await app.prepare();
  return { app, upgrades, handle: app.getRequestHandler() };
}

const listen = (server: Server, host: string) =>
  new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(env().PORT, host, () => {
      server.off("error", reject);
      resolve();
    });
  });

/** Logs the unset variables that pages and mails need. */
function warnOfUnset(): void {
  const { unset } = env();
  if (unset.length > 0)
    log.warn({ event: "settings.unset" }, `not set, and missed by those who read the pages and mails: ${unset.join(", ")}`);
}

/**
 * Starts the front door with Next behind it and, with SEKISHO_WORKER=on, the worker. Rejects with `EnvError`, with the `Error` of a
 * setting that cannot be read, or with the listening error (`EADDRINUSE`, `EACCES`); nothing is left running then.
 */
export async function startServer(): Promise<RunningServer> {
  const dev = env().SEKISHO_DEV === "1";
  const host = listenHost();
  // Next repeats an action's request to itself after a redirect. Without this it would go out to the public address and come back.
  process.env.__NEXT_PRIVATE_ORIGIN = `http://${host === "0.0.0.0" || host === "::" ? LOOPBACK : host.includes(":") ? `[${host}]` : host}:${env().PORT}`;
  // The address to which next-auth redirects a browser; its default is port 3000 of this machine.
  process.env.NEXTAUTH_URL = env().publicOrigin;
  const { app, upgrades, handle } = await prepareNext(dev);
  const publicFiles = publicFilesIn(`${import.meta.dirname}/public`);
  const untrustedProxy = (sighting: Sighting) => void noteUntrustedProxy(sighting);
  const allRoutes = (path: string) => openIdRouteAt(path) ?? routeAt(path);
  const door = new Door({
    env: env(),
    dev,
    publicFiles,
    routeAt: allRoutes,
    app: withHiddenConsole(handle),
    mayBeLarge,
    checkReady,
    beforeAnswer: refreshSettings,
    untrustedProxy,
  });
  if (dev) door.admitUpgrades((req, socket, head) => upgrades.emit("upgrade", req, socket, head));
  await followSealFormat();
  try {
    await listen(door.server, host);
  } catch (error) {
    await app.close();
    throw error;
  }
  installLastResort(dev);
  await warnWhenMoved();
  await logHead();
  warnWithoutMail();
  warnOfUnset();
  await loadDurableKeys();
  await refreshSettings();
  const unwatch = env().demo ? await watchRealAccounts() : undefined;
  const worker = env().SEKISHO_WORKER === "on" ? await startWorker() : undefined;
  log.info({ event: "listening", host, port: env().PORT }, "the front door is open");
  const stop = async () => {
    await door.drain();
    unwatch?.();
    await worker?.stop();
    await app.close();
    log.info({ event: "stopped" }, "the front door is closed");
  };
  let stopping: Promise<void> | undefined;
  return {
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

if (import.meta.main) {
  if (!env().demo) await admitDatabase();
  const server = await startServer();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void server.stop().finally(() => process.exit(0)));
}
