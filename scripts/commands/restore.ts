import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { isBundled, putBackBundled } from "../machine/bundled.ts";
import { fillDatabase } from "../machine/dump.ts";
import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";

/** `npm run restore -- PLACE`: puts a copy of the database back and ends everything that was issued since (RE-05). */

const USAGE = `npm run restore -- PLACE                             puts a copy of \`npm run backup\` back; sessions, codes and devices end
npm run restore -- PLACE --keep-recovery-codes       the same, but recovery codes that were used since work once more

The bundled database must not be in use; what it holds is kept beside it. A PostgreSQL of your own must be empty (DATABASE_OWNER_URL).`;

function read(): { place: string; keepRecoveryCodes: boolean } {
  try {
    const { values, positionals } = parseArgs({ options: { "keep-recovery-codes": { type: "boolean" } }, allowPositionals: true });
    const [place, ...more] = positionals;
    if (!place || more.length > 0) throw new CommandRefusal(USAGE);
    if (!existsSync(place)) throw new CommandRefusal(`There is nothing at ${resolve(place)}.`);
    return { place: resolve(place), keepRecoveryCodes: values["keep-recovery-codes"] ?? false };
  } catch (error) {
    if (error instanceof CommandRefusal) throw error;
    throw new CommandRefusal(USAGE);
  }
}

/** Fills the operator's empty database; one with tables is refused, because a restore must never mix two histories. */
async function fillOwn(place: string): Promise<void> {
  const { serverMajor } = await import("#lib/db/version");
  const { connectAs } = await import("#lib/db/connection");
  const url = process.env.DATABASE_OWNER_URL || process.env.DATABASE_URL || "";
  const client = await connectAs("migration", { connectionString: url, application_name: "sekisho restore" });
  try {
    const { rows } = await client.query("SELECT count(*)::int AS n FROM pg_tables WHERE schemaname IN ('public', 'graphile_worker')");
    if (rows[0].n > 0) throw new CommandRefusal("The database is not empty. Restore into a new one, then point DATABASE_URL at it.");
    // The dump grants to the role of the application, which a new server does not have yet.
    await client.query("DO $$ BEGIN CREATE ROLE sekisho_app NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
  } finally {
    await client.end();
  }
  await fillDatabase(url, await serverMajor(url), place);
}

await untilStopped(async () => {
  const { place, keepRecoveryCodes } = read();
  const bundled = isBundled();
  const kept = bundled ? await putBackBundled(place) : null;
  await prepareEnvironment({ listens: false });
  if (!bundled) await fillOwn(place);
  await prepareDatabase();
  const { endEverything } = await import("#lib/sessions/end-everything");
  const { sessions, challenges, devices, recoveryCodes } = await endEverything({ keepRecoveryCodes });
  const { noteRestored } = await import("#lib/db/home");
  const { restoreProof } = await import("#lib/crypto/proofs");
  const { sql } = await import("#lib/db/sql");
  const proof = restoreProof(await noteRestored(sql));
  console.log(`The database of ${place} is back.${kept ? ` What was there before is kept in ${kept}.` : ""}`);
  console.log(
    `Ended: ${sessions} sessions, ${challenges} open challenges, ${devices} known devices and ${recoveryCodes} recovery codes. Everybody signs in again${keepRecoveryCodes ? "" : " and saves new recovery codes"}.`,
  );
  console.log(
    `If this was a rehearsal: ${proof} is its proof. Enter it at /admin/setup/go-live of the product that the backup was made of.`,
  );
  await stopAll(0);
});
