import { powersInWords } from "#lib/db/login-words";
import type { Finding } from "../doctor.ts";
import { indented, scopeOf } from "./pieces.ts";

type Unreadable = Extract<Finding, { is: "unreadable" }>["what"];
type Channel = Extract<Finding, { is: "stopped" }>["channel"];

const WHAT: Record<Unreadable, string> = {
  numbers: "phone numbers",
  recovery_sets: "unconfirmed sets of recovery codes",
  app_seeds: "keys of authenticator apps",
  provider_secrets: "secrets of provider accounts",
  signing_keys: "keys that sign receipts",
  passwords: "passwords",
  recovery_codes: "recovery codes",
};

const STOPPED: Record<Channel, string> = { SMS: "Texts are", VOICE: "Calls are", EMAIL: "Mail is" };

export function english(finding: Finding): [wrong: string, todo: string] {
  switch (finding.is) {
    case "unreachable":
      return ["The database does not answer.", finding.why];
    case "not_migrated":
      return [
        "The database has not the tables of this version.",
        "npm run migrate brings it up to date (in demo mode npm start does too).",
      ];
    case "not_member":
      return [
        "The login of DATABASE_URL cannot act as the role sekisho_app.",
        "As the owner of the tables: GRANT sekisho_app TO, and the name of the login.",
      ];
    case "login":
      return [
        `The login ${finding.login.name} of DATABASE_URL can do more than the application may, so no instance and no worker starts:\n${indented(powersInWords(finding.login, "en"))}`,
        "npm run migrate with DATABASE_OWNER_URL prints the SQL for a login of the application's own. Where the platform gives one login alone: DATABASE_ONE_LOGIN=accept.",
      ];
    case "one_login":
      return [
        `The application runs with the rights of the tables' owner (login ${finding.login.name}, DATABASE_ONE_LOGIN=accept), so the audit log is not append-only against the application itself: an attacker who takes it over can change or remove what was logged.\n${indented(powersInWords(finding.login, "en"))}`,
        "Once the platform gives a second login, npm run migrate says how to make it.",
      ];
    case "untrusted_proxy":
      return finding.trusted
        ? [
            `The proxy ${finding.peer} names clients in ${finding.header} and not in X-Forwarded-For, which alone is read: all clients count as one address.`,
            "Have it send X-Forwarded-For (nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;).",
          ]
        : [
            `Nearly every request from ${finding.peer} carries ${finding.header}, and TRUSTED_PROXIES does not name it. If it is a proxy, all clients count as one address, and one of them uses up the limits of all.`,
            `If it is your proxy or load balancer, add ${finding.peer} to TRUSTED_PROXIES and start again. If you do not know it, do not add it.`,
          ];
    case "moved":
      return [
        "This database was restored from a backup, or copied: codes used and sessions ended since then are alive again in it.",
        "Run npm run restored before it takes traffic. If it was only moved and nothing is missing: npm run restored -- --nothing-lost.",
      ];
    case "timeline":
      return [
        "The timeline of the database has changed: a replica took over, or it was set back to an earlier moment.",
        "If it was set back: npm run restored. If a replica took over and nothing is missing: npm run restored -- --nothing-lost.",
      ];
    case "unsupported":
      return [
        `PostgreSQL ${finding.version} is not supported (${finding.oldest} to ${finding.newest} are).`,
        `Use PostgreSQL ${finding.oldest} to ${finding.newest}.`,
      ];
    case "pooler":
      return [
        "A connection pooler that shares connections (PgBouncer in transaction mode, or the like) stands in front of the database: settings and notifications are lost.",
        "Set DATABASE_URL to the address of PostgreSQL itself.",
      ];
    case "unsafe":
      return [
        `${finding.name} is off in the database: after a power cut or a crash, attempts that were counted and codes that were used are forgotten.`,
        `Set ${finding.name} to on in the database's configuration.`,
      ];
    case "overruled":
      return [
        `Settings that each connection asks for are not in force: ${finding.settings.map((one) => `${one.name} is ${one.found}, not ${one.wanted}`).join("; ")}.`,
        "Look for a connection pooler, a trigger on login, and ALTER DATABASE or ALTER ROLE … SET, and take the override away.",
      ];
    case "clock_apart":
      return [
        `The clock of the database is ${Math.abs(finding.seconds)} s ${finding.seconds > 0 ? "ahead of" : "behind"} this machine's.`,
        "Keep both by NTP. The database's clock judges the codes of authenticator apps and every wait.",
      ];
    case "few_connections":
      return [
        `The database allows ${finding.allowed} connections; the ${Math.max(finding.processes, 1)} running processes may need ${finding.needed}.`,
        "Raise max_connections (or the limit of the role or the database), or lower DATABASE_POOL or the number of processes.",
      ];
    case "no_connection_left":
      return [
        "All connections of the database are in use.",
        "Raise max_connections (or the limit of the role or the database), or lower DATABASE_POOL or the number of processes.",
      ];
    case "unreadable":
      return [
        `${finding.count} ${WHAT[finding.what]} cannot be read (key ${finding.key}).`,
        `Put that key back into APP_KEYS (.data/secrets.env), with the value it had.${finding.what === "signing_keys" ? " If it is lost: npm run keys -- rotate signs with another one; receipts that were signed stay valid." : ""}`,
      ];
    case "audit_broken":
      return [
        `The audit log was altered, or something of it was deleted (first at row ${finding.row}).`,
        "Find out who and what can write to the database. npm run admin -- audit:verify verifies it at any time.",
      ];
    case "audit_key":
      return [
        "The key of the audit log cannot be read, so the log cannot be verified.",
        "Put the earlier key back into APP_KEYS (.data/secrets.env), with the value it had.",
      ];
    case "audit_unverified":
      return [
        `The audit log was not verified to its end for ${finding.hours} hours.`,
        "See that a worker runs, and run npm run admin -- audit:verify.",
      ];
    case "no_mail":
      return ["No mail can be sent, so nobody can sign up.", "Set SMTP_URL and start again."];
    case "no_provider":
      return ["No provider account carries texts.", "Enter one: npm run provider -- add …"];
    case "provider_unusable":
      return [
        `The secrets of the provider account ${finding.name} cannot be read.`,
        `Give them again: npm run provider -- change ${finding.name} --secrets`,
      ];
    case "provider_down":
      return [
        `The provider account ${finding.name} (${finding.channel}) is left out until ${finding.until} (${finding.reason || "it kept failing"}).`,
        `It is tried again by itself. To try it now: npm run provider -- test ${finding.name} +8190…`,
      ];
    case "stopped":
      return [
        `${STOPPED[finding.channel]} stopped by an operator (${scopeOf(finding, "all")}, since ${finding.since}).`,
        "npm run kill lists the command that starts it again. Until then no code goes out that way, and people are offered other ways.",
      ];
    case "provider_silent":
      return [
        `Of ${finding.sent} texts and calls that ${finding.name} took in the last hour, ${finding.silent} were never heard of again.`,
        "Look at its receipt address and message ids (docs/providers.md), and for receipt.lost in the log.",
      ];
    case "no_worker":
      return [`No worker has run for ${finding.minutes} minutes: no text and no mail goes out.`, "Run npm start or npm run worker."];
    case "late":
      return [
        `${finding.count} messages have waited for more than a minute.`,
        "Look at the number of workers and at the providers: npm run provider -- list",
      ];
    case "given_up":
      return [`${finding.count} messages were given up within a day.`, "job.failed in the log says why."];
  }
}
