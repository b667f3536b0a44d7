import { lint, types } from "../machine/checks.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";

/** `npm run check`: type check and lint. */
await untilStopped(async () => {
  const typed = await types();
  const clean = await lint();
  if (!typed || !clean) throw new CommandRefusal([!typed && "Types: failed", !clean && "Lint: failed"].filter(Boolean).join("\n"));
  console.log("Types and lint are fine.");
  await stopAll(0);
});
