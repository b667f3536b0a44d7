import { PASSKEY_KIND } from "#lib/authenticators/passkeys/authenticator";
import { models } from "#lib/authenticators/passkeys/models";
import type { Named } from "#lib/authenticators/passkeys/options";
import { type Sql, sql } from "#lib/db/sql";

/** A passkey as its owner sees it; times are ISO 8601. */
export type PasskeyLine = { id: string; name: string | null; createdAt: string; lastUsedAt: string | null; backedUp: boolean };

type Row = { id: string; name: string | null; createdAt: Date; lastUsedAt: Date | null; backedUp: boolean };

/** The name of a passkey's model, if the public list has it. */
export const nameOfModel = (aaguid: string): string | null => models[aaguid] ?? null;

/** The passkeys of an account, the oldest first. */
export async function listPasskeys(userId: string, tx: Sql = sql): Promise<PasskeyLine[]> {
  const rows = await tx<Row>`
    SELECT a.id, a.name, a.created_at, a.last_used_at, p.backed_up FROM authenticators a JOIN passkeys p ON p.id = a.id
    WHERE a.user_id = ${userId}::uuid AND a.kind = ${PASSKEY_KIND} AND a.verified_at IS NOT NULL ORDER BY a.created_at LIMIT 32`;
  return rows.map(({ createdAt, lastUsedAt, ...row }) => ({
    ...row,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }));
}

/** The credentials of an account, as the options of a ceremony name them. */
export async function namedPasskeys(userId: string | null, tx: Sql = sql): Promise<Named[]> {
  const rows = await tx<{ credentialId: Buffer; transports: string[] }>`
    SELECT p.credential_id, p.transports FROM authenticators a JOIN passkeys p ON p.id = a.id
    WHERE a.user_id = ${userId}::uuid AND a.kind = ${PASSKEY_KIND} AND a.verified_at IS NOT NULL ORDER BY a.created_at LIMIT 32`;
  return rows.map(({ credentialId, transports }) => ({ id: credentialId.toString("base64url"), transports }));
}
