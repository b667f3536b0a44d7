import { LoadClient, newAgent } from "./client.ts";
import { canMeasureCpu } from "./cpu.ts";
import type { Way } from "./load.ts";
import { measured } from "./measured.ts";
import { type Bench, benchEnvironment } from "./processes.ts";
import { EMPTY_PAGE, scriptBytes } from "./script-size.ts";
import { formatTable, type percentiles, steps } from "./table.ts";

/** Measures complete sign-ins by text, by app and by passkey, session reads, and the scripts of the pages that lead there. */

const CONCURRENCY = [1, 8, 32];
const WAYS: readonly Way[] = ["text", "app", "passkey"];
export const ACCOUNTS = 64;

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

async function journeys(bench: Bench, way: Way, concurrency: number, seconds: number) {
  // Measured before and after, because the speed of a shared processor changes from minute to minute.
  const before = await bareHash();
  const { times, count, errors, seconds: took, cpu } = await measured(bench, { do: "journeys", url: bench.url, way, concurrency, seconds });
  const hash = (before + (await bareHash())) / 2;
  return { way, hash, concurrency, journeys: count, perSecond: count / took, errors, cpu, steps: steps(times) };
}

/** Measures the gzip bytes of the scripts of the most visited pages beyond those of an empty page. */
async function pages(url: string) {
  const client = new LoadClient(url, newAgent());
  await client.ask("POST", "/api/v1/sign-up", { email: `pages-${process.pid}@example.jp`, password: "ながい あいことば 42" });
  const size = async (path: string, cookie = "") => (await scriptBytes(url, path, cookie)) - EMPTY_PAGE;
  return { "/sign-in": await size("/sign-in"), "/verify": await size("/verify", client.cookie()), "/sign-up": await size("/sign-up") };
}

/** Measures the sign-ins of each way at each concurrency, after a round that warms the server up. */
export async function measureSignIns(bench: Bench, seconds: number) {
  const twoHashes = await bareHash(2);
  const rounds = [];
  for (const way of WAYS) {
    await bench.load({ do: "register", url: bench.url, accounts: ACCOUNTS, way });
    await journeys(bench, way, 8, Math.min(5, seconds));
    for (const concurrency of CONCURRENCY) rounds.push(await journeys(bench, way, concurrency, seconds));
  }
  const reads = await measured(bench, { do: "sessions", url: bench.url, concurrency: 8, seconds: Math.min(5, seconds) });
  return {
    twoHashes,
    rounds,
    sessionRead: { perSecond: reads.count / reads.seconds, cpu: reads.cpu, errors: reads.errors },
    scripts: await pages(bench.url),
  };
}

export type SignIns = Awaited<ReturnType<typeof measureSignIns>>;

export function printSignIns({ twoHashes, rounds, sessionRead, scripts }: SignIns): void {
  const head = ["sign-in by", "journeys/s", "errors", "server CPU ms", "PostgreSQL CPU ms", "together", "bare hash ms", "CPU / hash"];
  const errorsOf = (errors: Record<string, number>) => Object.values(errors).reduce((sum, count) => sum + count, 0);
  const nameOf = ({ way, concurrency }: (typeof rounds)[number]) => `${way} × ${concurrency}`;
  const cpu = ({ hash, cpu: { server, postgres } }: (typeof rounds)[number]) => {
    const together = server + postgres;
    return [server, postgres, together, hash, together / hash];
  };
  console.log(
    "\nSign-in journeys at concurrency 1, 8 and 32. Text: password → text → code → session read. App: password → code → session read.",
  );
  console.log("Passkey: options → assertion → session read. The bare argon2id hash was measured before and after each round.");
  console.log(`Of two bare hashes at once, as the server makes them, each costs ${twoHashes.toFixed(2)} ms of CPU.\n`);
  console.log(formatTable([head, ...rounds.map((one) => [nameOf(one), one.perSecond, errorsOf(one.errors), ...cpu(one)])]));
  console.log("\nMilliseconds per step (p50 / p95 / p99)\n");
  const names = ["sign-in", "text", "verify", "session", "total"] as const;
  const cell = (one: ReturnType<typeof percentiles> | undefined) => (one ? `${one.p50} / ${one.p95} / ${one.p99}` : "–");
  console.log(
    formatTable([["sign-in by", ...names], ...rounds.map((one) => [nameOf(one), ...names.map((name) => cell(one.steps[name]))])]),
  );
  const delivery = rounds[0]?.steps.delivery;
  console.log(`\nPassword sent → text at the demo phone, concurrency 1: p50 ${delivery?.p50} ms, p95 ${delivery?.p95} ms`);
  const read = sessionRead.cpu.server + sessionRead.cpu.postgres;
  console.log(
    `GET /api/v1/session: ${Math.round(sessionRead.perSecond)}/s, ${read.toFixed(2)} ms of CPU (server ${sessionRead.cpu.server.toFixed(2)})`,
  );
  console.log("First-load JavaScript above an empty page, gzip:");
  for (const [path, bytes] of Object.entries(scripts)) console.log(`  ${path.padEnd(10)} ${(bytes / 1000).toFixed(1)} kB`);
  for (const one of rounds) if (errorsOf(one.errors) > 0) console.log(`Errors of ${nameOf(one)}:`, one.errors);
  if (!canMeasureCpu) console.log("No figures of processor time: this system has no /proc.");
}
