import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { root } from "../../scripts/machine/place.ts";
import { freePort } from "../../scripts/machine/ports.ts";

// A production server with an incomplete configuration does not start; it names the variable and never shows its value (ASVS 13.1, 14.3).

const key = (text: string) => `k1:${Buffer.from(text).toString("base64")}`;
const COMPLETE: Record<string, string> = {
  SEKISHO_MODE: "production",
  APP_URL: "https://login.example.jp",
  // A port without a listener: an accepted configuration fails at the database, which the last test shows.
  DATABASE_URL: "postgres://sekisho:hidden-word@127.0.0.1:9/sekisho",
  APP_KEYS: key("0123456789abcdef0123456789abcdef"),
  TRUSTED_PROXIES: "none",
};

type Ended = { code: number | null; output: string };

async function boot(changes: Record<string, string>): Promise<Ended> {
  const env: Record<string, string> = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", PORT: String(await freePort()) };
  for (const [name, value] of Object.entries({ ...COMPLETE, ...changes })) if (value) env[name] = value;
  const child: ChildProcess = spawn(process.execPath, [join(root, "scripts", "commands", "serve.ts")], {
    cwd: root,
    env: { ...env, NODE_ENV: "production" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => {
      output += chunk;
    });
  const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  return { code, output };
}

const REFUSED: readonly (readonly [what: string, variable: string, value: string])[] = [
  ["no APP_URL", "APP_URL", ""],
  ["an APP_URL that is none", "APP_URL", "login-hidden-word"],
  ["an APP_URL without TLS", "APP_URL", "http://hidden-word.example.jp"],
  ["an APP_URL with a path", "APP_URL", "https://login.example.jp/hidden-word"],
  ["no DATABASE_URL", "DATABASE_URL", ""],
  ["a DATABASE_URL of another database", "DATABASE_URL", "mysql://sekisho:hidden-word@127.0.0.1/sekisho"],
  ["a DATABASE_URL with settings of its own", "DATABASE_URL", "postgres://sekisho@127.0.0.1/sekisho?options=-c%20jit%3Dhidden-word"],
  ["no APP_KEYS", "APP_KEYS", ""],
  ["APP_KEYS without an id", "APP_KEYS", Buffer.from("hidden-word-hidden-word-hidden-word").toString("base64")],
  ["a short key", "APP_KEYS", key("hidden-word")],
  ["a key of one repeated character", "APP_KEYS", `k1:${"A".repeat(44)}`],
  ["lifted limits", "SEKISHO_LIMITS", "bench"],
  ["a mode that does not exist", "SEKISHO_MODE", "hidden-word"],
  ["a misspelt name", "SEKISHO_LIMTS", "hidden-word"],
  ["a name of another program", "SEKISHO_SECRET", "hidden-word"],
  ["a port that is none", "PORT", "hidden-word"],
  ["a short METRICS_TOKEN", "METRICS_TOKEN", "hidden-word"],
  ["no decision on proxies", "TRUSTED_PROXIES", ""],
  ["a trusted proxy that is no address", "TRUSTED_PROXIES", "hidden-word"],
  ["proxies that are none and one as well", "TRUSTED_PROXIES", "none,10.0.0.0/8"],
  ["everybody as a proxy", "TRUSTED_PROXIES", "10.0.0.1,0.0.0.0/0"],
  ["one login that is not accepted by that word", "DATABASE_ONE_LOGIN", "hidden-word"],
];

for (const [what, variable, value] of REFUSED) {
  test(`Production does not start with ${what}, says ${variable} and not its value.`, async () => {
    const { code, output } = await boot({ [variable]: value });
    expect(code, output).toBe(1);
    expect(output).toContain(`${variable}:`);
    expect(output).not.toMatch(/hidden-word|0123456789abcdef|MDEyMzQ1/);
    expect(output, "a sentence, no stack").not.toMatch(/\n\s+at /);
  });
}

test("Whoever has not decided on proxies is told what to set and why, with all else that is missing.", async () => {
  const { output } = await boot({ TRUSTED_PROXIES: "", APP_URL: "" });
  expect(output).toContain("APP_URL: is missing");
  expect(output).toMatch(/TRUSTED_PROXIES: is missing: name the proxy or load balancer.*set none.*uses up the limits of all/);
});

test("A complete configuration goes on to the database, and its password is not shown when that is not there.", async () => {
  const { code, output } = await boot({});
  expect(code).toBe(1);
  expect(output).toContain("DATABASE_URL");
  expect(output).not.toContain("hidden-word");
});
