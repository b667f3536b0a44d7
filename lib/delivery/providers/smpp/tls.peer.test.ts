import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { HandOver } from "#lib/delivery/provider";
import { subject, type TestedAdapter } from "#lib/testing/smpp";
import { freePort } from "../../../../scripts/machine/ports.ts";
import { withPeers } from "../../../../scripts/test/peer.ts";
import { type Program, startProgram } from "../../../../scripts/test/program.ts";
import { type Smsc, startSmsc } from "../../../../scripts/test/smsc.ts";

withPeers(["net-smpp", "socat"], "SMPP over TLS: a gateway's certificate is verified before a password is said", () => {
  const down: HandOver = { status: "failed", reason: "provider_down", permanent: false };
  let folder: string;
  let smsc: Smsc;
  let door: Program;
  let port: number;
  let adapter: TestedAdapter;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "sekisho-smpp-"));
    const names = "subjectAltName=DNS:smpp.example.jp,IP:127.0.0.1";
    const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=smpp.example.jp", "-addext", names];
    execFileSync("openssl", [...request, "-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")], { stdio: "ignore" });
    smsc = await startSmsc();
    port = await freePort();
    const files = `cert=${join(folder, "cert.pem")},key=${join(folder, "key.pem")},verify=0`;
    const listen = `OPENSSL-LISTEN:${port},bind=127.0.0.1,reuseaddr,fork,${files}`;
    door = startProgram("socat", ["-d", "-d", listen, `TCP:127.0.0.1:${smsc.port}`]);
    await door.line(/listening on/);
  });
  afterEach(() => adapter.close?.());
  afterAll(async () => {
    await door.stop("SIGTERM");
    await smsc.stop();
    rmSync(folder, { recursive: true });
  });
  const through = (host: string, settings: Record<string, unknown>) => {
    adapter = subject(port, { baseUrl: `smpps://${host}:${port}`, settings });
    return adapter.hand("+819012345678");
  };
  const ca = () => readFileSync(join(folder, "cert.pem"), "utf8");

  it("sends where the account's own certificate signs that of the address", async () => {
    expect(await through("127.0.0.1", { ca: ca() })).toMatchObject({ status: "sent" });
  });

  it("sends where the certificate is that of the name the account gives", async () => {
    expect(await through("127.0.0.1", { ca: ca(), tlsServerName: "smpp.example.jp" })).toMatchObject({ status: "sent" });
  });

  it("refuses a certificate of no known authority before it sends anything", async () => {
    const binds = smsc.lines.length;
    expect(await through("127.0.0.1", {})).toEqual(down);
    expect(smsc.lines.slice(binds).filter((line) => line.startsWith("BIND"))).toEqual([]);
  });

  it("refuses a certificate of another name", async () => {
    expect(await through("127.0.0.1", { ca: ca(), tlsServerName: "other.example.jp" })).toEqual(down);
    expect(await through("localhost", { ca: ca() })).toEqual(down);
  });

  it("says no password in the clear to a gateway that has no TLS", async () => {
    const said = smsc.lines.length;
    adapter = subject(smsc.port, { baseUrl: `smpps://127.0.0.1:${smsc.port}`, settings: { ca: ca() } });
    expect((await adapter.hand("+819012345678", "text", 1_000)).status).toBe("failed");
    expect(smsc.lines.slice(said).filter((line) => line.startsWith("BIND"))).toEqual([]);
  });
});
