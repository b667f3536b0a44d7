import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { ensurePeers } from "../scripts/machine/peers.ts";
import { root } from "../scripts/machine/place.ts";
import { Client, freshNumber, otherThan } from "./support/api.ts";
import { expect, test } from "./support/fixtures.ts";
import { makeKey } from "./support/verification-plays.ts";

// The examples of docs/verification.md as they are written, each against a server.
test.use({ serverSettings: { SEKISHO_LIMITS: "bench" } });

const EXAMPLES = [
  { program: "sh", needs: "openssl", file: "verify.sh" },
  { program: "php", needs: "php", file: "verify.php" },
  { program: "java", needs: "java", file: "Verify.java" },
  { program: process.execPath, needs: null, file: "verify.mjs" },
  { program: "python3", needs: "python", file: "verify.py" },
] as const;

function outputOf(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (text += chunk));
  return () => text;
}

for (const { program, needs, file } of EXAMPLES)
  test(`The example ${file} has a number proven, with half a code and a wrong one before the right one, and tells the two apart.`, async ({
    server,
  }) => {
    test.skip(needs !== null && (await ensurePeers([needs])).length === 0, `peer: [${needs} not installed]`);
    const { authorization = "" } = await makeKey(server.databaseUrl);
    const number = freshNumber();
    const child = spawn(program, [join(root, "examples", "verify", file), number, "203.0.113.7"], {
      env: { ...process.env, LANG: "C.UTF-8", SEKISHO_URL: server.url, SEKISHO_KEY: authorization.slice("Bearer ".length) },
    });
    const output = outputOf(child);
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    try {
      const code = String((await new Client(server.url).message(number)).code);
      child.stdin.write("12\n");
      await expect.poll(output, { timeout: 15_000 }).toContain("6桁の数字を入力してください。");
      child.stdin.write(`${otherThan(code)}\n`);
      await expect.poll(output, { timeout: 15_000 }).toMatch(/あと ?4 ?回/);
      child.stdin.end(`${code}\n`);
      expect(await ended, output()).toBe(0);
      expect(output()).toContain("approved");
      expect(output()).not.toMatch(/undefined|None|あと ?回|Warning/);
    } finally {
      child.kill("SIGKILL");
    }
  });
