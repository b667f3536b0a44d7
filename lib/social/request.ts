import { SealError, seal, unseal } from "#lib/crypto/seal";
import { sql } from "#lib/db/sql";
import { isSocialProvider, type SocialProvider } from "#lib/social/providers";

/** What a browser began with a provider. It travels in a sealed cookie, so that strangers can write no row. */
export type SocialRequest = {
  provider: SocialProvider;
  /** The session that links the account; null for a sign-in. */
  sessionId: string | null;
  returnTo: string | null;
  /** Whether the person has to sign in at the provider again. */
  fresh: boolean;
  /** When it began, on the wall clock of the database, in seconds since 1970; providers know no other clock. */
  beganAt: number;
};

/** How long a person may take at the provider, in seconds. */
export const SOCIAL_SECONDS = 15 * 60;

const place = { table: "social_sign_in", column: "request", row: "cookie", owner: "browser" };

type Now = { wall: number; ends: Date };

async function present(): Promise<Now> {
  const [row] = await sql<Now>`
    SELECT extract(epoch FROM statement_timestamp())::float8 AS wall, app_now() + make_interval(secs => ${SOCIAL_SECONDS}::int) AS ends`;
  if (!row) throw new Error("the database told no time");
  return row;
}

/** Seals a request for the cookie of its browser, with its end on the product's clock. */
export async function sealRequest(request: Omit<SocialRequest, "beganAt">): Promise<{ sealed: string; expiresAt: Date }> {
  const { wall, ends } = await present();
  return { sealed: seal(JSON.stringify({ ...request, beganAt: Math.floor(wall) }), place), expiresAt: ends };
}

/** Opens a cookie of ours; null for any other cookie and after its end. */
export async function openRequest(sealed: string | undefined): Promise<SocialRequest | null> {
  if (!sealed) return null;
  try {
    const request = JSON.parse(unseal(sealed, place)) as SocialRequest;
    const { wall } = await present();
    return isSocialProvider(request.provider) && wall - request.beganAt <= SOCIAL_SECONDS ? request : null;
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

/** When the person signed in at the provider, on the product's clock. */
export async function onOurClock(authTime: number | null): Promise<Date | null> {
  if (authTime === null) return null;
  const [row] = await sql<{ at: Date }>`SELECT to_timestamp(${authTime}::float8) + (app_now() - now()) AS at`;
  return row?.at ?? null;
}
