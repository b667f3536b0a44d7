import { createReadStream, existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { silenceLog } from "#lib/log";
import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";
import { atTheCommandLine } from "../operator/by.ts";

/** `npm run import -- FILE`: members of another system come along with their passwords. */

const USAGE = `npm run import -- FILE [--dry-run]

FILE is CSV (a line of names first) or JSON (a list of objects): email, password_hash, phone, groups (several with ; between).
Hashes: bcrypt, phpass, argon2, PBKDF2 of Django and ASP.NET, scrypt of Firebase. It can be run again: who is there is left as is.`;

const problems = {
  not_an_address: ["left out", "no e-mail address"],
  twice_in_file: ["left out", "an address that is in the file before"],
  known_address: ["left out", "an address that has an account"],
  unknown_hash: ["left out", "a hash of no known format"],
  costly_hash: [
    "left out",
    "a hash that costs more than a sign-in may (docs/members.md): leave it empty, and the password is set by “forgot password”",
  ],
  bad_group: ["left out", "a group whose name cannot be one"],
  number_not_read: ["without number", "a number that cannot be read, or of a country that is not allowed"],
  weak_hash: ["taken", "a hash that can be guessed fast; it is replaced at the first sign-in"],
  no_hash: ["taken", "no hash: the password is set by “forgot password”"],
} as const;

function read(): { file: string; dry: boolean } {
  try {
    const { values, positionals } = parseArgs({ options: { "dry-run": { type: "boolean" } }, allowPositionals: true });
    const [file, ...more] = positionals;
    if (!file || more.length > 0) throw new CommandRefusal(USAGE);
    if (!existsSync(file)) throw new CommandRefusal(`There is no file ${file}.`);
    return { file, dry: values["dry-run"] ?? false };
  } catch (error) {
    if (error instanceof CommandRefusal) throw error;
    throw new CommandRefusal(USAGE);
  }
}

const SHOWN = 10;
const linesOf = (lines: readonly number[]) =>
  `${lines.slice(0, SHOWN).join(", ")}${lines.length > SHOWN ? `, and ${lines.length - SHOWN} more` : ""}`;

await untilStopped(async () => {
  const { file, dry } = read();
  await prepareEnvironment({ listens: false });
  silenceLog();
  await prepareDatabase();
  const { importMembers } = await import("#lib/accounts/import-members");
  const { formatOf, MemberFileError, readMembers } = await import("#lib/accounts/member-file");
  const { currentSettings } = await import("#lib/policy/read");
  const { setSetting } = await import("#lib/policy/change");
  const by = atTheCommandLine();
  const began = performance.now();
  const report = await importMembers(readMembers(createReadStream(file), formatOf(file)), { dry, by }).catch((error: unknown) => {
    throw error instanceof MemberFileError ? new CommandRefusal(`${file} ${error.message}`) : error;
  });
  console.log(
    `${report.rows} rows, ${report.taken} ${dry ? "would be taken" : "taken"}, in ${((performance.now() - began) / 1000).toFixed(1)} s`,
  );
  for (const [system, count] of Object.entries(report.systems)) console.log(`  ${String(count).padStart(8)}  ${system}`);
  for (const [problem, lines] of Object.entries(report.lines)) {
    const [what, why] = problems[problem as keyof typeof problems];
    console.log(`  ${String(lines.length).padStart(8)}  ${what}: ${why} (line ${linesOf(lines)})`);
  }
  const { signInFloorMs } = await currentSettings();
  if (!dry && report.floorMs > signInFloorMs) {
    await setSetting("signInFloorMs", report.floorMs, by);
    console.log(
      `Every answer to a password now takes at least ${report.floorMs} ms, so that the time does not tell who came along (signInFloorMs).\nSet it back when they have signed in: npm run policy -- set signInFloorMs 0`,
    );
  }
  await stopAll(0);
});
