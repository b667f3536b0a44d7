import { prepareDatabase, prepareEnvironment } from "./prepare.ts";
import { stopAll, untilStopped } from "./stop.ts";

/** `npm run restored`: after a database was restored from a backup, ends everything that was issued before this moment (RE-05). */
await untilStopped(async () => {
  await prepareEnvironment({ listens: false });
  await prepareDatabase();
  const { endEverything } = await import("#lib/sessions/end-everything");
  const { accounts, sessions, challenges, devices } = await endEverything();
  console.log(
    `Ended: ${sessions} sessions, ${challenges} open challenges, ${devices} known devices of ${accounts} accounts. Everybody signs in again.`,
  );
  console.log("Recovery codes that were used since the backup work again until their owners are told: see docs/operations.md.");
  await stopAll(0);
});
