import { createServer, connect as dial, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { migrate } from "#lib/db/migrate";
import { sql } from "#lib/db/sql";
import { checkVersion, UnsupportedServer } from "#lib/db/version";
import { env } from "#lib/env";
import { log } from "#lib/log";
import { explain } from "../../scripts/machine/refusal.ts";

/** Starts a proxy to the real server that reports another version. */
let line: Server;
let spoken: [real: string, said: string];
const sockets: Socket[] = [];

beforeAll(async () => {
  const real = new URL(env().DATABASE_URL);
  line = createServer((client) => {
    const server = dial(Number(real.port), real.hostname);
    sockets.push(client, server);
    client.pipe(server);
    server.on("data", (bytes) => client.write(Buffer.from(bytes.toString("latin1").replaceAll(...spoken), "latin1")));
    for (const socket of [client, server])
      socket.on("error", () => undefined).on("close", () => [client, server].map((one) => one.destroy()));
  });
  await new Promise<void>((resolve) => line.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  line.close();
});

/** Returns the URL of a server that reports this version. */
async function serverOf(version: number): Promise<string> {
  const [row] = await sql<{ number: string }>`SELECT current_setting('server_version_num') AS number`;
  spoken = [row?.number ?? "", String(version)];
  const { port } = line.address() as { port: number };
  return Object.assign(new URL(env().DATABASE_URL), { port: String(port) }).href;
}

describe("A server's version", () => {
  it("is accepted where the tests run, and on both ends of what is supported", async () => {
    const warned = vi.spyOn(log, "warn");
    await checkVersion(env().DATABASE_URL);
    for (const version of [150000, 150019, 180000, 180099]) await checkVersion(await serverOf(version));
    expect(warned).not.toHaveBeenCalled();
  });

  it.each([140022, 130001, 100000])("%i is refused before anything is changed, with the version and what to do", async (version) => {
    const url = await serverOf(version);
    await expect(migrate(url)).rejects.toThrow(UnsupportedServer);
    const said = explain(await migrate(url).catch((error: unknown) => error));
    expect(said).toMatch(new RegExp(`PostgreSQL ${Math.floor(version / 10_000)}; Sekisho needs 15 to 18[\\s\\S]*DATABASE_URL`));
    expect(said).not.toContain("at ");
  });

  it("newer than what was tested is a warning in the log and no obstacle", async () => {
    const warned = vi.spyOn(log, "warn").mockClear();
    await checkVersion(await serverOf(190000));
    expect(warned).toHaveBeenCalledWith({ event: "database.newer" }, expect.stringContaining("PostgreSQL 19 is newer than 18"));
  });
});
