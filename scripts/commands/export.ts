import { once } from "node:events";
import { createWriteStream, existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { silenceLog } from "#lib/log";
import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";
import { atTheCommandLine } from "../operator/by.ts";

/** `npm run export -- FILE`: all members in the format that `npm run import` reads. */

const USAGE = `npm run export -- FILE [--with-peppers]

Writes CSV with email, password_hash, phone, groups, pepper_of, phone_proven (yes, no, or empty without a phone). The hashes are argon2id with a secret input (RFC 9106), the pepper of the key that
pepper_of names; --with-peppers prints those peppers in base64, without which no other system can verify a password. A member who was imported and has not signed in yet has an empty password_hash: only a keyed
mark of the old hash is kept.`;

const cell = (value: string): string => (/[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

function read(): { file: string; peppers: boolean } {
  try {
    const { values, positionals } = parseArgs({ options: { "with-peppers": { type: "boolean" } }, allowPositionals: true });
    const [file, ...more] = positionals;
    if (!file || more.length > 0) throw new CommandRefusal(USAGE);
    if (existsSync(file)) throw new CommandRefusal(`${file} exists already. Nothing was written.`);
    return { file, peppers: values["with-peppers"] ?? false };
  } catch (error) {
    if (error instanceof CommandRefusal) throw error;
    throw new CommandRefusal(USAGE);
  }
}

await untilStopped(async () => {
  const { file, peppers } = read();
  await prepareEnvironment({ listens: false });
  silenceLog();
  await prepareDatabase();
  const { exportMembers } = await import("#lib/accounts/export-members");
  const { keyFor } = await import("#lib/crypto/keys");
  // Numbers and hashes of everybody: the file is its owner's alone.
  const out = createWriteStream(file, { mode: 0o600, flags: "wx" });
  out.write("email,password_hash,phone,groups,pepper_of,phone_proven\n");
  const keys = new Set<string>();
  const count = { members: 0, markOnly: 0, unproven: 0 };
  for await (const { email, passwordHash, phone, groups, pepperOf, markOnly, phoneProven } of exportMembers({
    by: atTheCommandLine(),
    peppers,
  })) {
    if (pepperOf) keys.add(pepperOf);
    count.members += 1;
    if (markOnly) count.markOnly += 1;
    if (phoneProven === false) count.unproven += 1;
    const proven = phoneProven === null ? "" : phoneProven ? "yes" : "no";
    const line = [email, passwordHash, phone, groups.join(";"), pepperOf, proven].map(cell).join(",");
    if (!out.write(`${line}\n`)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
  console.log(`${count.members} members were written to ${file}. It holds numbers and hashes: keep it like the database.`);
  if (count.markOnly > 0)
    console.log(
      `  ${count.markOnly} without password_hash: they were imported and have not signed in, and only a keyed mark of the old hash is kept. Take the hash from the file that was imported.`,
    );
  if (count.unproven > 0) console.log(`  ${count.unproven} with a phone that no code has proven (phone_proven is no).`);
  if (peppers)
    for (const key of keys) console.log(`pepper of ${key}: ${keyFor(key, "pepper")?.export().toString("base64") ?? "unknown key"}`);
  await stopAll(0);
});
