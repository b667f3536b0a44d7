import { silenceLog } from "#lib/log";
import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";
import { withReason } from "../operator/by.ts";
import {
  deliveryLine,
  type EndpointVerb,
  endpointDone,
  endpointLine,
  endpointMade,
  eventProblem,
  eventResent,
  eventUsage,
  nothingHere,
} from "../operator/event-words.ts";
import { readVerb } from "../operator/verbs.ts";

/** `npm run events -- list | add | rotate | pause | resume | remove | test | sent | resend`: what other systems are told. */

const one = { words: [1, 1] as [number, number], options: ["reason"] };
const VERBS = {
  list: { words: [0, 0] as [number, number] },
  add: { words: [1, 1] as [number, number], options: ["types", "reason"] },
  rotate: { words: [1, 1] as [number, number], options: ["overlap", "reason"] },
  pause: one,
  resume: one,
  remove: one,
  test: one,
  sent: { words: [0, 0] as [number, number], options: ["state", "id", "before"] },
  resend: one,
};

/** Hours in digits alone: an empty option is no zero. */
const hoursOf = (text: string): number => (/^\d{1,3}$/.test(text) ? Number(text) : Number.NaN);

const typesOf = (text: string | undefined): string[] | null =>
  text === undefined
    ? null
    : text
        .split(",")
        .map((type) => type.trim())
        .filter(Boolean);

const lines = (found: string[]) => console.log(found.length > 0 ? found.join("\n") : nothingHere());

await untilStopped(async () => {
  const asked = readVerb(process.argv.slice(2), VERBS, eventUsage);
  if (asked === "help") {
    console.log(eventUsage());
    return stopAll(0);
  }
  const { verb, words, values } = asked;
  const [named = ""] = words;
  const by = withReason(values.reason);
  await prepareEnvironment({ listens: false });
  silenceLog();
  await prepareDatabase();
  const { changeEndpoint, resend } = await import("#lib/events/operate");
  const { listEndpoints, SECRET_OVERLAP_HOURS } = await import("#lib/events/endpoints");
  const { deliveryStates, eventFilterOf, listDeliveries } = await import("#lib/console/event-log");
  if (verb === "list") {
    lines((await listEndpoints()).map(endpointLine));
    return stopAll(0);
  }
  if (verb === "sent") {
    if (values.state !== undefined && !deliveryStates.some((state) => state === values.state))
      throw new CommandRefusal(eventProblem("bad_state"));
    lines((await listDeliveries(eventFilterOf(values))).lines.map(deliveryLine));
    return stopAll(0);
  }
  if (verb === "resend") {
    const sent = await resend(named, by);
    if (!sent.ok) throw new CommandRefusal(eventProblem(sent.error));
    console.log(eventResent(sent.value));
    return stopAll(0);
  }

  const change =
    verb === "add"
      ? ({ verb: "add", url: named, types: typesOf(values.types) } as const)
      : verb === "rotate"
        ? ({
            verb: "rotate",
            id: named,
            overlapHours: values.overlap === undefined ? SECRET_OVERLAP_HOURS.usual : hoursOf(values.overlap),
          } as const)
        : ({ verb: verb as EndpointVerb, id: named } as const);
  const done = await changeEndpoint(change, by);
  if (!done.ok) throw new CommandRefusal(eventProblem(done.error));
  const { secret, id, url } = done.value;
  console.log(secret && id ? endpointMade({ id, url, secret }) : endpointDone(verb as EndpointVerb, url));
  await stopAll(0);
});
