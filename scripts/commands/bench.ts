import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measureAlerts, printAlerts } from "../bench/alerts.ts";
import { measurePair, printPair } from "../bench/compare.ts";
import { measureConsole, printConsole } from "../bench/console.ts";
import { measureDelivery, printDelivery } from "../bench/delivery.ts";
import { measureLimits, printLimits } from "../bench/limits.ts";
import { startBench } from "../bench/processes.ts";
import { ACCOUNTS, measureSignIns, printSignIns } from "../bench/sign-ins.ts";
import { measureVerifications, printVerifications } from "../bench/verifications.ts";
import { ensureBuild } from "../machine/build.ts";
import { ensureClient } from "../machine/client.ts";
import { root } from "../machine/place.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";

/**
 * `npm run bench [-- --seconds 5] [-- --profile] [-- --only sign-in|delivery|limits|verifications|console|alerts] [-- --postgres bundled|distribution|both]`: measures sign-ins,
 * delivery, counted sends and verifications by API on the built server with its own durable PostgreSQL. `both` compares the sign-ins on the two in turns. `--only console`
 * seeds a database (`--users`, `--messages`) and measures the console's pages, and sign-ins beside an empty database. `--only alerts` waits for twenty alerts, about twenty minutes.
 */

const options = {
  seconds: { type: "string", default: "12" },
  profile: { type: "boolean", default: false },
  only: { type: "string" },
  postgres: { type: "string", default: "bundled" },
  users: { type: "string", default: "200000" },
  messages: { type: "string", default: "2000000" },
} as const;

/** Runs and prints the requested measurements; returns the figures and the errors of the sign-ins. */
async function obey(folder: string) {
  const { values } = parseArgs({ options });
  if (values.postgres === "both") {
    const pair = await measurePair(Number(values.seconds));
    printPair(pair);
    return { figures: { pair }, errors: pair.flatMap((one) => Object.keys(one.errors)) };
  }
  // It takes long and much of the disk, so it runs where it is asked for.
  if (values.only === "console") {
    const seen = await measureConsole({ users: Number(values.users), messages: Number(values.messages) }, Number(values.seconds));
    printConsole(seen);
    return { figures: { console: seen }, errors: [seen.signIn.empty, seen.signIn.full].flatMap((one) => Object.keys(one?.errors ?? {})) };
  }
  const { postgres } = values;
  if (postgres !== "bundled" && postgres !== "distribution") throw new CommandRefusal("--postgres is bundled, distribution or both.");
  if (values.only === "alerts") {
    const alerts = await measureAlerts(postgres);
    printAlerts(alerts);
    return { figures: { postgres, alerts }, errors: [] };
  }
  const bench = await startBench({ profile: values.profile ? folder : undefined, postgres });
  if (values.only === "delivery") await bench.load({ do: "register", url: bench.url, accounts: ACCOUNTS, way: "text" });
  const asked = (part: string) => values.only === undefined || values.only === part;
  const results = asked("sign-in") ? await measureSignIns(bench, Number(values.seconds)) : undefined;
  if (results) printSignIns(results);
  const limits = asked("limits") ? await measureLimits(bench, Number(values.seconds)) : undefined;
  if (limits) printLimits(limits);
  const delivery = asked("delivery") ? await measureDelivery(bench) : undefined;
  if (delivery) printDelivery(delivery);
  // Last, because it leaves a single provider account.
  const verifications = asked("verifications") ? await measureVerifications(bench, Number(values.seconds)) : undefined;
  if (verifications) printVerifications(verifications);
  return {
    figures: { postgres, ...results, limits, delivery, verifications },
    errors: (results?.rounds ?? []).flatMap((one) => Object.keys(one.errors)),
  };
}

await untilStopped(async () => {
  await ensureClient();
  await ensureBuild();
  const folder = join(root, "bench-results");
  mkdirSync(folder, { recursive: true });
  const { figures, errors } = await obey(folder);
  const machine = {
    cpu: cpus()[0]?.model,
    cores: availableParallelism(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  };
  const file = join(folder, `${new Date().toISOString().replaceAll(":", "-")}.json`);
  writeFileSync(file, `${JSON.stringify({ machine, ...figures }, null, 2)}\n`);
  console.log(`\nWritten to ${file}`);
  await stopAll(errors.length > 0 ? 1 : 0);
});
