import { parseArgs } from "node:util";
import type { AccountProblem, Acted } from "#lib/accounts/suspend";
import type { Result } from "#lib/result";
import { CommandRefusal } from "../machine/refusal.ts";
import { withReason } from "./by.ts";
import { optionProblem } from "./option-words.ts";

/** A command of `npm run admin`: its arguments and its description; `run` returns the exit code. */
export type AdminCommand = { takes: string; does: string; run(args: string[]): Promise<number> };

/** Reads the address and the reason from the arguments of an account command. */
function read(args: string[]): { email: string; by: string } {
  try {
    const { positionals, values } = parseArgs({ args, options: { reason: { type: "string" } }, allowPositionals: true });
    const [email, ...more] = positionals;
    if (email === undefined) throw new CommandRefusal("Name the account by its e-mail address.");
    if (more.length > 0)
      throw new CommandRefusal(`"${more[0]}" is too much${values.reason === undefined ? "" : ": a reason is one argument, in quotes"}.`);
    return { email, by: withReason(values.reason) };
  } catch (error) {
    if (error instanceof CommandRefusal) throw error;
    throw new CommandRefusal(optionProblem(error));
  }
}

const problems: Record<AccountProblem, (email: string) => string> = {
  not_an_address: (email) => `"${email}" is no e-mail address. Nothing was changed.`,
  no_such_account: (email) => `There is no account with the address ${email}. Nothing was changed.`,
  last_administrator: (email) =>
    `${email} is the last administrator. Nothing was changed. Make another one first: npm run admin -- invite EMAIL administrator`,
};

const sessions = (count: number) => `${count} session${count === 1 ? "" : "s"} ended`;

type Act = (email: string, by: string) => Promise<Result<Acted, AccountProblem>>;

const command = (does: string, load: () => Promise<Act>, say: (acted: Acted, email: string) => string): AdminCommand => ({
  takes: "EMAIL [--reason TEXT]",
  does,
  run: async (args) => {
    const { email, by } = read(args);
    const acted = await (await load())(email, by);
    if (!acted.ok) throw new CommandRefusal(problems[acted.error](email));
    console.log(say(acted.value, email));
    return 0;
  },
});

const useCases = () => import("#lib/accounts/suspend");

/** Commands that act on one account. */
export const accountCommands: Record<string, AdminCommand> = {
  suspend: command(
    "no sign-in from now on; sessions, known devices and begun sign-ins end; told by mail",
    async () => (await useCases()).suspendAccount,
    (acted, email) =>
      acted.changed ? `${email} is suspended: ${sessions(acted.sessions)}, and it cannot sign in.` : `${email} was suspended already.`,
  ),
  resume: command(
    "sign-in works again with password and second factor; told by mail",
    async () => (await useCases()).resumeAccount,
    (acted, email) =>
      acted.changed ? `${email} is resumed: it signs in with its password and a second factor.` : `${email} was not suspended.`,
  ),
  "sessions:end": command(
    "every session and begun sign-in ends, known devices are forgotten; told by mail",
    async () => (await useCases()).endSessionsOf,
    (acted, email) => `${email}: ${sessions(acted.sessions)}, and every sign-in that had begun.`,
  ),
};
