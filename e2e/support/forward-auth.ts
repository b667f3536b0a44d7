import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { phpFpm } from "../../scripts/machine/peers.ts";
import { root } from "../../scripts/machine/place.ts";
import { freePort } from "../../scripts/machine/ports.ts";
import { listening, type Program, startProgram } from "../../scripts/test/program.ts";

/** The proxies of docs/forward-auth.md with the example's PHP application behind each, as the documents configure them. */

export const proxies = ["nginx", "php", "caddy", "haproxy", "apache"] as const;
/** `php` is nginx with PHP's FastCGI server, the others pass on HTTP. */
export type ProxyName = (typeof proxies)[number];

export type Guarded = {
  /** `NAME.localhost:PORT` of each proxy. */
  hosts: Record<ProxyName, string>;
  /** The application without a proxy, `127.0.0.1:PORT`. */
  application: number;
  stop(): Promise<void>;
};

const asRoot = process.getuid?.() === 0;
const EXAMPLE = join(root, "examples", "php-behind-nginx");
const example = (...path: string[]) => readFileSync(join(root, "examples", ...path), "utf8");

/** The lines around a documented configuration that make it run for a test: no daemon, no folders of the machine. */
const aroundNginx = (folder: string, body: string) => `daemon off;
pid ${folder}/nginx.pid;
error_log stderr;
events {}
http {
access_log off;
${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join("\n")}
${body.replace("include fastcgi_params", "include /etc/nginx/fastcgi_params")}
}
`;

const APACHE_MODULES = ["mpm_event", "authz_core", "lua", "proxy", "proxy_http", "ssl"];
const aroundApache = (folder: string, port: number, body: string) => `ServerRoot ${folder}
PidFile ${folder}/apache.pid
DefaultRuntimeDir ${folder}
Mutex file:${folder}
ErrorLog ${folder}/apache.log
ServerName localhost
${APACHE_MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join("\n")}
${asRoot ? "User www-data\nGroup www-data" : ""}
Listen 127.0.0.1:${port}
${body}
`;

