import { UnsupportedServer } from "#lib/db/version";
import { EnvError } from "#lib/env";

/** A condition that the operator must change; the message states the problem and the remedy. */
export class CommandRefusal extends Error {}

type SystemError = Error & { code?: string; path?: string; port?: number; address?: string; hostname?: string };

/** The target of a failed connection, from the fields of Node's error. */
const placeOf = ({ hostname, address, port }: SystemError) => hostname ?? (address && port ? `${address}:${port}` : "DATABASE_URL");

const known: Record<string, (error: SystemError) => string> = {
  EACCES: (e) => `No permission: ${e.path ?? e.message}\nThe folder must be readable and writable for the user who runs this command.`,
  EPERM: (e) => `Not permitted: ${e.path ?? e.message}\nThe folder must belong to the user who runs this command.`,
  EROFS: (e) => `The file system is read-only: ${e.path ?? e.message}\nRun the command in a folder that can be written.`,
  ENOSPC: (e) => `The disk is full: ${e.path ?? e.message}\nFree some space and run the command again; nothing that was saved is lost.`,
  // Copying a folder to a full disk can fail with this code instead of ENOSPC.
  EIO: (e) => `Could not read or write: ${e.message}\nThe disk is probably full; free some space and run the command again.`,
  ECONNREFUSED: (e) => `The database does not answer: nothing listens at ${placeOf(e)}.\nIs it running, and is DATABASE_URL right?`,
  ENOTFOUND: (e) => `The database host ${placeOf(e)} is not known.\nIs DATABASE_URL right?`,
  "28P01": () => "The database refused the password.\nIs DATABASE_URL right?",
  "28000": (e) => `The database refused the connection: ${e.message}`,
  // A pooler answers so to a connection with startup parameters that it does not allow.
  "08P01": (e) =>
    `The database refused the connection: ${e.message}\nDATABASE_URL must name the server itself, not a connection pooler in front of it.`,
  "3D000": (e) => `${e.message}\nCreate it first, or correct DATABASE_URL.`,
  "53100": (e) =>
    `The disk of the database is full: ${e.message}\nFree some space and run the command again; nothing that was saved is lost.`,
};

/** Returns what to print for an error: a plain message for conditions an operator can change, otherwise the stack. */
export function explain(error: unknown): string {
  if (error instanceof CommandRefusal || error instanceof EnvError || error instanceof UnsupportedServer) return error.message;
  if (!(error instanceof Error)) return String(error);
  const text = known[(error as SystemError).code ?? ""];
  return text ? text(error) : (error.stack ?? error.message);
}
