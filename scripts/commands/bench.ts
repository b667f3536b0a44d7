import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { LoadClient, newAgent } from "../bench/client.ts";
import { measurePair, printPair } from "../bench/compare.ts";
import { measureConsole, printConsole } from "../bench/console.ts";
import { canMeasureCpu } from "../bench/cpu.ts";
import { measureDelivery, printDelivery } from "../bench/delivery.ts";
import { measureLimits, printLimits } from "../bench/limits.ts";
import { measured } from "../bench/measured.ts";
import { type Bench, benchEnvironment, startBench } from "../bench/processes.ts";
import { EMPTY_PAGE, scriptBytes } from "../bench/script-size.ts";
import { formatTable, type percentiles, steps } from "../bench/table.ts";
import { ensureBuild } from "../machine/build.ts";
import { ensureClient } from "../machine/client.ts";
import { root } from "../machine/place.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";

/**
 * `npm run bench [-- --seconds 5] [-- --profile] [-- --only sign-in|delivery|limits|console] [-- --postgres bundled|distribution|both]`: measures sign-ins,
 * delivery and counted sends on the built server with its own durable PostgreSQL. `both` compares the sign-ins on the two in turns. `--only console`
 * seeds a database (`--users`, `--messages`) and measures the console's pages, and sign-ins beside an empty database.
 */

const CONCURRENCY = [1, 8, 32];
const ACCOUNTS = 64;

/** Returns the processor milliseconds of one argon2id hash with the product's parameters, with `lanes` hashes running in parallel. */
async function bareHash(lanes = 1): Promise<number> {
  Object.assign(process.env, benchEnvironment, { DATABASE_URL: "postgres://unused" });
  const { hashSecret } = await import("#lib/crypto/password-hash");
  const round = (times: number) =>
    Promise.all(
      Array.from({ length: lanes }, async () => {
        for (let done = 0; done < times; done += 1) await hashSecret("ながい あいことば 42");
      }),
    );
  await round(10);
  const before = process.cpuUsage();
  await round(60);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / 60 / lanes;
}

async function journeys(bench: Bench, concurrency: number, seconds: number) {
  // Measured before and after, because the speed of a shared processor changes from minute to minute.
  const before = await bareHash();
  const { times, count, errors, seconds: took, cpu } = await measured(bench, { do: "journeys", url: bench.url, concurrency, seconds });
  const hash = (before + (await bareHash())) / 2;
  return { hash, concurrency, journeys: count, perSecond: count / took, errors, cpu, steps: steps(times) };
}

/** Measures the gzip bytes of the scripts of the most visited pages beyond those of an empty page. */
async function pages(url: string) {
  const client = new LoadClient(url, newAgent());
  await client.ask("POST", "/api/v1/sign-up", { email: `pages-${process.pid}@example.jp`, password: "ながい あいことば 42" });
  const size = async (path: string, cookie = "") => (await scriptBytes(url, path, cookie)) - EMPTY_PAGE;
  return { "/sign-in": await size("/sign-in"), "/verify": await size("/verify", client.cookie()), "/sign-up": await size("/sign-up") };
}

type Results = Awaited<ReturnType<typeof runAll>>;

async function runAll(bench: Bench, seconds: number) {
  const twoHashes = await bareHash(2);
  await bench.load({ do: "register", url: bench.url, accounts: ACCOUNTS });
  await journeys(bench, 8, Math.min(5, seconds));
  const rounds = [];
  for (const concurrency of CONCURRENCY) rounds.push(await journeys(bench, concurrency, seconds));
  const reads = await measured(bench, { do: "sessions", url: bench.url, concurrency: 8, seconds: Math.min(5, seconds) });
  return {
    twoHashes,
    rounds,
    sessionRead: { perSecond: reads.count / reads.seconds, cpu: reads.cpu, errors: reads.errors },
    scripts: await pages(bench.url),
  };
}

function print({ twoHashes, rounds, sessionRead, scripts }: Results): void {
  const head = ["concurrency", "journeys/s", "errors", "server CPU ms", "PostgreSQL CPU ms", "bare hash ms", "CPU / hash"];
  const errorsOf = (errors: Record<string, number>) => Object.values(errors).reduce((sum, count) => sum + count, 0);
  const cpu = ({ hash, cpu: { server, postgres } }: (typeof rounds)[number]) => [server, postgres, hash, (server + postgres) / hash];
  console.log(
    "\nSign-in journeys (password → text → code → session read); the bare argon2id hash was measured before and after each round.",
  );
  console.log(`Of two bare hashes at once, as the server makes them, each costs ${twoHashes.toFixed(2)} ms of CPU.\n`);
  console.log(formatTable([head, ...rounds.map((one) => [String(one.concurrency), one.perSecond, errorsOf(one.errors), ...cpu(one)])]));
  console.log("\nMilliseconds per step (p50 / p95 / p99)\n");
  const names = ["sign-in", "text", "verify", "session", "total"] as const;
  const cell = ({ p50, p95, p99 }: ReturnType<typeof percentiles>) => `${p50} / ${p95} / ${p99}`;
  console.log(
    formatTable([
      ["concurrency", ...names],
      ...rounds.map((one) => [String(one.concurrency), ...names.map((name) => cell(one.steps[name]))]),
    ]),
  );
  const delivery = rounds[0]?.steps.delivery;
  console.log(`\nPassword sent → text at the demo phone, concurrency 1: p50 ${delivery?.p50} ms, p95 ${delivery?.p95} ms`);
  const read = sessionRead.cpu.server + sessionRead.cpu.postgres;
  console.log(
    `GET /api/v1/session: ${Math.round(sessionRead.perSecond)}/s, ${read.toFixed(2)} ms of CPU (server ${sessionRead.cpu.server.toFixed(2)})`,
  );
  console.log("First-load JavaScript above an empty page, gzip:");
  for (const [path, bytes] of Object.entries(scripts)) console.log(`  ${path.padEnd(10)} ${(bytes / 1000).toFixed(1)} kB`);
  for (const { concurrency, errors } of rounds) if (errorsOf(errors) > 0) console.log(`Errors at concurrency ${concurrency}:`, errors);
  if (!canMeasureCpu) console.log("No figures of processor time: this system has no /proc.");
}

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
  const bench = await startBench({ profile: values.profile ? folder : undefined, postgres });
  if (values.only === "delivery") await bench.load({ do: "register", url: bench.url, accounts: ACCOUNTS });
  const asked = (part: string) => values.only === undefined || values.only === part;
  const results = asked("sign-in") ? await runAll(bench, Number(values.seconds)) : undefined;
  if (results) print(results);
  const limits = asked("limits") ? await measureLimits(bench, Number(values.seconds)) : undefined;
  if (limits) printLimits(limits);
  const delivery = asked("delivery") ? await measureDelivery(bench) : undefined;
  if (delivery) printDelivery(delivery);
  return { figures: { postgres, ...results, limits, delivery }, errors: (results?.rounds ?? []).flatMap((one) => Object.keys(one.errors)) };
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
