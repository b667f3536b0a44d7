import { fail, ok, type Result } from "#lib/result";

/** Source and destination addresses with their types of number and numbering plans (SMPP 5.2.5, 5.2.6). Pure. */

type Kind = { ton?: number; npi?: number };
export type Source = { sourceTon: number; sourceNpi: number; source: string };
export type Destination = { destinationTon: number; destinationNpi: number; destination: string };

const NATIONAL = 2;

/**
 * Returns the source address of a sender: a number without spaces (international with a plus, else national) or a name of at most eleven
 * characters; without a sender the gateway chooses. `fixed` overrides the type and plan for gateways that require it.
 */
export function sourceOf(sender: string | null, fixed: Kind = {}): Result<Source, string> {
  const as = (ton: number, npi: number, source: string) => ok({ sourceTon: fixed.ton ?? ton, sourceNpi: fixed.npi ?? npi, source });
  const number = sender?.replace(/[ .-]/g, "") ?? "";
  if (sender === null) return as(0, 0, "");
  if (/^\+\d{5,15}$/.test(number)) return as(1, 1, number.slice(1));
  if (/^\d{3,20}$/.test(number)) return as(NATIONAL, 1, number);
  if (/^[0-9A-Za-z .-]{1,11}$/.test(sender)) return as(5, 0, sender);
  return fail("must be a number, or a name of at most 11 ASCII letters, digits, spaces, . and -");
}

/** Converts an E.164 number to a destination: its digits, or for national numbering Japan's with a leading zero. */
export function destinationOf(e164: string, { ton, npi }: Required<Kind>): Result<Destination, "country_blocked"> {
  const to = (destination: string) => ok({ destinationTon: ton, destinationNpi: npi, destination });
  if (ton !== NATIONAL) return to(e164.slice(1));
  return e164.startsWith("+81") ? to(`0${e164.slice(3)}`) : fail("country_blocked");
}
