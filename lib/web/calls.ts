import { isUnavailable } from "#lib/db/pool";
import { callsCarried } from "#lib/phones/bind-phone";
import { requestContext } from "#lib/request";

/**
 * Whether a page may speak of calls. One that asks the database nothing else is drawn without them while that does not answer, and is
 * not turned into the answer of an outage.
 */
export async function callsOffered(): Promise<boolean> {
  const context = requestContext();
  const before = context?.databaseUnavailable ?? false;
  try {
    return await callsCarried();
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    if (context) context.databaseUnavailable = before;
    return false;
  }
}
