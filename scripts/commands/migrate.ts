import { readOwnerUrl } from "#lib/env";
import { migrateAs, prepareEnvironment } from "../machine/prepare.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";
import { nextSteps } from "../operator/next-steps.ts";
import { requireOwner } from "../operator/owner.ts";

/** `npm run migrate`: migrates the database with the owner's login and prints how to create the application's login. */
await untilStopped(async () => {
  const owner = readOwnerUrl(process.env);
  if (owner) await requireOwner(owner);
  else await prepareEnvironment({ listens: false });
  const applied = await migrateAs(owner ?? process.env.DATABASE_URL ?? "");
  if (applied.length === 0) console.log("Nothing to apply: the database is of this version.");
  if (owner) console.log(await nextSteps(owner, process.env));
  await stopAll(0);
});
