import type { Target } from "#lib/challenges/port";

/** The target of a mail to an address. */
export const targetOf = (email: string): Target => ({ channel: "EMAIL", authenticatorId: null, to: email, country: null, proven: false });
