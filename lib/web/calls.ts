import { callsCarried } from "#lib/accounts/bind-phone";
import { isUnavailable } from "#lib/db/pool";
import { outsideRequest } from "#lib/request";

/**
 * Returns true if a page may mention calls; false during a database outage. A page that needs no other data still renders; only the data that it
 * needs decides whether the answer is an outage.
 */
export async function callsOffered(): Promise<boolean> {
  try {
    return await outsideRequest(() => callsCarried());
  } catch (error) {
    if (isUnavailable(error)) return false;
    throw error;
  }
}
