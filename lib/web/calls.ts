import { isUnavailable } from "#lib/db/pool";
import { callsCarried } from "#lib/phones/bind-phone";
import { outsideRequest } from "#lib/request";

/**
 * Whether a page may speak of calls. While the database does not answer it does not; a page that needs nothing else of it is drawn all
 * the same, and whether the answer is that of an outage is decided by what the page needs.
 */
export async function callsOffered(): Promise<boolean> {
  try {
    return await outsideRequest(() => callsCarried());
  } catch (error) {
    if (isUnavailable(error)) return false;
    throw error;
  }
}
