import { randomUUID } from "node:crypto";
import { codeAt, newSeed, sealSeed, stepOf } from "#lib/authenticators/totp/seed";
import { sql } from "#lib/db/sql";
import { verifyChallenge } from "#lib/purposes/challenges";
import type { Requester } from "#lib/requester";
import { type Account, codeOf, must, passPassword, requester, setClock, signedIn } from "#lib/testing/fixtures";

/** Signed-in persons and their second factors for tests, written by SQL; used by *.db.test.ts alone. */

export type Acting = { userId: string; sessionId: string; email: string; locale: string };

/** A session of an account by its text, and the requester that holds it. */
export async function signInByText(account: Account): Promise<{ person: Acting; requester: Requester }> {
  const token = await passPassword(account);
  const opened = signedIn(must(await verifyChallenge(token, { method: "sms", code: await codeOf(token) }, requester)));
  const { sessionId } = opened.session;
  return {
    person: { userId: account.userId, sessionId, email: account.email, locale: "ja" },
    requester: { ...requester, sessionToken: opened.sessionToken },
  };
}

/** Notes a step-up of a session, some seconds ago. */
export const stepUp = ({ sessionId }: Pick<Acting, "sessionId">, secondsAgo = 0) => sql`
  INSERT INTO step_ups (session_id, action, proven_at) VALUES (${sessionId}::uuid, 'manage_factors', app_now() - make_interval(secs => ${secondsAgo}::int))
  ON CONFLICT (session_id, action) DO UPDATE SET proven_at = EXCLUDED.proven_at`;

/** The number of the present time step on the product's clock. */
export async function presentStep(): Promise<number> {
  const [row] = await sql<{ seconds: number }>`SELECT extract(epoch FROM app_now())::float8 AS seconds`;
  return stepOf(row?.seconds ?? 0);
}

/** Moves the product's clock to a few seconds into a time step, so that no step ends meanwhile; returns the offset. */
export async function earlyInStep(): Promise<number> {
  const offset = 33 - (Math.floor(Date.now() / 1000) % 30);
  await setClock(offset);
  return offset;
}

/** Binds an authenticator app to an account by its rows; returns what it shows some steps from now. */
export async function bindApp({ userId }: Pick<Account, "userId">): Promise<{ id: string; shows: (offset?: number) => Promise<string> }> {
  const [id, seed] = [randomUUID(), newSeed()];
  await sql`
    WITH bound AS (INSERT INTO authenticators (id, user_id, kind, verified_at) VALUES (${id}::uuid, ${userId}::uuid, 'totp', app_now()) RETURNING id)
    INSERT INTO totp (id, seed_sealed) SELECT id, ${sealSeed(id, userId, seed)} FROM bound`;
  return { id, shows: async (offset = 0) => codeAt(seed, (await presentStep()) + offset) };
}
