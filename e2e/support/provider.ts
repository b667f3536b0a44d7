import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { join } from "node:path";
import { type Arrived, answers, type Loopback, loopback } from "../../lib/testing/loopback.ts";
import { root } from "../../scripts/machine/place.ts";
import { testEnvironment } from "../../scripts/test/environment.ts";
import { expectStatus, PASSWORD } from "./api.ts";
import { askAs } from "./plain.ts";
import { urlFor } from "./server.ts";

/** Real provider accounts at loopback gateways: created by the operator's command, with receipts signed like their vendors'. */

export const SECRET = "never-to-be-seen-webhook-secret-0123456789";
export const AUTH_TOKEN = "fedcba98765432100123456789abcdef";
export const ACCOUNT_SID = `AC${"0123456789abcdef".repeat(2)}`;
export const MESSAGE_SID = `SM${"0123456789abcdef".repeat(2)}`;
export const CALL_SID = `CA${"0123456789abcdef".repeat(2)}`;

export type Ran = { code: number | null; out: string };

/** Runs an operator's command on a database; `env` sets the mode and the port. */
export const command = (
  file: "client" | "provider" | "texts" | "kill" | "admin" | "doctor" | "seed",
  databaseUrl: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<Ran> => program(join("scripts", "commands", `${file}.ts`), databaseUrl, args, env);

/** Creates accounts in a separate process of the product's own code; returns their addresses. */
export const manyAccounts = async (databaseUrl: string, count: number): Promise<string[]> =>
  JSON.parse(await must(program(join("e2e", "support", "many-accounts.ts"), databaseUrl, [String(count)], {}))) as string[];

/** Runs a program of the clone to its end. */
export function program(file: string, databaseUrl: string, args: string[], env: Record<string, string>): Promise<Ran> {
  const { PATH = "", HOME = "", TMPDIR = "" } = process.env;
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(root, file), ...args], {
    cwd: root,
    env: { PATH, HOME, TMPDIR, NODE_ENV: "production", ...testEnvironment, DATABASE_URL: urlFor(databaseUrl, env), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (out += chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, out }));
  });
}

export async function must(ran: Promise<Ran>): Promise<string> {
  const { code, out } = await ran;
  if (code !== 0) throw new Error(`the command ended with ${code}: ${out}`);
  return out;
}

/** Adds an account of the signed webhook at a gateway, at a position in the order. */
export const addWebhook = (databaseUrl: string, name: string, gateway: Loopback, order: number, env: Record<string, string> = {}) =>
  must(
    command("provider", databaseUrl, ["add", name, "--kind", "webhook", "--base-url", gateway.url, "--order", String(order)], {
      ...env,
      PROVIDER_SECRET: SECRET,
    }),
  );

/** Adds an account of Twilio at a loopback server. */
export const addTwilio = (databaseUrl: string, name: string, server: Loopback, order: number, env: Record<string, string> = {}) =>
  must(
    command(
      "provider",
      databaseUrl,
      `add ${name} --kind twilio --set accountSid=${ACCOUNT_SID} --sender +12025550100 --base-url ${server.url} --order ${order}`.split(
        " ",
      ),
      { ...env, PROVIDER_AUTH_TOKEN: AUTH_TOKEN },
    ),
  );

export const openGateway = () => loopback(answers(202, { id: "m-1" }));
/** A hand-over as a webhook gateway received it. */
export type Told = { attemptId: string; to: string; text: string; receiptUrl: string; channel: string; greeting?: string };
export const toldTo = (gateway: Loopback): Told[] => gateway.arrived.map(({ body }) => JSON.parse(body.toString()) as Told);
export const codeIn = (text: string): string => /\d{6}/.exec(text)?.[0] ?? "";
export const formOf = ({ body }: Arrived): URLSearchParams => new URLSearchParams(body.toString());

/** Returns the headers of a webhook receipt. */
export function signed(body: string, { secret = SECRET, at = Date.now() } = {}): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const mac = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  return { "content-type": "application/json", "sekisho-timestamp": timestamp, "sekisho-signature": `v1=${mac}` };
}

/** Computes Twilio's signature as documented: HMAC over the address and the sorted parameters, with the auth token. */
export function twilioSignature(url: string, body: string, token = AUTH_TOKEN): string {
  const pairs = [...new URLSearchParams(body)].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return createHmac("sha1", token)
    .update(url + pairs.map(([name, value]) => name + value).join(""))
    .digest("base64");
}

/** Passes a user's password through the proxy of a production instance; returns the challenge cookie. */
export async function passAt(host: string, port: number, email: string): Promise<string> {
  const answer = await askAs(host, port, { method: "POST", path: "/api/v1/sign-in", json: { identifier: email, password: PASSWORD } });
  expectStatus({ status: answer.status, body: JSON.parse(answer.body || "{}"), text: answer.body, headers: new Headers() }, 200);
  return answer.cookies[0]?.split(";")[0] ?? "";
}
