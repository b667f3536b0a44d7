import { fail, ok, type Result } from "#lib/result";

/** Whom a text comes from and goes to, with the types of number and numbering plans of SMPP (5.2.5, 5.2.6). Pure. */

type Kind = { ton?: number; npi?: number };
export type Source = { sourceTon: number; sourceNpi: number; source: string };
export type Destination = { destinationTon: number; destinationNpi: number; destination: string };

const NATIONAL = 2;

/**
 * The sender as a network wants it: a number without the spaces people read it with (international with a plus, else national), or a
 * name of at most eleven characters; none is the gateway's own choice. `fixed` is what the gateway asks for instead.
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

/** An E.164 number as destination: its digits, or where the gateway wants national numbers those of Japan with their leading zero. */
export function destinationOf(e164: string, { ton, npi }: Required<Kind>): Result<Destination, "country_blocked"> {
  const to = (destination: string) => ok({ destinationTon: ton, destinationNpi: npi, destination });
  if (ton !== NATIONAL) return to(e164.slice(1));
  return e164.startsWith("+81") ? to(`0${e164.slice(3)}`) : fail("country_blocked");
}
