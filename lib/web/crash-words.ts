/** The digest of `DatabaseUnavailable`. */
const BUSY = "unavailable";

type Words = { title: string; lead: string; busyTitle: string; busyLead: string };

/** Pure: what a page says of an error: the database that does not answer, the front door's own words (`happened`, `what now`, reference), or our fault. */
export function saidOf(
  { digest, message }: Error & { digest?: string },
  words: Words,
): { title: string; lead: string; reference?: string | undefined } {
  if (digest === BUSY) return { title: words.busyTitle, lead: words.busyLead };
  // The front door answers a form of a script in lines of plain text, which Next makes the message of an error without a digest.
  const [happened = "", whatNow, reference] = digest ? [] : message.split("\n");
  return whatNow ? { title: happened, lead: whatNow, reference } : { title: words.title, lead: words.lead, reference: digest };
}
