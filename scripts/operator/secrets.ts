import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { CommandRefusal } from "../machine/refusal.ts";
import { inWords } from "./language.ts";

/** How commands receive secrets: never as arguments, which every user of the machine can read while the command runs. */

/** `authToken` is read from PROVIDER_AUTH_TOKEN. */
export const variableOf = (name: string): string => `PROVIDER_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** Returns the named secrets that are set in the environment. */
export const secretsFromEnvironment = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => (process.env[variableOf(name)] ? [[name, process.env[variableOf(name)] ?? ""]] : [])));

const WAITING = () =>
  inWords({ en: "Waiting for secrets on standard input, until it ends …", ja: "標準入力から秘密情報が届くのを待っています…" });

/**
 * Reads standard input to its end and says what it waits for. Optional input is read only if it arrives at once, because a pipe that a scheduler
 * left open never ends.
 */
function allOf(stream: NodeJS.ReadStream, mustCome: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const told = setTimeout(() => console.error(WAITING()), 2_000);
    const done = () => {
      clearTimeout(told);
      stream.pause();
      resolve(Buffer.concat(parts).toString("utf8").slice(0, 65_536));
    };
    if (!mustCome) setTimeout(() => parts.length === 0 && done(), 500).unref();
    stream.on("data", (part) => parts.push(Buffer.from(part)));
    stream.once("end", done);
    stream.once("error", reject);
  });
}

/** Reads `name=value` lines from standard input, or the bare value for a kind with one secret. A terminal is not read. */
export async function secretsFromInput(names: readonly string[], mustCome: boolean): Promise<Record<string, string>> {
  if (process.stdin.isTTY || names.length === 0) return {};
  const lines = (await allOf(process.stdin, mustCome)).split(/\r?\n/).filter((line) => line.trim() !== "");
  const [only] = names;
  if (lines.length === 1 && names.length === 1 && only && !lines[0]?.startsWith(`${only}=`)) return { [only]: lines[0]?.trim() ?? "" };
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf("=");
      const name = line.slice(0, at).trim();
      if (at < 1 || !names.includes(name)) {
        const known = names.join(", ");
        throw new CommandRefusal(
          inWords({
            en: `Standard input takes lines name=value with the names: ${known}.`,
            ja: `標準入力には、名前=値 の行を書いてください。使える名前：${known}`,
          }),
        );
      }
      return [name, line.slice(at + 1).trim()];
    }),
  );
}

/** Asks for secrets at a terminal without echo; Ctrl-C and Ctrl-D end the command without a change. */
export async function askSecrets(names: readonly string[]): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const name of names) {
    process.stdout.write(inWords({ en: `${name} (not shown): `, ja: `${name}（表示されません）：` }));
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
    const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
    answers[name] = await new Promise<string>((resolve, reject) => {
      const given = (answer: string) => {
        terminal.off("close", ended);
        resolve(answer.trim());
      };
      const ended = () => reject(new CommandRefusal(inWords({ en: "Nothing was changed.", ja: "何も変更していません。" })));
      terminal.once("close", ended);
      terminal.question("", given);
    });
    terminal.close();
    process.stdout.write("\n");
  }
  return answers;
}
