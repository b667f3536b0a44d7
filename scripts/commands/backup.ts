import { existsSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { copyBundled, isBundled } from "../machine/bundled.ts";
import { dumpDatabase } from "../machine/dump.ts";
import { dataFolder } from "../machine/place.ts";
import { prepareEnvironment } from "../machine/prepare.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";

/** `npm run backup -- [PLACE]`: a copy of the database while it runs. */

const USAGE = `npm run backup                  into .data/backups, named by the time
npm run backup -- PLACE         into a file (your own PostgreSQL) or folder (the bundled one) that does not exist yet`;

function placeOf(args: string[], bundled: boolean): string {
  const [named, ...more] = args;
  if (more.length > 0 || named?.startsWith("-")) throw new CommandRefusal(USAGE);
  const time = new Date().toISOString().replace(/\W/g, "").slice(0, 15);
  const place = named ? resolve(named) : join(dataFolder(), "backups", bundled ? time : `${time}.dump`);
  if (existsSync(place)) throw new CommandRefusal(`${place} exists already. Nothing was written.`);
  mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
  return place;
}

await untilStopped(async () => {
  const bundled = isBundled();
  const place = placeOf(process.argv.slice(2), bundled);
  await prepareEnvironment({ listens: false });
  const { serverMajor } = await import("#lib/db/version");
  const url = process.env.DATABASE_OWNER_URL || process.env.DATABASE_URL || "";
  if (bundled) await copyBundled(place);
  else await dumpDatabase(url, await serverMajor(url), place);
  console.log(`The database was copied to ${place}.`);
  console.log(
    "The keys are not in it: keep APP_KEYS (in demo mode .data/secrets.env) in another place. Without them the copy opens no number.",
  );
  await stopAll(0);
});
