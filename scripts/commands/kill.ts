import { silenceLog } from "#lib/log";
import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";
import { atTheCommandLine } from "../operator/by.ts";
import { KILL_USAGE, readKill } from "../operator/kill-arguments.ts";
import { describeStopProblem, describeStops, scopeWords } from "../operator/kill-words.ts";

/** `npm run kill -- sms|voice|mail on|off`: stops or resumes sending on every instance; without arguments it lists the stops. */

await untilStopped(async () => {
  const asked = readKill(process.argv.slice(2));
  if (asked === "help") {
    console.log(KILL_USAGE);
    return stopAll(0);
  }
  await prepareEnvironment({ listens: false });
  silenceLog();
  await prepareDatabase();
  const { listStops, startSending, stopSending } = await import("#lib/delivery/stops");
  if (asked === "list") {
    console.log(describeStops(await listStops()));
    return stopAll(0);
  }
  const { scope, off } = asked;
  const done = await (off ? stopSending : startSending)(scope, atTheCommandLine());
  if (!done.ok) throw new CommandRefusal(describeStopProblem(done.error, scope));
  const stops = await listStops();
  const now = off ? "stopped" : "started";
  console.log(`${scopeWords(scope)}: ${done.value ? now : off ? "stopped already" : "there was no such stop"}.\n\n${describeStops(stops)}`);
  // A wider stop still covers the resumed scope, so the exit code is 1.
  await stopAll(!off && stops.some((stop) => covers(stop, scope)) ? 1 : 0);
});

type Scope = Exclude<ReturnType<typeof readKill>, string>["scope"];

/** Returns true if a stop includes the whole scope. */
function covers(stop: Scope, scope: Scope): boolean {
  const within = (wide: string | null, narrow: string | null) => wide === null || wide === narrow;
  return stop.channel === scope.channel && within(stop.country, scope.country) && within(stop.provider, scope.provider);
}
