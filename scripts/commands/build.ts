import { ensureBuild } from "../machine/build.ts";
import { ensureClient } from "../machine/client.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";

/** `npm run build`: the database client and the site, for an image; needs neither secrets nor a database. */
await untilStopped(async () => {
  await ensureClient();
  await ensureBuild();
  await stopAll(0);
});
