import { once } from "node:events";
import { createWriteStream, existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { silenceLog } from "#lib/log";
import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";

/** `npm run export -- FILE`: all members in the format that `npm run import` reads. */

const USAGE = `npm run export -- FILE [--with-peppers]

Writes CSV with email, password_hash, phone, groups, pepper_of. The hashes are argon2id with a secret input (RFC 9106), the pepper of the key that
pepper_of names; --with-peppers prints those peppers in base64, without which no other system can verify a password.`;

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
  out.write("email,password_hash,phone,groups,pepper_of\n");
  const keys = new Set<string>();
  let count = 0;
  for await (const { email, passwordHash, phone, groups, pepperOf } of exportMembers()) {
    if (pepperOf) keys.add(pepperOf);
    count += 1;
    if (!out.write(`${[email, passwordHash, phone, groups.join(";"), pepperOf].map(cell).join(",")}\n`)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
  console.log(`${count} members were written to ${file}. It holds numbers and hashes: keep it like the database.`);
  if (peppers)
    for (const key of keys) console.log(`pepper of ${key}: ${keyFor(key, "pepper")?.export().toString("base64") ?? "unknown key"}`);
  await stopAll(0);
});
