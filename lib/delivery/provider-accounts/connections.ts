import { equalInConstantTime, keyedHash, keyedHashes } from "#lib/crypto/hash";
import { unseal } from "#lib/crypto/seal";
import { sql } from "#lib/db/sql";
import { lostReceipt } from "#lib/delivery/messages/lost-receipts";
import { recordReceipt } from "#lib/delivery/messages/record";
import type { Provider, ProviderAccount, ProviderKind, Surroundings } from "#lib/delivery/provider";
import { kindOf } from "#lib/delivery/providers/kinds";
import { env } from "#lib/env";
import { singleton } from "#lib/singleton";

/** The adapters of this process, one per account; a change of the account replaces its adapter. */

type Row = {
  id: string;
  name: string;
  kind: string;
  version: number;
  baseUrl: string | null;
  sender: string | null;
  settings: Record<string, unknown>;
  secretsSealed: string | null;
};
type Live = { version: number; name: string; kind: ProviderKind; provider: Provider };

const live = () => singleton("providers", () => new Map<string, Promise<Live>>());

/** The sealing context of an account's secrets: a copy in another row does not open. */
export const secretsPlace = (accountId: string) => ({
  table: "provider_accounts",
  column: "secrets_sealed",
  row: accountId,
  owner: accountId,
});

/** Returns the key in an account's receipt URL, for providers without signatures; it is derived, so it needs no storage. */
const receiptKey = (accountId: string): string => keyedHash("token", "receipt", accountId).toString("base64url");

/** Returns true if a callback's key belongs to the account, under any configured key: the provider may store a URL from before a rotation. */
export const isReceiptKey = (accountId: string, key: string | null): boolean =>
  key !== null && keyedHashes("token", "receipt", accountId).some((known) => equalInConstantTime(known.toString("base64url"), key));

/** Returns the account's public receipt URL, which the operator enters at providers that take none with each text. */
export const receiptAddress = (account: { id: string; name: string }): string =>
  `${env().publicOrigin}/api/receipts/${account.name}?key=${receiptKey(account.id)}`;

const surroundings = (account: { id: string; name: string }): Surroundings => ({
  receiptUrl: (attemptId) => receiptAddress(account) + (attemptId ? `&attempt=${attemptId}` : ""),
  voiceUrl: (attemptId) => `${env().publicOrigin}/api/receipts/${account.name}/voice?attempt=${attemptId}`,
  report: (receipt) => recordReceipt(account.id, receipt),
  lost: (reason) => lostReceipt(account.name, reason),
});

async function open(id: string): Promise<Live> {
  const [row] = await sql<Row>`
    SELECT id, name, kind, version, base_url, sender, settings, secrets_sealed FROM provider_accounts WHERE id = ${id}::uuid`;
  const kind = row && kindOf(row.kind);
  if (!row || !kind) throw new Error(`no provider of kind ${row?.kind ?? "(gone)"}`);
  const secrets = row.secretsSealed ? (JSON.parse(unseal(row.secretsSealed, secretsPlace(row.id))) as Record<string, string>) : {};
  const account: ProviderAccount = {
    id: row.id,
    name: row.name,
    kind: row.kind,
    baseUrl: row.baseUrl,
    sender: row.sender,
    settings: row.settings,
    secrets,
  };
  return { version: row.version, name: row.name, kind, provider: kind.create(account, surroundings(row)) };
}

/** Returns the adapter of an account at a version; an older one closes its connections. */
export async function connectionOf({ id, version }: { id: string; version: number }): Promise<Live> {
  const known = live().get(id);
  const current = await known?.catch(() => undefined);
  if (current && current.version >= version) return current;
  // A concurrent call may have replaced the adapter during the query.
  if (live().get(id) !== known) return connectionOf({ id, version });
  const fresh = open(id);
  live().set(id, fresh);
  fresh.catch(() => live().get(id) === fresh && live().delete(id));
  void current?.provider.close?.().catch(() => undefined);
  return fresh;
}

/** Returns the adapter of the named account, or null if it is disabled or does not exist. */
export async function connectionNamed(name: string): Promise<Live | null> {
  const [row] = await sql<{
    id: string;
    version: number;
  }>`SELECT id, version FROM provider_accounts WHERE name = ${name} AND disabled_at IS NULL`;
  return row ? connectionOf(row) : null;
}

/**
 * Keeps one connection for every enabled account whose receipts arrive over it, from before its first text, and follows changes of accounts. Throws
 * the first failure after all accounts have been handled.
 */
export async function keepSessions(): Promise<void> {
  const before = [...live().keys()];
  const rows = await sql<{
    id: string;
    version: number;
    kind: string;
  }>`SELECT id, version, kind FROM provider_accounts WHERE disabled_at IS NULL`;
  for (const id of before.filter((one) => !rows.some((row) => row.id === one))) {
    const gone = live().get(id);
    live().delete(id);
    void gone?.then(({ provider }) => provider.close?.()).catch(() => undefined);
  }
  const sessions = rows.filter((row) => kindOf(row.kind)?.receipts === "session");
  const opened = await Promise.allSettled(sessions.map(async (row) => (await connectionOf(row)).provider.open?.()));
  for (const one of opened) if (one.status === "rejected") throw one.reason;
}

/** Closes all connections of this process. */
export async function closeConnections(): Promise<void> {
  const all = await Promise.allSettled([...live().values()]);
  live().clear();
  await Promise.allSettled(all.map((one) => (one.status === "fulfilled" ? one.value.provider.close?.() : undefined)));
}
