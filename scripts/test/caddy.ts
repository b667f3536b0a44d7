import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../machine/place.ts";
import { startProgram } from "./program.ts";

/** A real Caddy with deploy/Caddyfile in front of some instances. */
export type Caddy = {
  /** The certificate of its own authority, PEM. */
  authority: string;
  stop(): Promise<void>;
};

// Global options before the tested file: only the site's port, no files outside the folder, no authority installed in the system.
const MACHINE = `{
	admin off
	auto_https disable_redirects
	skip_install_trust
}
import ${join(root, "deploy", "Caddyfile")}
`;

/** Starts Caddy for a site `https://localhost:PORT` in front of instances (`host:port`) and waits until it serves. */
export async function startCaddy(site: string, instances: readonly string[]): Promise<Caddy> {
  const folder = mkdtempSync(join(tmpdir(), "sekisho-caddy-"));
  writeFileSync(join(folder, "Caddyfile"), MACHINE);
  const env = { SITE: site, INSTANCES: instances.join(" "), XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const caddy = startProgram("caddy", ["run", "--config", join(folder, "Caddyfile"), "--adapter", "caddyfile"], { env });
  await caddy.line(/serving initial configuration/);
  await caddy.line(/certificate obtained successfully/);
  return {
    authority: readFileSync(join(folder, "caddy", "pki", "authorities", "local", "root.crt"), "utf8"),
    async stop() {
      await caddy.stop("SIGTERM");
      rmSync(folder, { recursive: true });
    },
  };
}
