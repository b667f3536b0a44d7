import { parseArgs } from "node:util";
import type { Refused } from "#lib/errors";
import type { Result } from "#lib/result";
import { isRole, type Role, roles } from "#lib/staff/matrix";
import { CommandRefusal } from "../machine/refusal.ts";
import type { AdminCommand } from "./admin-account.ts";
import { withReason } from "./by.ts";
import { optionProblem } from "./option-words.ts";

/** Commands about staff and lost-phone cases, for the day on which the console cannot be reached: the console's use cases, audited as done by a command. */

type Read = { words: string[]; by: string; reason: string | undefined };

/** Reads so many words and the reason. */
function read(args: string[], least: number, missing: string): Read {
  try {
    const { positionals, values } = parseArgs({ args, options: { reason: { type: "string" } }, allowPositionals: true });
    if (positionals.length < least) throw new CommandRefusal(`${missing} Nothing was changed.`);
    if (positionals.length > least) throw new CommandRefusal(`"${positionals[least]}" is too much. Nothing was changed.`);
    return { words: positionals, by: withReason(values.reason), reason: values.reason?.trim() };
  } catch (error) {
    if (error instanceof CommandRefusal) throw error;
    throw new CommandRefusal(optionProblem(error));
  }
}

function roleOf(typed: string | undefined): Role {
  if (typed !== undefined && isRole(typed)) return typed;
  throw new CommandRefusal(`A role is ${roles.join(" or ")}. Nothing was changed.`);
}

const useCases = () => import("#lib/console/people");
const cases = () => import("#lib/console/cases");

const REASONS: Partial<Record<string, string>> = {
  own_review: "the same person cannot review and approve it",
  not_proven: "its person has not proven password and e-mail address yet",
  other_state: "it is in another state: npm run admin -- cases",
  frozen: "the stop code of a text has frozen it; the console resumes it, or cancel it",
  no_change: "it is so already",
};

const SAYS: Partial<Record<Refused["code"], string>> = {
  email_invalid: "That is no e-mail address.",
  not_found: "There is no such account or case.",
  last_administrator: "This is the last administrator. Make another one first: npm run admin -- invite EMAIL administrator",
};

/** The value of what was done; a refusal in words otherwise. */
function must<T>(done: Result<T, Refused>): T {
  if (done.ok) return done.value;
  const { code, reason } = done.error;
  throw new CommandRefusal(`Nothing was changed. ${(reason && REASONS[reason]) ?? SAYS[code] ?? code}`);
}

const ACTS = ["approve", "reject", "cancel"] as const;

/** Acts on roles and cases. */
export const staffCommands: Record<string, AdminCommand> = {
  invite: {
    takes: `EMAIL ${roles.join("|")}`,
    does: "prints a one-time URL (1 hour, shown once) that gives the role to the account of this address",
    run: async (args) => {
      const { words, by } = read(args, 2, "Name the address and the role.");
      const role = roleOf(words[1]);
      const path = must(await (await useCases()).inviteByCommand(words[0] ?? "", role, by));
      const { env } = await import("#lib/env");
      console.log(
        `${env().publicOrigin}${path}\nIt works once, for an hour, for the account of ${words[0]}. Hand it over in a way you trust.`,
      );
      return 0;
    },
  },
  grant: {
    takes: `EMAIL ${roles.join("|")} [--reason TEXT]`,
    does: "gives the role at once to an account that exists; its sessions end; all staff are told",
    run: async (args) => {
      const { words, by } = read(args, 2, "Name the address and the role.");
      const role = roleOf(words[1]);
      must(await (await useCases()).grantByCommand(words[0] ?? "", role, by));
      console.log(`${words[0]} has the role ${role}. It signs in again, and needs an authenticator app or a passkey.`);
      return 0;
    },
  },
  revoke: {
    takes: "EMAIL [--reason TEXT]",
    does: "takes every role away; its sessions end; all staff are told. The last administrator stays",
    run: async (args) => {
      const { words, by } = read(args, 1, "Name the address.");
      must(await (await useCases()).revokeByCommand(words[0] ?? "", by));
      console.log(`${words[0]} has no role any more, and its sessions have ended.`);
      return 0;
    },
  },
  cases: {
    takes: "",
    does: "the open lost-phone cases, the oldest first",
    run: async (args) => {
      read(args, 0, "");
      const { caseQueue } = await import("#lib/console/case-queue");
      let after: string | null = null;
      let count = 0;
      do {
        const page: Awaited<ReturnType<typeof caseQueue>> = await caseQueue(null, after);
        for (const one of page.cases) {
          const state = one.state === "requested" && !one.proven ? "unproven" : one.state;
          console.log(
            [one.reference, state.padEnd(9), one.requestedAt.slice(0, 16), one.reason, one.person, one.flags.join(",")]
              .join("  ")
              .trimEnd(),
          );
        }
        count += page.cases.length;
        after = page.next;
      } while (after);
      if (count === 0) console.log("No lost-phone case is open.");
      return 0;
    },
  },
  case: {
    takes: `REFERENCE ${ACTS.join("|")} [--reason TEXT]`,
    does: "decides on a case; what is approved was reviewed by a member of staff before",
    run: async (args) => {
      const { words, by, reason } = read(args, 2, `Name the reference and one of ${ACTS.join(", ")}.`);
      const act = ACTS.find((one) => one === words[1]);
      if (!act) throw new CommandRefusal(`"${words[1]}" is none of ${ACTS.join(", ")}. Nothing was changed.`);
      const { parseReference } = await import("#lib/crypto/codes");
      const reference = parseReference(words[0] ?? "") ?? "";
      must(await (await cases()).decideByCommand(reference, act, by, reason ?? "at the command line"));
      console.log(
        `${reference}: ${act === "approve" ? "approved, its wait has begun" : act === "reject" ? "rejected" : "cancelled"}. Its person was told.`,
      );
      return 0;
    },
  },
};
