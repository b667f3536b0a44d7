import { authenticators } from "#lib/authenticators/index";
import type { Sql } from "#lib/db/sql";

/** Whether an account has another usable second factor than the named one; the last one can be replaced and never removed (FA-01). */
export async function hasAnotherFactor(tx: Sql, userId: string, exceptId: string): Promise<boolean> {
  const kinds = authenticators.filter(({ enrols }) => enrols).map(({ kind }) => kind);
  const left = await tx`
    SELECT 1 FROM usable_authenticators WHERE user_id = ${userId}::uuid AND kind = ANY(${kinds}::text[]) AND id <> ${exceptId}::uuid LIMIT 1`;
  return left.length > 0;
}

/** Whether an account was ever given a second factor besides the named row, also where failures have disabled it: it is past its sign-up. */
export async function isPastSignUp(tx: Sql, userId: string, exceptId: string | null = null): Promise<boolean> {
  const kinds = authenticators.filter(({ enrols }) => enrols).map(({ kind }) => kind);
  const held = await tx`
    SELECT 1 FROM authenticators WHERE user_id = ${userId}::uuid AND kind = ANY(${kinds}::text[]) AND verified_at IS NOT NULL
      AND id IS DISTINCT FROM ${exceptId}::uuid LIMIT 1`;
  return held.length > 0;
}
