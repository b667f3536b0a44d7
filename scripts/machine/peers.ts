import { execFileSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { delimiter, join } from "node:path";
import { distributionPrograms } from "../test/distribution.ts";
import { withLock } from "./lock.ts";
import { root } from "./place.ts";
import { run } from "./stop.ts";

/** The external programs that the product is tested against, with a check for each on this machine. */
const inPath = (name: string) =>
  [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/lib/kannel/test"].some((folder) => existsSync(join(folder, name)));

function perlHas(module: string): boolean {
  try {
    execFileSync("perl", [`-M${module}`, "-e", "1"], { stdio: "ignore", timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

/** The FastCGI server of PHP, whose name has the version. */
export const phpFpm = (): string | undefined => globSync("/usr/sbin/php-fpm*").sort().at(-1);

const folder = join(root, "e2e", "peers");

const PEERS = {
  /** The vendors' own npm packages: official SDKs, Prism with Twilio's OpenAPI document, a second SMPP codec. */
  npm: { has: () => existsSync(join(folder, "node_modules", ".package-lock.json")), packages: [] },
  "net-smpp": { has: () => perlHas("Net::SMPP"), packages: ["libnet-smpp-perl"] },
  kannel: { has: () => inPath("bearerbox") && inPath("fakesmsc"), packages: ["kannel", "kannel-extras"] },
  tshark: { has: () => inPath("tshark"), packages: ["tshark"] },
  socat: { has: () => inPath("socat"), packages: ["socat"] },
  /** Tools that a gateway's author uses to try docs/webhook.md. */
  openssl: { has: () => inPath("openssl") && inPath("curl"), packages: ["openssl", "curl"] },
  /** The distribution's own PostgreSQL, and the pooler that the tests put in front of it. */
  postgresql: { has: () => distributionPrograms() !== undefined, packages: ["postgresql"] },
  /** The proxy of compose.yaml. */
  caddy: { has: () => inPath("caddy"), packages: ["caddy"] },
  /** The proxies of docs/forward-auth.md, and the service of its example. */
  nginx: { has: () => inPath("nginx"), packages: ["nginx-light"] },
  haproxy: { has: () => inPath("haproxy"), packages: ["haproxy"] },
  apache: { has: () => inPath("apache2") && existsSync("/usr/share/lua/5.3/socket.lua"), packages: ["apache2", "lua-socket"] },
  /** A service of docs/openid.md: Apache's own client of OpenID Connect. */
  "auth-openidc": {
    has: () => inPath("apache2") && existsSync("/usr/lib/apache2/modules/mod_auth_openidc.so"),
    packages: ["apache2", "libapache2-mod-auth-openidc"],
  },
  php: { has: () => inPath("php") && phpFpm() !== undefined, packages: ["php-cli", "php-fpm"] },
  /** Runtimes of examples/verify. */
  java: { has: () => inPath("javac"), packages: ["default-jdk-headless"] },
  python: { has: () => inPath("python3"), packages: ["python3"] },
  /** `promtool`, which judges the metrics and deploy/alert-rules.yml. */
  prometheus: { has: () => inPath("promtool"), packages: ["prometheus"] },
  pgbouncer: { has: () => inPath("pgbouncer"), packages: ["pgbouncer"] },
} as const;

export type Peer = keyof typeof PEERS;

async function installPackages(names: readonly Peer[]) {
  const wanted = names.map((name) => PEERS[name]).flatMap((peer) => (peer.packages.length > 0 && !peer.has() ? [...peer.packages] : []));
  if (wanted.length === 0 || process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return;
  console.log(`Installing the programs that the product is tested against: ${wanted.join(", ")} …`);
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "ignore", "inherit"] as ["ignore", "ignore", "inherit"],
  };
  await run("apt-get", ["update", "-q"], options);
  await run("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...wanted], options);
}

async function installModules() {
  if (PEERS.npm.has()) return;
  console.log("Installing the vendors' packages that provider adapters are tested against (npm ci in e2e/peers) …");
  await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}

/** Installs the missing peers where possible and returns those present; tests of a missing peer are skipped by name. */
export async function ensurePeers(names: readonly Peer[] = Object.keys(PEERS) as Peer[]): Promise<Peer[]> {
  await withLock("peers", "Another run of the tests is installing its peers; waiting for it.", async () => {
    await installPackages(names);
    if (names.includes("npm")) await installModules();
  });
  for (const name of names)
    if (!PEERS[name].has()) console.log(`The peer ${name} cannot be installed on this machine: its tests are skipped.`);
  return names.filter((name) => PEERS[name].has());
}
