import { parseArgs } from "node:util";
import { silenceLog } from "#lib/log";
import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";
import { optionProblem } from "../operator/option-words.ts";

/** `npm run seed -- --users N --messages M`: fills the database of a demo for tests of scale. */

const USAGE = `npm run seed -- --users N --messages M

Fills an empty database of a demo: N accounts with phones, M messages of 120 days with their attempts, audit events of a year, some lost-phone
cases. Loads first and indexes then, in one transaction; a server that runs waits meanwhile. 200,000 accounts and 2,000,000 messages need about
6 GB.`;

function read(args: string[]): { users: number; messages: number } | "help" {
  const parsed = parse(args);
  if (parsed.help) return "help";
  const number = (typed: string | undefined, name: string, most: number) => {
    const value = Number(typed);
    if (!/^\d+$/.test(typed ?? "") || value < 20 || value > most)
      throw new CommandRefusal(`--${name} takes a number from 20 to ${most}.\n\n${USAGE}`);
    return value;
  };
  return { users: number(parsed.users, "users", 5_000_000), messages: number(parsed.messages, "messages", 50_000_000) };
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: { users: { type: "string" }, messages: { type: "string" }, help: { type: "boolean", short: "h" } } })
      .values;
  } catch (error) {
    throw new CommandRefusal(`${optionProblem(error)}\n\n${USAGE}`);
  }
}

await untilStopped(async () => {
  const asked = read(process.argv.slice(2));
  if (asked === "help") {
    console.log(USAGE);
    return stopAll(0);
  }
  if (process.env.SEKISHO_MODE === "production")
    throw new CommandRefusal("A seed is for a demo alone: it writes accounts that nobody made.");
  await prepareEnvironment({ listens: false });
  silenceLog();
  await prepareDatabase();
  const { fill, isSeeded } = await import("../seed/fill.ts");
  const { SEED_PASSWORD } = await import("../seed/people.ts");
  const ownerUrl = process.env.DATABASE_OWNER_URL || process.env.DATABASE_URL || "";
  if (await isSeeded(ownerUrl)) throw new CommandRefusal("This database is seeded already.");
  const began = performance.now();
  await fill(ownerUrl, asked, (step, seconds) => console.log(`${seconds.toFixed(1).padStart(8)} s  ${step}`));
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `\n${asked.users} accounts and ${asked.messages} messages in ${seconds.toFixed(1)} s. Everybody signs in with the password "${SEED_PASSWORD}" and has a number as the log shows it.`,
  );
  await stopAll(0);
});
