/**
 * The first step of every command: installs the locked dependencies, then runs the command on Node 24. It runs on the system's Node (20.9 or newer)
 * before anything is installed, so it uses no dependency and no TypeScript.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const modules = join(root, "node_modules");
const windows = process.platform === "win32";

function stopWith(message) {
  console.error(`\n${message}\n`);
  process.exit(1);
}

const atLeast = (major, minor) => {
  const [a = 0, b = 0] = process.versions.node.split(".").map(Number);
  return a > major || (a === major && b >= minor);
};

/** Returns true when node_modules matches package-lock.json; npm writes its hidden copy of the lock only after a complete install. */
function installed() {
  const hidden = join(modules, ".package-lock.json");
  if (!existsSync(hidden)) return false;
  try {
    const have = JSON.parse(readFileSync(hidden, "utf8")).packages;
    const want = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
    return Object.entries(want).every(
      ([path, { version, optional, devOptional }]) =>
        path === "" || (have[path] ? have[path].version === version : optional || devOptional),
    );
  } catch {
    return false;
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Serializes installs: two concurrent starts of a fresh clone would delete each other's node_modules. */
async function withInstallLock(action) {
  const folder = join(root, ".data");
  const lock = join(folder, "install.lock");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (let told = false; ; told = true) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx", mode: 0o600 });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const holder = existsSync(lock) ? Number(readFileSync(lock, "utf8")) : 0;
      if (holder && !alive(holder)) rmSync(lock, { force: true });
      else if (!told) console.log("Another start of this clone is installing the dependencies; waiting for it.");
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  try {
    await action();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Returns PATH without node_modules: npm must not run on the Node inside the folder that it deletes. */
function systemPath() {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter((entry) => !entry.replaceAll("\\", "/").endsWith("node_modules/.bin"))
    .join(delimiter);
}

async function install() {
  if (installed()) return;
  await withInstallLock(async () => {
    if (installed()) return;
    console.log("Installing the locked dependencies (npm ci) …");
    const args = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];
    const code = await run(windows ? "npm.cmd" : "npm", args, { env: { ...process.env, PATH: systemPath() }, shell: windows });
    if (stopped) process.exit(0);
    if (code !== 0) throw new Error("The dependencies could not be installed; npm says why above. Nothing was started.");
  });
}

/** Returns Node 24: the one from the dependencies, otherwise the system's if it runs TypeScript without a flag. */
function node24() {
  const packaged = join(modules, `node-${windows ? "win" : process.platform}-${process.arch}`, "bin", windows ? "node.exe" : "node");
  if (existsSync(packaged)) return packaged;
  if (atLeast(22, 18)) return process.execPath;
  return stopWith(
    `There is no packaged Node 24 for ${process.platform}-${process.arch}, and the installed Node is ${process.versions.node}.\nInstall Node 24 (https://nodejs.org) and run the command again.`,
  );
}

/** Ends this process when its parent disappears: a SIGKILL of npm leaves npm's children running. */
function watchParent(stop) {
  if (!process.env.npm_lifecycle_event || windows) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && stop(), 100).unref();
}

let stopped = false;

/** Runs a child, forwards signals as SIGTERM and returns its exit code (128 + signal if a signal killed it). */
function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit", ...options });
    // The terminal also sends Ctrl-C to the child directly; a second signal is harmless.
    const stop = () => {
      stopped = true;
      child.kill("SIGTERM");
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
    watchParent(stop);
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(name, stop);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

/**
 * Installs missing dependencies, runs one TypeScript file of this folder on Node 24, and ends with its exit code. The IPC channel tells the inner
 * process when this one has ended.
 */
export async function main(file, { args = process.argv.slice(2), env = {} } = {}) {
  if (!atLeast(20, 9)) stopWith(`Sekisho needs Node 20.9 or newer; this is ${process.versions.node}.`);
  try {
    await install();
    const options = { env: { ...process.env, ...env }, stdio: ["inherit", "inherit", "inherit", "ipc"] };
    process.exit(await run(node24(), ["--disable-warning=ExperimentalWarning", join(root, "scripts", file), ...args], options));
  } catch (error) {
    if (error.code === "EACCES" || error.code === "EPERM")
      stopWith(`No permission: ${error.path ?? error.message}\nThe folder of the clone must be readable and writable for you.`);
    if (error.code === "ENOSPC") stopWith(`The disk is full: ${error.path ?? root}\nFree some space and run the command again.`);
    stopWith(error.message);
  }
}
