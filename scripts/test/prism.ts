import { spawn } from "node:child_process";
import { join } from "node:path";
import { freePort } from "../machine/ports.ts";
import { vendorFolder } from "./peer.ts";

/** A server that answers as an OpenAPI document says and refuses what the document does not allow. */
export type Prism = { url: string; close(): Promise<void> };

/**
 * Starts Prism with a document; it needs some seconds to read a large one. `--errors` refuses answers that break the document as well,
 * requests that do are refused always. Node directly: a wrapper would leave the server behind.
 */
export async function startPrism(document: string, flags: readonly string[] = ["--errors"]): Promise<Prism> {
  const port = await freePort();
  const cli = join(vendorFolder, "@stoplight", "prism-cli", "dist", "index.js");
  const server = spawn(process.execPath, [cli, "mock", "-h", "127.0.0.1", "-p", String(port), ...flags, document], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  let said = "";
  await new Promise<void>((resolve, reject) => {
    const hear = (part: Buffer) => {
      said += part.toString();
      if (said.includes("Prism is listening")) resolve();
    };
    server.stdout.on("data", hear);
    server.stderr.on("data", hear);
    server.once("error", reject);
    server.once("exit", () => reject(new Error(`Prism ended: ${said.slice(-2000)}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.kill();
      return ended;
    },
  };
}
