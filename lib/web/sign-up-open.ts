import { isUnavailable } from "#lib/db/pool";
import { currentSettings } from "#lib/policy/read";
import { outsideRequest } from "#lib/request";

/**
 * Whether a page may lead to the sign-up: the operator has not closed it. During a database outage it may, because the sign-up page decides by
 * itself and a page that needs no other data still renders.
 */
export async function signUpOpen(): Promise<boolean> {
  try {
    return (await outsideRequest(() => currentSettings())).publicSignUp;
  } catch (error) {
    if (isUnavailable(error)) return true;
    throw error;
  }
}
