import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { testBrowsers } from "../machine/browser.ts";
import { ensureBuild } from "../machine/build.ts";
import { ensureClient } from "../machine/client.ts";
import { root } from "../machine/place.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { onStop, run, stopAll, untilStopped } from "../machine/stop.ts";
import { tallyPlaywright, tallyVitest } from "../machine/tally.ts";

type Mutant = { name: string; patch: string; test: string[] };

const folder = join(root, "e2e", "mutants");

/** Each patch begins with `Test: lib/x.db.test.ts [-t pattern]`, the test that must fail with it. */
function mutants(): Mutant[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".patch"));
  return names.sort().map((name) => {
    const patch = join(folder, name);
    const line = readFileSync(patch, "utf8").match(/^Test:\s*(.+)$/m)?.[1];
    if (!line) throw new CommandRefusal(`${name} has no line "Test: <file> [-t pattern]".`);
    const [file = "", pattern] = line.split(/\s+-t\s+/);
    return { name, patch, test: [file.trim(), ...(pattern ? ["-t", pattern.trim().replace(/^["']|["']$/g, "")] : [])] };
  });
}

/** Copies the tested tree with linked packages. The build of the unpatched tree is copied too, so that only a mutant is built again. */
function scratchCopy(into: string, name: string): string {
  const copy = join(into, name);
  mkdirSync(copy);
  const left = new Set([".git", ".data", "node_modules", "test-results", "bench-results"]);
  const filter = (path: string) => basename(path) !== "node_modules";
  for (const entry of readdirSync(root)) if (!left.has(entry)) cpSync(join(root, entry), join(copy, entry), { recursive: true, filter });
  for (const folder of ["node_modules", join("e2e", "peers", "node_modules")]) linkPackages(copy, folder);
  return copy;
}

/** Uses hard links: Node would resolve a symbolic link to the original folder and find its packages twice. */
function linkPackages(copy: string, folder: string) {
  if (!existsSync(join(root, folder))) return;
  const linked = spawnSync("cp", ["-al", join(root, folder), join(copy, folder)]);
  if (linked.status !== 0) symlinkSync(join(root, folder), join(copy, folder), "dir");
}

/** Returns the first failure of a test, or null when it is green. */
async function failure(tree: string, test: string[]): Promise<string | null> {
  const [file = "", flag, pattern = ""] = test;
  const browserTest = file.endsWith(".spec.ts");
  const report = join(tree, ".data", "mutant.json");
  rmSync(report, { force: true });
  const cli = browserTest
    ? ["@playwright/test/cli.js", "test", file, "--retries=0"]
    : ["vitest/vitest.mjs", "run", file, "--reporter=json", `--outputFile.json=${report}`];
  const [program = "", ...args] = cli;
  const only = flag ? [browserTest ? "-g" : "-t", pattern] : [];
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report, ...(browserTest ? await testBrowsers() : {}) };
  const stdio: ["ignore", "ignore", "ignore"] = ["ignore", "ignore", "ignore"];
  const code = await run(process.execPath, [join(tree, "node_modules", program), ...args, ...only], { cwd: tree, env, stdio });
  const { failed } = browserTest ? tallyPlaywright(report, file, code) : tallyVitest(report, file, code);
  return failed[0] ?? null;
}

type Verdict = { result: string; why?: string | null };

async function verdict(scratch: string, mutant: Mutant, unpatched: Map<string, string | null>): Promise<Verdict> {
  const key = mutant.test.join(" ");
  const before = unpatched.has(key) ? (unpatched.get(key) ?? null) : await failure(root, mutant.test);
  unpatched.set(key, before);
  if (before !== null) return { result: "TEST IS RED WITHOUT THE PATCH", why: before };
  const tree = scratchCopy(scratch, mutant.name);
  try {
    if ((await run("patch", ["-p1", "-F0", "-s", "-f", "-i", mutant.patch], { cwd: tree })) !== 0)
      return { result: "PATCH DOES NOT APPLY" };
    const why = await failure(tree, mutant.test);
    return why === null ? { result: "SURVIVED" } : { result: "caught", why };
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** `npm run mutants [name …]`: each test must pass without its mutant and fail with it; the failure is shown, so that its reason can be judged. */
await untilStopped(async () => {
  const asked = process.argv.slice(2);
  const chosen = mutants().filter(({ name }) => asked.length === 0 || asked.some((part) => name.includes(part)));
  if (chosen.length === 0) throw new CommandRefusal("There are no such mutants in e2e/mutants.");
  const scratch = mkdtempSync(join(tmpdir(), "sekisho-mutants-"));
  onStop(async () => rmSync(scratch, { recursive: true, force: true }));
  await ensureClient();
  if (chosen.some(({ test }) => test[0]?.endsWith(".spec.ts"))) await ensureBuild();
  const unpatched = new Map<string, string | null>();
  let bad = 0;
  for (const mutant of chosen) {
    const { result, why } = await verdict(scratch, mutant, unpatched);
    if (result !== "caught") bad++;
    console.log(`${result.padEnd(30)} ${mutant.name.padEnd(40)} ${mutant.test.join(" ")}`);
    if (why) console.log(`    ${why.replace(/^.*\.patch\//, "").slice(0, 240)}`);
  }
  console.log(`${chosen.length - bad} of ${chosen.length} mutants caught`);
  await stopAll(bad === 0 ? 0 : 1);
});
