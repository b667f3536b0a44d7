import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { onStop, untilStopped } from "../machine/stop.ts";

/** `npm run worker`: runs the jobs without serving pages. */
async function work() {
  await prepareEnvironment({ listens: false });
  await prepareDatabase({ serves: true });
  const { installLastResort } = await import("#lib/http/last-resort");
  const { startWorker } = await import("#lib/jobs/worker");
  const { loadDurableKeys } = await import("#lib/db/durable-keys");
  const { followSealFormat } = await import("#lib/db/seal-format");
  const { logHead } = await import("#lib/audit/head");
  const { warnWhenMoved } = await import("#lib/db/home");
  const { warnWithoutMail } = await import("#lib/mail/transport");
  const { serveMetrics } = await import("#lib/http/worker-metrics");
  // graphile-worker 0.18 leaves a rejection unhandled when an ending run cannot return its jobs; the next run finds them free.
  installLastResort(false);
  await followSealFormat();
  await warnWhenMoved();
  await logHead();
  warnWithoutMail();
  await loadDurableKeys();
  const worker = await startWorker();
  onStop(() => worker.stop());
  const metrics = await serveMetrics();
  if (metrics) onStop(metrics);
  console.log("The worker is running. Stop with Ctrl-C.");
}

await untilStopped(work);
