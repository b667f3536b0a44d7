import { spawn } from "node:child_process";
import { join } from "node:path";
import { freePort } from "../machine/ports.ts";
import { vendorFolder } from "./peer.ts";

/** A mock server that answers from an OpenAPI document and refuses requests that violate it. */
export type Prism = { url: string; close(): Promise<void> };

/**
 * Starts Prism with a document; a large one takes some seconds to load. `--errors` also refuses answers that violate the document, and Node runs
 * Prism directly because a wrapper script would leave the server running.
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
