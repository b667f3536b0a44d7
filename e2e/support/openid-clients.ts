import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../scripts/machine/place.ts";
import { freePort } from "../../scripts/machine/ports.ts";
import { listening, startProgram } from "../../scripts/test/program.ts";
import type { Instance } from "./server.ts";
import { registerService } from "./service.ts";

/** The examples of services, started as their documents say. */

export type Example = { url: string; stop(): Promise<void> };

/** `examples/next-app`, in a copy below this folder, where it finds its packages. */
export async function startNextApp(server: Instance): Promise<Example> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const { id, secret } = await registerService(server, `${url}/api/auth/callback/sekisho`, { firstParty: true });
  mkdirSync(join(root, ".data"), { recursive: true });
  const folder = mkdtempSync(join(root, ".data", "next-app-"));
  cpSync(join(root, "examples", "next-app"), folder, { recursive: true });
  const own = { SEKISHO_URL: server.url, CLIENT_ID: id, CLIENT_SECRET: secret, NEXTAUTH_URL: url, NEXTAUTH_SECRET: secret };
  const next = [join(root, "node_modules", "next", "dist", "bin", "next"), "dev", "-p", String(port)];
  const program = startProgram(process.execPath, next, {
    cwd: folder,
    env: { ...own, NODE_ENV: "development", NEXT_TELEMETRY_DISABLED: "1", NODE_OPTIONS: "" },
  });
  await program.line(/Ready in/);
  return {
    url,
    async stop() {
      await program.stop("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const MODULES = ["mpm_event", "authn_core", "authz_core", "authz_user", "dir", "headers", "auth_openidc"];

/** `examples/apache-openidc` without TLS, with the addresses of this run. */
export async function startApacheClient(server: Instance): Promise<Example> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const { id, secret } = await registerService(server, `${url}/signed-in`, { firstParty: true });
  const folder = mkdtempSync(join(tmpdir(), "sekisho-openidc-"));
  chmodSync(folder, 0o755);
  for (const name of ["site", "kept"]) mkdirSync(join(folder, name));
  chmodSync(join(folder, "kept"), 0o777);
  writeFileSync(join(folder, "site", "index.html"), "<h1>Shop</h1>");
  const example = readFileSync(join(root, "examples", "apache-openidc", "apache.conf"), "utf8")
    .replace(/^ +SSL.*\n/gm, "")
    .replace("*:443", `127.0.0.1:${port}`)
    .replaceAll("https://shop.example.co.jp", url)
    .replaceAll("https://login.example.co.jp", server.url)
    .replace("/srv/shop", join(folder, "site"))
    .replaceAll("shop.example.co.jp", "localhost")
    .replace("CLIENT_ID", id)
    .replace("CLIENT_SECRET", secret)
    .replace("PASSPHRASE", secret);
  const around = [
    `ServerRoot ${folder}\nPidFile ${folder}/apache.pid\nDefaultRuntimeDir ${folder}\nMutex file:${folder}\nErrorLog ${folder}/apache.log`,
    `ServerName localhost\nListen 127.0.0.1:${port}\nOIDCCacheType file\nOIDCCacheDir ${folder}/kept`,
    // Scripts are answered 401, and Node's fetch says that it is one.
    "RequestHeader unset Sec-Fetch-Mode early",
    ...(process.getuid?.() === 0 ? ["User www-data\nGroup www-data"] : []),
  ];
  const loaded = MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`);
  writeFileSync(join(folder, "apache.conf"), [...loaded, ...around, example, ""].join("\n"));
  const program = startProgram("apache2", ["-f", join(folder, "apache.conf"), "-DFOREGROUND"]);
  await listening(port, program);
  return {
    url,
    async stop() {
      await program.stop("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** `examples/logout`: what it answers to a logout token, and the lines that it prints. */
export async function startLogoutReceiver(server: Instance, clientId: string) {
  const program = startProgram(process.execPath, [join(root, "examples", "logout", "receiver.mjs")], {
    env: { SEKISHO_URL: server.url, CLIENT_ID: clientId, PORT: "0" },
  });
  const port = /\d+/.exec(await program.line(/^listening on \d+$/))?.[0];
  const take = async (token: string): Promise<number> => {
    const body = new URLSearchParams({ logout_token: token });
    return (await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body })).status;
  };
  return { take, line: program.line, stop: program.stop };
}

/** The arguments of the command by which a document registers a service. */
export function commandOf(document: string): string[] {
  const [, typed = ""] = /^ *npm run client -- (add .*)$/m.exec(readFileSync(join(root, document), "utf8")) ?? [];
  return [...typed.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
}
