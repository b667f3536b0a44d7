import { measured } from "./measured.ts";
import { type Bench, benchEnvironment, child, messageFrom } from "./processes.ts";
import { formatTable, steps } from "./table.ts";
import type { TextsOrder } from "./texts.ts";

/** Measures verifications by API: made, texted to a gateway, read there and checked (docs/verification.md). */

const CONCURRENCY = [1, 8, 32, 64];

/** Adds the gateway as the only provider account, and returns the secret of a key of another system. */
async function prepare(bench: Bench): Promise<string> {
  const { inbox = "" } = await bench.load({ do: "inbox" });
  const texts = child("bench/texts.ts", { ...benchEnvironment, DATABASE_URL: bench.databaseUrl });
  const ask = async (order: TextsOrder) => {
    texts.send(order);
    const answer = (await messageFrom(texts)) as { secret?: string; error?: string };
    if (answer.error) throw new Error(answer.error);
    return answer.secret ?? "";
  };
  await ask({ do: "account", url: inbox, alone: true });
  return ask({ do: "key" });
}

export async function measureVerifications(bench: Bench, seconds: number) {
  const key = await prepare(bench);
  const round = async (concurrency: number, length: number) => {
    const order = { do: "verifications", url: bench.url, key, concurrency, seconds: length } as const;
    const { times, count, errors, seconds: took, cpu } = await measured(bench, order);
    return { concurrency, verifications: count, perSecond: count / took, errors, cpu, steps: steps(times) };
  };
  await round(8, Math.min(5, seconds));
  const rounds = [];
  for (const concurrency of CONCURRENCY) rounds.push(await round(concurrency, seconds));
  return rounds;
}

export function printVerifications(rounds: Awaited<ReturnType<typeof measureVerifications>>): void {
  const errorsOf = (errors: Record<string, number>) => Object.values(errors).reduce((sum, count) => sum + count, 0);
  console.log("\nVerifications by API: POST → text at the gateway → check; milliseconds are p50 / p95 / p99\n");
  const head = ["at once", "verifications/s", "errors", "server CPU ms", "PostgreSQL CPU ms", "create", "text", "check", "total"];
  const cell = (one: { p50: number; p95: number; p99: number } | undefined) => (one ? `${one.p50} / ${one.p95} / ${one.p99}` : "–");
  console.log(
    formatTable([
      head,
      ...rounds.map((one) => [
        one.concurrency,
        one.perSecond,
        errorsOf(one.errors),
        one.cpu.server,
        one.cpu.postgres,
        ...(["create", "text", "check", "total"] as const).map((name) => cell(one.steps[name])),
      ]),
    ]),
  );
  for (const { concurrency, errors } of rounds) if (errorsOf(errors) > 0) console.log(`Errors at ${concurrency}:`, errors);
}
