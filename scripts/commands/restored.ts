import { parseArgs } from "node:util";
import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";

/** `npm run restored`: after a restore from a backup, ends everything that was issued before now (RE-05). */

const USAGE = `npm run restored                             ends sessions, open challenges, known devices and recovery codes of everybody
npm run restored -- --keep-recovery-codes    the same, but recovery codes stay: those used since the backup work once more
npm run restored -- --nothing-lost           ends nothing: the database was moved, or a replica took over, with all of its data`;

function read() {
  try {
    return parseArgs({ options: { "keep-recovery-codes": { type: "boolean" }, "nothing-lost": { type: "boolean" } } }).values;
  } catch {
    throw new CommandRefusal(USAGE);
  }
}

await untilStopped(async () => {
  const asked = read();
  await prepareEnvironment({ listens: false });
  await prepareDatabase();
  const { sql } = await import("#lib/db/sql");
  const { noteHome } = await import("#lib/db/home");
  const { endEverything } = await import("#lib/sessions/end-everything");
  if (asked["nothing-lost"]) {
    await noteHome(sql);
    console.log("Noted: the database is at home here. Nothing was ended.");
    return stopAll(0);
  }
  const keepRecoveryCodes = asked["keep-recovery-codes"] ?? false;
  const { accounts, sessions, challenges, devices, recoveryCodes, signingKeyReplaced } = await endEverything({ keepRecoveryCodes });
  console.log(
    `Ended: ${sessions} sessions, ${challenges} open challenges, ${devices} known devices and ${recoveryCodes} recovery codes of ${accounts} accounts. Everybody signs in again${keepRecoveryCodes ? "" : " and saves new recovery codes"}.`,
  );
  if (signingKeyReplaced) console.log("Receipts of confirmations are signed by a new key from now on; the keys before it stay published.");
  if (keepRecoveryCodes) console.log("Recovery codes that were used since the backup work once more.");
  await stopAll(0);
});
