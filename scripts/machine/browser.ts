import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root } from "./place.ts";
import { CommandRefusal } from "./refusal.ts";
import { run } from "./stop.ts";

/** Chromium without windows, which takes half of the processor time for the same pages. */
const SHELL = "chromium-headless-shell";
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const applications = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"];

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    // Some packages install a stub that only prints where to get the browser.
    execFileSync(file, ["--version"], { stdio: "ignore", timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

function inPath(...wanted: string[]): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const candidates = wanted.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find((file) => existsSync(file) && runs(file));
}

const systemBrowser = () => inPath(...names) ?? applications.find((file) => existsSync(file) && runs(file));

async function playwrightBrowser(): Promise<string | undefined> {
  const { chromium } = await import("@playwright/test");
  const file = chromium.executablePath();
  return file && existsSync(file) && runs(file) ? file : undefined;
}

const isDebianRoot = () => process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");

let updated = false;
async function install(...packages: string[]): Promise<boolean> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const stdio = ["ignore", "ignore", "inherit"] as const;
  if (!updated) await run("apt-get", ["update", "-q"], { env, stdio: [...stdio] });
  updated = true;
  return (await run("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...packages], { env, stdio: [...stdio] })) === 0;
}

function hasJapaneseFont(): boolean {
  try {
    return (
      execFileSync("fc-list", [":lang=ja", "family"], { stdio: ["ignore", "pipe", "ignore"] })
        .toString()
        .trim() !== ""
    );
  } catch {
    return false;
  }
}

/** Returns the path of a working Chromium: the system's, Playwright's, or a newly installed one. */
export async function findBrowser(): Promise<string> {
  const found = systemBrowser() ?? (await playwrightBrowser()) ?? (await installBrowser());
  if (isDebianRoot() && !hasJapaneseFont()) {
    console.log("Installing a Japanese font …");
    if (!(await install("fonts-noto-cjk"))) console.log("No Japanese font could be installed; the pages are tested without one.");
  }
  return found;
}

async function headlessShell(): Promise<string | undefined> {
  if (isDebianRoot() && !inPath(SHELL)) {
    console.log("Installing Chromium's headless shell …");
    if (!(await install(SHELL))) console.log("It could not be installed; the tests use the whole browser.");
  }
  return inPath(SHELL);
}

/** Returns the variables of the browser tests: the headless shell where there is one, and a whole browser for settings that the shell ignores. */
export async function testBrowsers(): Promise<{ E2E_BROWSER: string; E2E_WHOLE_BROWSER: string }> {
  const whole = await findBrowser();
  return { E2E_BROWSER: (await headlessShell()) ?? whole, E2E_WHOLE_BROWSER: whole };
}

async function installBrowser(): Promise<string> {
  console.log("There is no Chromium on this machine; installing one for the browser tests …");
  const cli = join(root, "node_modules", "@playwright", "test", "cli.js");
  await run(process.execPath, [cli, "install", "chromium"], { cwd: root });
  const own = await playwrightBrowser();
  if (own) return own;
  if (isDebianRoot()) {
    await install("chromium");
    const system = systemBrowser();
    if (system) return system;
  }
  throw new CommandRefusal(
    "No Chromium that runs was found or could be installed.\nInstall Chromium or Google Chrome and run npm test again.",
  );
}
