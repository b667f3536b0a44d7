import { rmSync } from "node:fs";
import { join } from "node:path";
import { testBrowsers } from "../machine/browser.ts";
import { lint, types } from "../machine/checks.ts";
import { ensureClient } from "../machine/client.ts";
import { ensurePeers } from "../machine/peers.ts";
import { dataFolder, root } from "../machine/place.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { run, stopAll, untilStopped } from "../machine/stop.ts";
import { sum, type Tally, tallyPlaywright, tallyVitest } from "../machine/tally.ts";

const one = (name: string, good: boolean): Tally => ({ passed: good ? 1 : 0, failed: good ? [] : [name], skipped: [], flaky: [] });

// The caller's variables configure a real server and must not reach the tests.
const own =
  /^(SEKISHO_|APP_|DATABASE_|SMTP_|MAIL_|TRUSTED_|CONFIRMATION_|METRICS_|PORT$|LISTEN_HOST$|NODE_ENV$|ALLOWED_|SENDS_|OTP_|ACCOUNTS_|TEST_POSTGRES$|SERVICE_NAME$|SENDER_NUMBER$|CONTACT$|TERMS_|PRIVACY_|AUDIT_|ALERT_|COUNTRY_)/;
const environment = () => Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name))) as NodeJS.ProcessEnv;

/** `report` names the stored report, `variables` are added to the environment, `only` narrows the run to parts of file names and `-t TITLE`. */
type Choice = { files?: string[]; report?: string; variables?: Record<string, string>; only?: string[] };

async function vitest(project: "unit" | "db" | "peers", { report = project, variables = {}, only = [] }: Choice = {}): Promise<Tally> {
  const file = join(dataFolder(), `vitest-${report}.json`);
  rmSync(file, { force: true });
  const cli = join(root, "node_modules", "vitest", "vitest.mjs");
  const watch = only.includes("--watch");
  const rest = only.filter((argument) => argument !== "--watch");
  const reports = watch ? [] : ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const args = [cli, watch ? "watch" : "run", "--project", project, ...reports, ...rest];
  // Each file has its own database and mostly waits, so two workers take two thirds of the time on two cores.
  if (project === "db") args.push("--maxWorkers=2");
  const code = await run(process.execPath, args, { cwd: root, env: { ...environment(), ...variables } });
  if (watch) return one(`Vitest (${report})`, code === 0);
  const tally = tallyVitest(file, `Vitest (${report})`, code);
  // A narrowed run does not report the tests that it left out as skipped.
  return rest.length > 0 ? { ...tally, skipped: [] } : tally;
}

async function playwright(
  projects: ("pages" | "security" | "alone")[],
  { files = [], report = projects.join("-"), variables = {}, only = [] }: Choice = {},
): Promise<Tally> {
  const file = join(dataFolder(), `playwright-${report}.json`);
  rmSync(file, { force: true });
  const env = { ...environment(), ...variables, ...(await testBrowsers()), PLAYWRIGHT_JSON_OUTPUT_NAME: file };
  const cli = join(root, "node_modules", "@playwright", "test", "cli.js");
  const code = await run(
    process.execPath,
    [
      cli,
      "test",
      ...projects.map((project) => `--project=${project}`),
      ...files,
      ...only.map((argument) => (argument === "-t" ? "-g" : argument)),
    ],
    { cwd: root, env },
  );
  return tallyPlaywright(file, `Playwright (${report})`, code);
}

const onDistribution = { report: "distribution", variables: { TEST_POSTGRES: "distribution" } };

const hasDistribution = async () => (await ensurePeers(["postgresql"])).includes("postgresql");

const notInstalled = (what: string) => `distribution: [postgresql not installed] ${what}`;

const named = ({ passed, failed, skipped, flaky }: Tally): Tally => {
  const on = (names: string[]) => names.map((name) => `on the distribution's PostgreSQL: ${name}`);
  return { passed, failed: on(failed), skipped: on(skipped), flaky: on(flaky) };
};

/**
 * Runs the database tests once, on the distribution's PostgreSQL where it can be installed; a narrowed run uses the bundled one. The server's
 * version decides the plans of statements, so their tests run on both.
 */
async function database(only: string[]): Promise<Tally> {
  if (only.length > 0) return vitest("db", { only });
  if (!(await hasDistribution())) {
    const bundled = await vitest("db");
    return { ...bundled, skipped: [...bundled.skipped, notInstalled("the database tests, which ran on the bundled PostgreSQL")] };
  }
  const most = named(await vitest("db", onDistribution));
  const plans = await vitest("db", { report: "plans", only: ["lib/db/plans"] });
  return { ...sum([most, plans]), skipped: most.skipped };
}

/** Repeats the journey on the distribution's PostgreSQL package with its default settings. */
async function journey(): Promise<Tally> {
  if (!(await hasDistribution())) return { passed: 0, failed: [], skipped: [notInstalled("the journey")], flaky: [] };
  return named(await playwright(["pages"], { ...onDistribution, files: ["e2e/journey.spec.ts"] }));
}

const parts: Record<string, (only: string[]) => Promise<Tally>> = {
  types: async () => one("types", await types()),
  lint: async () => one("lint", await lint()),
  unit: (only) => vitest("unit", { only }),
  db: database,
  peers: (only) => vitest("peers", { only }),
  distribution: journey,
  e2e: (only) => playwright(["pages", "security"], { only }),
  "e2e-alone": (only) => playwright(["alone"], { only }),
};

async function part(name: string, only: string[]): Promise<Tally> {
  console.log(`\n── ${name}`);
  const work = parts[name];
  if (!work) throw new CommandRefusal(`There is no part "${name}" of the tests; there are: ${Object.keys(parts).join(", ")}.`);
  try {
    return await work(only);
  } catch (error) {
    console.error(error);
    return one(`${name}: ${(error as Error).message}`, false);
  }
}

/** Splits the arguments into the named parts and what narrows a single part: `unit number -t "full-width"`, `db verify`, `unit --watch`. */
function asked(args: string[]): { names: string[]; only: string[] } {
  const other = args.findIndex((argument) => !(argument in parts));
  const names = other < 0 ? args : args.slice(0, other);
  const only = other < 0 ? [] : args.slice(other);
  if (only.length > 0 && names.length !== 1)
    throw new CommandRefusal(`Name one part before "${only[0]}"; there are: ${Object.keys(parts).join(", ")}.`);
  return { names: names.length > 0 ? names : Object.keys(parts), only };
}

/** `npm test`: runs all parts or the named ones. The last line is the sum; exit code 0 means that every test ran and passed. */
await untilStopped(async () => {
  const { names, only } = asked(process.argv.slice(2));
  await ensureClient();
  const tallies: Tally[] = [];
  for (const name of names) {
    const begun = performance.now();
    tallies.push(await part(name, only));
    console.log(`── ${name} took ${Math.round((performance.now() - begun) / 1000)} s`);
  }
  const { passed, failed, skipped, flaky } = sum(tallies);
  console.log("");
  for (const name of failed) console.log(`FAILED   ${name}`);
  for (const name of flaky) console.log(`FLAKY    ${name}`);
  for (const name of skipped) console.log(`SKIPPED  ${name}`);
  const also = [...(flaky.length > 0 ? [`${flaky.length} flaky`] : []), ...(skipped.length > 0 ? [`${skipped.length} skipped`] : [])];
  console.log([`${passed} passed`, `${failed.length} failed`, ...also].join(", "));
  await stopAll(failed.length === 0 && passed > 0 ? 0 : 1);
});
