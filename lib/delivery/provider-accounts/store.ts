import { randomUUID } from "node:crypto";
import { seal, unseal } from "#lib/crypto/seal";
import { type Sql, sql, transaction } from "#lib/db/sql";
import type { PhoneChannel } from "#lib/delivery/provider";
import { receiptAddress, secretsPlace } from "#lib/delivery/provider-accounts/connections";
import { alone, writeRoutes } from "#lib/delivery/provider-accounts/routes";
import {
  type ProviderAccountInput,
  type ProviderAccountProblem,
  type ProviderAccountShape,
  providerAccountProblem,
  validateProviderAccount,
} from "#lib/delivery/provider-accounts/shape";
import { kindOf, kinds } from "#lib/delivery/providers/kinds";
import { fail, ok, type Result } from "#lib/result";

/** Provider accounts as rows, which change without a deployment; workers apply a change from their next text on. */

/** An account as operators see it: secrets by name only. */
export type ListedProviderAccount = {
  id: string;
  name: string;
  kind: string;
  disabled: boolean;
  baseUrl: string | null;
  sender: string | null;
  price: string | null;
  settings: Record<string, unknown>;
  secrets: string[];
  routes: { channel: PhoneChannel; country: string; position: number; weight: number }[];
  /** Channels with an open breaker, and until when (ISO 8601). */
  down: { channel: PhoneChannel; until: string; reason: string }[];
  /** Its receipt URL; null if receipts arrive over its own connection or do not exist. */
  receipts: string | null;
};

type Problems = ProviderAccountProblem[];
const one = (field: string, en: string, ja: string): Problems => [providerAccountProblem(field, { en, ja })];

const sealed = (id: string, secrets: Record<string, string>) =>
  Object.keys(secrets).length > 0 ? seal(JSON.stringify(secrets), secretsPlace(id)) : null;

/** Adds an account, or returns all problems at once. Its secrets are sealed and never shown again. */
export const addProviderAccount = (input: ProviderAccountInput): Promise<Result<ListedProviderAccount, Problems>> =>
  transaction((tx) => addProviderAccountIn(tx, input));

/** The same in the transaction of an act; adders wait for each other, so that a name is taken once. */
export async function addProviderAccountIn(tx: Sql, input: ProviderAccountInput): Promise<Result<ListedProviderAccount, Problems>> {
  const kind = kindOf(input.kind);
  if (!kind || kind.kind === "demo")
    return fail(one("kind", `must be one of ${enterableKinds().join(", ")}`, `${enterableKinds().join("、")} のどれかにしてください`));
  const shape = validateProviderAccount(input, kind);
  if (!shape.ok) return shape;
  const id = randomUUID();
  const { name, baseUrl, sender, price, settings, secrets } = shape.value;
  await alone(tx);
  const added = await tx`
    INSERT INTO provider_accounts (id, name, kind, base_url, sender, settings, secrets_sealed, price_per_segment)
    VALUES (${id}::uuid, ${name}, ${kind.kind}, ${baseUrl}, ${sender}, ${JSON.stringify(settings)}::jsonb, ${sealed(id, secrets)}, ${price}::numeric)
    ON CONFLICT (name) DO NOTHING RETURNING id`;
  if (added.length === 0) return fail(one("name", "is taken by another account", "ほかの登録で使われています"));
  await writeRoutes(tx, id, shape.value, input);
  return found(name, tx);
}

/** Converts an account back to an operator's input. */
function entered(line: ListedProviderAccount, secrets: Record<string, string>): ProviderAccountInput {
  return {
    name: line.name,
    kind: line.kind,
    channels: [...new Set(line.routes.map((route) => route.channel))],
    countries: [...new Set(line.routes.map((route) => route.country))],
    ...(line.price === null ? {} : { price: line.price }),
    ...(line.sender === null ? {} : { sender: line.sender }),
    ...(line.baseUrl === null ? {} : { baseUrl: line.baseUrl }),
    settings: line.settings,
    secrets,
  };
}

/** Changes the given entries of an account; secrets are replaced one by one. */
export const changeProviderAccount = (
  name: string,
  input: Partial<ProviderAccountInput>,
): Promise<Result<ListedProviderAccount, Problems>> => transaction((tx) => changeProviderAccountIn(tx, name, input));

/** The same in the transaction of an act. */
export async function changeProviderAccountIn(
  tx: Sql,
  name: string,
  input: Partial<ProviderAccountInput>,
): Promise<Result<ListedProviderAccount, Problems>> {
  await alone(tx);
  const [line] = await listProviderAccounts(name, tx);
  const kind = line && kindOf(line.kind);
  if (!line || !kind) return fail(one("name", `${name} is no account`, `${name} は登録されていません`));
  if (kind.kind === "demo")
    return fail(
      one(
        "name",
        "the demo network cannot be changed, only disabled and ordered",
        "デモは変更できません。無効にすることと、順番を変えることはできます",
      ),
    );
  const [row] = await tx<{ secretsSealed: string | null }>`SELECT secrets_sealed FROM provider_accounts WHERE id = ${line.id}::uuid`;
  const before = entered(line, row?.secretsSealed ? opened(line.id, row.secretsSealed) : {});
  const settings = { ...before.settings, ...input.settings };
  const shape = validateProviderAccount(
    { ...before, ...input, name, kind: kind.kind, settings, secrets: { ...before.secrets, ...input.secrets } },
    kind,
  );
  if (!shape.ok) return shape;
  await rewrite(tx, line.id, shape.value, input);
  return found(name, tx);
}