const aroundCaddy = (body: string, certificate: string) => `{
	admin off
	auto_https disable_redirects
	skip_install_trust
}
${body.replace(" {\n", ` {\n	tls ${certificate}.pem ${certificate}.key\n`)}
`;

/** Starts all of them for a Sekisho that listens on a port and is called `origin`. */
export async function startGuarded({ sekisho, origin }: { sekisho: number; origin: string }): Promise<Guarded> {
  const folder = mkdtempSync(join(tmpdir(), "sekisho-guarded-"));
  chmodSync(folder, 0o755);
  const certificate = join(folder, "site");
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:*.localhost"];
  const made = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", ...subject];
  execFileSync("openssl", ["req", ...made, "-keyout", `${certificate}.key`, "-out", `${certificate}.pem`], { stdio: "ignore" });
  writeFileSync(`${certificate}.both`, readFileSync(`${certificate}.pem`, "utf8") + readFileSync(`${certificate}.key`, "utf8"));
  const [application, fastcgi, ...ports] = await Promise.all(Array.from({ length: 2 + proxies.length }, freePort));
  if (!application || !fastcgi) throw new Error("no ports");
  const portOf = (name: ProxyName) => ports[proxies.indexOf(name)] ?? 0;
  const hosts = Object.fromEntries(proxies.map((name) => [name, `${name}.localhost:${portOf(name)}`])) as Record<ProxyName, string>;
  const programs: Program[] = [];
  const start = async (port: number, ...command: Parameters<typeof startProgram>) => {
    const program = startProgram(...command);
    programs.push(program);
    await listening(port, program);
  };

  /** A documented configuration with the addresses of this run. */
  const filled = (name: ProxyName, text: string) =>
    text
      .replaceAll("/etc/ssl/app.example.co.jp", certificate)
      .replaceAll(`crt ${certificate}.pem`, `crt ${certificate}.both`)
      .replaceAll(/\/etc\/(?:haproxy|apache2)\/sekisho\.lua/g, join(folder, `${name}.lua`))
      .replaceAll("/srv/php-behind-nginx", EXAMPLE)
      .replaceAll("https://login.example.co.jp", origin)
      .replaceAll("app.example.co.jp {", `${hosts[name]} {`)
      .replaceAll("= app.example.co.jp", `= ${hosts[name]}`)
      .replaceAll('HOST = "app.example.co.jp"', `HOST = "${hosts[name]}"`)
      .replaceAll(/(X[-_]Forwarded[-_]Host) app\.example\.co\.jp/gi, `$1 ${hosts[name]}`)
      .replaceAll("app.example.co.jp", `${name}.localhost`)
      .replaceAll("listen 443", `listen 127.0.0.1:${portOf(name)}`)
      .replaceAll("*:443", `127.0.0.1:${portOf(name)}`)
      .replaceAll("bind :443", `bind 127.0.0.1:${portOf(name)}`)
      .replaceAll("127.0.0.1:3000", `127.0.0.1:${sekisho}`)
      .replaceAll("127.0.0.1:8080", `127.0.0.1:${applications.get(name)}`)
      .replaceAll("127.0.0.1:9000", `127.0.0.1:${fastcgi}`);
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  // Each proxy has an application that accepts assertions for its host alone.
  const applications = new Map<ProxyName, number>();
  const SEKISHO_KEYS_URL = `http://127.0.0.1:${sekisho}/.well-known/jwks.json`;
  for (const name of proxies.filter((one) => one !== "php")) {
    const port = name === "nginx" ? application : await freePort();
    applications.set(name, port);
    const env = { SEKISHO_ORIGIN: origin, SEKISHO_AUDIENCE: hosts[name], SEKISHO_KEYS_URL };
    const prepended = ["-d", `auto_prepend_file=${EXAMPLE}/sekisho.php`];
    await start(port, "php", [...prepended, "-S", `127.0.0.1:${port}`, "-t", join(EXAMPLE, "app")], { env });
  }
  const pool = filled("php", example("php-behind-nginx", "php-fpm.conf")).replace(
    "[app]\nuser = www-data\n",
    `[global]\nerror_log = ${folder}/fpm.log\n[app]\nuser = ${asRoot ? "root" : "www-data"}\nenv[SEKISHO_KEYS_URL] = ${SEKISHO_KEYS_URL}\n`,
  );
  const fpm = ["-y", write("php-fpm.conf", pool), "-F", ...(asRoot ? ["-R"] : [])];
  await start(fastcgi, phpFpm() ?? "php-fpm", fpm);
  for (const [name, text] of [
    ["nginx", example("forward-auth", "nginx.conf")],
    ["php", example("php-behind-nginx", "nginx.conf")],
  ] as const) {
    const place = mkdtempSync(join(folder, `${name}-`));
    await start(portOf(name), "nginx", ["-c", write(`${name}.conf`, aroundNginx(place, filled(name, text)))]);
  }
  const caddy = ["run", "--config", write("Caddyfile", aroundCaddy(filled("caddy", example("forward-auth", "Caddyfile")), certificate))];
  await start(portOf("caddy"), "caddy", [...caddy, "--adapter", "caddyfile"], { env: { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder } });
  for (const name of ["haproxy", "apache"] as const) write(`${name}.lua`, filled(name, example("forward-auth", `${name}.lua`)));
  const haproxy = write("haproxy.cfg", filled("haproxy", example("forward-auth", "haproxy.cfg")));
  await start(portOf("haproxy"), "haproxy", ["-db", "-f", haproxy]);
  const apache = aroundApache(folder, portOf("apache"), filled("apache", example("forward-auth", "apache.conf")));
  await start(portOf("apache"), "apache2", ["-f", write("apache.conf", apache), "-DFOREGROUND"]);
  return {
    hosts,
    application,
    async stop() {
      await Promise.all(programs.map((program) => program.stop("SIGTERM")));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
