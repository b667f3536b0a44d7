import { SealError, seal, unseal } from "#lib/crypto/seal";
import { sql } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { addressPolicies } from "#lib/limits/policy";
import { takeAddress } from "#lib/limits/take";
import { caseOfStatusCode, type PersonalCase, readCase } from "#lib/recovery/read-case";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";

/** The status of a lost-phone case, for a person who has no session. */

/** The case of a reference and a status code; wrong ones are limited by address alone, and a right one is never refused. */
export async function statusByCode(
  typed: { reference: string; statusCode: string },
  { ip }: Pick<Requester, "ip">,
): Promise<Result<PersonalCase, Refused>> {
  const found = await caseOfStatusCode(typed);
  if (found) return ok(found);
  const wait = await takeAddress(sql, addressPolicies.noticeCodes, ip);
  return fail(wait === null ? { code: "code_wrong" } : { code: "too_many_requests", retryAfter: wait });
}

/** How long a browser that typed a status code sees the case without typing it again, in seconds. */
const REMEMBERED_SECONDS = 1800;
const place = { table: "recovery_cases", column: "id", row: "cookie", owner: "browser" };

/** What a browser's cookie holds after a right status code, and until when. */
export async function rememberCase({ id }: Pick<PersonalCase, "id">): Promise<{ sealed: string; expiresAt: Date }> {
  const expiresAt = new Date((await presentTime()).getTime() + REMEMBERED_SECONDS * 1000);
  return { sealed: seal(`${id}.${expiresAt.getTime()}`, place), expiresAt };
}

/** The case of such a cookie; null for anything but a live one of ours. */
export async function rememberedCase(sealed: string): Promise<PersonalCase | null> {
  try {
    const [id = "", end] = unseal(sealed, place).split(".");
    return Number(end) > (await presentTime()).getTime() ? readCase(id) : null;
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

/** The present time on the product's clock. */
export async function presentTime(): Promise<Date> {
  const [row] = await sql<{ now: Date }>`SELECT app_now() AS now`;
  return row?.now ?? new Date(Number.NaN);
}