/** Returns the secrets of an account, so that output can mask them; empty if they do not open. */
export async function secretsOf(id: string): Promise<string[]> {
  const [row] = await sql<{ secretsSealed: string | null }>`SELECT secrets_sealed FROM provider_accounts WHERE id = ${id}::uuid`;
  return row?.secretsSealed ? Object.values(opened(id, row.secretsSealed)) : [];
}

/** Returns the opened secrets; those that do not open (their key is missing) count as missing, and new ones replace them. */
function opened(id: string, sealedSecrets: string): Record<string, string> {
  try {
    return JSON.parse(unseal(sealedSecrets, secretsPlace(id))) as Record<string, string>;
  } catch {
    return {};
  }
}

async function rewrite(tx: Sql, id: string, shape: ProviderAccountShape, input: Partial<ProviderAccountInput>): Promise<void> {
  await tx`
    UPDATE provider_accounts SET base_url = ${shape.baseUrl}, sender = ${shape.sender}, settings = ${JSON.stringify(shape.settings)}::jsonb,
      secrets_sealed = ${sealed(id, shape.secrets)}, price_per_segment = ${shape.price}::numeric, version = version + 1 WHERE id = ${id}::uuid`;
  // The change may have repaired the account, so its breaker is reset.
  await tx`DELETE FROM provider_health WHERE account_id = ${id}::uuid`;
  if ((input.channels ?? input.countries ?? input.order ?? input.weight) !== undefined) await writeRoutes(tx, id, shape, input);
}

async function found(name: string, tx: Sql): Promise<Result<ListedProviderAccount, Problems>> {
  const [line] = await listProviderAccounts(name, tx);
  return line ? ok(line) : fail(one("name", "is no account", "登録されていません"));
}

/** Returns the kinds that an operator may enter. */
const enterableKinds = (): string[] => kinds.filter((kind) => kind.kind !== "demo").map((kind) => kind.kind);

type Row = Omit<ListedProviderAccount, "secrets" | "receipts" | "baseUrl" | "price"> & {
  baseUrl: string | null;
  price: string | null;
  secretsSealed: string | null;
};

/** Returns the names of the sealed secrets, or `unreadable` for a set that does not open (missing key or moved row). */
function namesIn(id: string, sealed: string | null): string[] {
  if (sealed === null) return [];
  try {
    return Object.keys(JSON.parse(unseal(sealed, secretsPlace(id))) as object);
  } catch {
    return ["unreadable"];
  }
}

/** Lists all accounts, or the named one, in the order in which texts try them. */
export async function listProviderAccounts(name?: string, tx: Sql = sql): Promise<ListedProviderAccount[]> {
  const rows = await tx<Row>`
    SELECT a.id, a.name, a.kind, a.disabled_at IS NOT NULL AS disabled, a.base_url, a.sender, trim_scale(a.price_per_segment)::text AS price, a.settings, a.secrets_sealed,
      coalesce((SELECT json_agg(json_build_object('channel', r.channel, 'country', r.country, 'position', r.position, 'weight', r.weight) ORDER BY r.channel, r.position, r.country)
        FROM provider_routes r WHERE r.account_id = a.id), '[]') AS routes,
      coalesce((SELECT json_agg(json_build_object('channel', h.channel, 'until', h.down_until, 'reason', coalesce(h.reason, '')))
        FROM provider_health h WHERE h.account_id = a.id AND h.down_until > app_now()), '[]') AS down
    FROM provider_accounts a WHERE ${name ?? null}::text IS NULL OR a.name = ${name ?? null}
    ORDER BY (SELECT min(position) FROM provider_routes r WHERE r.account_id = a.id), a.name`;
  return rows.map(({ baseUrl, secretsSealed, ...row }) => ({
    ...row,
    baseUrl,
    secrets: namesIn(row.id, secretsSealed),
    receipts: ["signed", "hint"].includes(kindOf(row.kind)?.receipts ?? "none") ? receiptAddress(row) : null,
  }));
}

/** Disables or enables an account; receipts of earlier texts are still accepted. */
export async function setProviderAccountDisabled(name: string, disabled: boolean, tx: Sql = sql): Promise<Result<null, Problems>> {
  const changed = await tx`
    UPDATE provider_accounts SET disabled_at = CASE WHEN ${disabled}::boolean THEN coalesce(disabled_at, app_now()) END, version = version + 1
    WHERE name = ${name} RETURNING id`;
  return changed.length === 1 ? ok(null) : fail(one("name", "is no account", "登録されていません"));
}

/** Removes an account with its secrets; its attempts keep its name. The demo network can only be disabled. */
export async function removeProviderAccount(name: string, tx: Sql = sql): Promise<Result<null, Problems>> {
  const removed = await tx`DELETE FROM provider_accounts WHERE name = ${name} AND kind <> 'demo' RETURNING id`;
  return removed.length === 1
    ? ok(null)
    : fail(
        one(
          "name",
          "is no account that can be removed (the demo network can be disabled)",
          "削除できる登録ではありません（デモは無効にできます）",
        ),
      );
}
