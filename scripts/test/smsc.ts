import { join } from "node:path";
import { root } from "../machine/place.ts";
import { type Program, startProgram } from "./program.ts";

export type Smsc = Program & { port: number };

/** Starts e2e/peers/smsc.pl, a gateway that uses Debian's Net::SMPP codec. */
export async function startSmsc(port = 0): Promise<Smsc> {
  const running = startProgram("perl", [join(root, "e2e", "peers", "smsc.pl"), String(port)]);
  const ready = await running.line(/^READY \d+$/);
  return { ...running, port: Number(ready.slice(6)) };
}

/** Parses an output line into named values; `text` is the rest of the line. */
export function submitted(line: string): Record<string, string> {
  const [, fields = "", text = ""] = /^SUBMIT (.*?) text=(.*)$/.exec(line) ?? [];
  return { ...Object.fromEntries(fields.split(" ").map((pair) => pair.split("="))), text: text.replaceAll("\\n", "\n") };
}
