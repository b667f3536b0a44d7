import { silenceLog } from "#lib/log";
import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";
import { type AdminCommand, accountCommands } from "../operator/admin-account.ts";
import { auditVerify } from "../operator/admin-audit.ts";
import { staffCommands } from "../operator/admin-staff.ts";
import { inWords } from "../operator/language.ts";

/** `npm run admin -- COMMAND`: an operator's acts on accounts without a console; the audit log records them as done at the command line. */

/** Each command takes its arguments and returns the exit code. */
const commands: Record<string, AdminCommand> = {
  ...accountCommands,
  ...staffCommands,
  "audit:verify": {
    takes: "[--head POSITION:HASH]",
    does: { en: "whether the audit log is what was written", ja: "監査の記録が、書かれたままかどうかを確かめます" },
    run: auditVerify,
  },
};

const usage = (): string =>
  Object.entries(commands)
    .map(([name, { takes, does }]) => `${`npm run admin -- ${name} ${takes}`.padEnd(76)}${inWords(does)}`)
    .join("\n");

await untilStopped(async () => {
  const [name = "", ...args] = process.argv.slice(2);
  if (name === "" || name === "--help" || name === "-h") {
    console.log(usage());
    return stopAll(name === "" ? 1 : 0);
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command)
    throw new CommandRefusal(
      `${inWords({ en: `There is no command ${name}.`, ja: `${name} というコマンドはありません。` })}\n\n${usage()}`,
    );
  await prepareEnvironment({ listens: false });
  silenceLog();
  await prepareDatabase();
  await stopAll(await command.run(args));
});
