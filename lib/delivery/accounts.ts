import { randomUUID } from "node:crypto";
import { seal, unseal } from "#lib/crypto/seal";
import { type Sql, sql, transaction, violatedConstraint } from "#lib/db/sql";
import { type AccountInput, type Shape, type ShapeProblem, shapeOf } from "#lib/delivery/account-shape";
import { receiptAddress, secretsPlace } from "#lib/delivery/connections";
import type { PhoneChannel } from "#lib/delivery/provider";
import { kindOf, kinds } from "#lib/delivery/providers/kinds";
import { fail, ok, type Result } from "#lib/result";

/** Provider accounts as rows: entered, ordered, disabled, removed without a deployment; workers see a change with their next text. */

/** An account as an operator may see it: secrets by name only. */
export type AccountLine = {
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
  /** Channels that the breaker has taken out, and until when (ISO 8601). */
  down: { channel: PhoneChannel; until: string; reason: string }[];
  /** Where its receipts come in; null where they come over its own connection or not at all. */
  receipts: string | null;
};

type Problems = ShapeProblem[];
const one = (field: string, problem: string): Problems => [{ field, problem }];

/** Between two accounts there is room for nine more. */
const STEP = 10;

/** The place of a new account: behind those that serve the same countries by name, before those that serve every country (domestic direct route first). */
async function placeFor(tx: Sql, channel: PhoneChannel, countries: readonly string[]): Promise<number> {
  const everywhere = countries.includes("*");
  const [row] = await tx<{ behind: number | null; before: number | null }>`
    SELECT max(r.position) FILTER (WHERE a.kind <> 'demo' AND (${everywhere}::boolean OR r.country <> '*')) AS behind,
      min(r.position) FILTER (WHERE a.kind = 'demo' OR (NOT ${everywhere}::boolean AND r.country = '*')) AS before
    FROM provider_routes r JOIN provider_accounts a ON a.id = r.account_id WHERE r.channel = ${channel}::channel`;
  const behind = row?.behind ?? 0;
  const place = behind + STEP;
  const next = row?.before ?? null;
  if (next !== null && behind < next && place >= next)
    await tx`UPDATE provider_routes SET position = position + ${place - next + STEP}::int WHERE channel = ${channel}::channel AND position >= ${next}::int`;
  return place;
}

async function writeRoutes(tx: Sql, id: string, shape: Shape, order: number | undefined): Promise<void> {
  await tx`DELETE FROM provider_routes WHERE account_id = ${id}::uuid`;
  for (const channel of shape.channels) {
    const position = order ?? (await placeFor(tx, channel, shape.countries));
    await tx`
      INSERT INTO provider_routes (account_id, channel, country, position, weight)
      SELECT ${id}::uuid, ${channel}::channel, c, ${position}::int, ${shape.weight}::int FROM unnest(${shape.countries}::text[]) c`;
  }
}

const sealed = (id: string, secrets: Record<string, string>) =>
  Object.keys(secrets).length > 0 ? seal(JSON.stringify(secrets), secretsPlace(id)) : null;

/** Adds an account; refused with every problem at once. Its secrets are sealed and never shown again. */
export async function addAccount(input: AccountInput): Promise<Result<AccountLine, Problems>> {
  const kind = kindOf(input.kind);
  if (!kind || kind.kind === "demo") return fail(one("kind", `must be one of ${enterable().join(", ")}`));
  const shape = shapeOf(input, kind);
  if (!shape.ok) return shape;
  const id = randomUUID();
  const { name, baseUrl, sender, price, settings, secrets } = shape.value;
  try {
    await transaction(async (tx) => {
      await tx`
        INSERT INTO provider_accounts (id, name, kind, base_url, sender, settings, secrets_sealed, price_per_segment)
        VALUES (${id}::uuid, ${name}, ${kind.kind}, ${baseUrl}, ${sender}, ${JSON.stringify(settings)}::jsonb, ${sealed(id, secrets)}, ${price}::numeric)`;
      await writeRoutes(tx, id, shape.value, input.order);
    });
  } catch (error) {
    if (violatedConstraint(error) !== "provider_accounts_name_key") throw error;
    return fail(one("name", "is taken by another account"));
  }
  return found(name);
}

/** Changes what is named of an account and leaves the rest; secrets are replaced one by one. */
export async function changeAccount(name: string, input: Partial<AccountInput>): Promise<Result<AccountLine, Problems>> {
  const [line] = await listAccounts(name);
  const kind = line && kindOf(line.kind);
  if (!line || !kind || kind.kind === "demo") return fail(one("name", "is not an account that can be changed"));
  const [row] = await sql<{ secrets_sealed: string | null }>`SELECT secrets_sealed FROM provider_accounts WHERE id = ${line.id}::uuid`;
  const old = row?.secrets_sealed ? (JSON.parse(unseal(row.secrets_sealed, secretsPlace(line.id))) as Record<string, string>) : {};
  const shape = shapeOf(
    {
      channels: [...new Set(line.routes.map((route) => route.channel))],
      countries: [...new Set(line.routes.map((route) => route.country))],
      ...(line.price === null ? {} : { price: line.price }),
      ...(line.sender === null ? {} : { sender: line.sender }),
      ...(line.baseUrl === null ? {} : { baseUrl: line.baseUrl }),
      ...input,
      name: line.name,
      kind: line.kind,
      settings: { ...line.settings, ...input.settings },
      secrets: { ...old, ...input.secrets },
    },
    kind,
  );
  if (!shape.ok) return shape;
  const { baseUrl, sender, price, settings, secrets } = shape.value;
  const moved = input.channels ?? input.countries ?? input.order ?? input.weight;
  await transaction(async (tx) => {
    await tx`
      UPDATE provider_accounts SET base_url = ${baseUrl}, sender = ${sender}, settings = ${JSON.stringify(settings)}::jsonb,
        secrets_sealed = ${sealed(line.id, secrets)}, price_per_segment = ${price}::numeric, version = version + 1 WHERE id = ${line.id}::uuid`;
    // What was wrong with it may be what was changed.
    await tx`DELETE FROM provider_health WHERE account_id = ${line.id}::uuid`;
    if (moved !== undefined) await writeRoutes(tx, line.id, shape.value, input.order);
  });
  return found(name);
}

async function found(name: string): Promise<Result<AccountLine, Problems>> {
  const [line] = await listAccounts(name);
  return line ? ok(line) : fail(one("name", "is no account"));
}

/** Kinds an operator may enter. */
export const enterable = (): string[] => kinds.filter((kind) => kind.kind !== "demo").map((kind) => kind.kind);

type Row = Omit<AccountLine, "secrets" | "receipts" | "baseUrl" | "price"> & {
  base_url: string | null;
  price: string | null;
  secrets_sealed: string | null;
};

/** The names of sealed secrets; a set that does not open (its key is gone, or it was moved) is not hidden. */
function namesIn(id: string, sealed: string | null): string[] {
  if (sealed === null) return [];
  try {
    return Object.keys(JSON.parse(unseal(sealed, secretsPlace(id))) as object);
  } catch {
    return ["unreadable"];
  }
}

/** Every account (or the named one) in the order in which texts ask them. */
export async function listAccounts(name?: string): Promise<AccountLine[]> {
  const rows = await sql<Row>`
    SELECT a.id, a.name, a.kind, a.disabled_at IS NOT NULL AS disabled, a.base_url, a.sender, trim_scale(a.price_per_segment)::text AS price, a.settings, a.secrets_sealed,
      coalesce((SELECT json_agg(json_build_object('channel', r.channel, 'country', r.country, 'position', r.position, 'weight', r.weight) ORDER BY r.channel, r.position, r.country)
        FROM provider_routes r WHERE r.account_id = a.id), '[]') AS routes,
      coalesce((SELECT json_agg(json_build_object('channel', h.channel, 'until', h.down_until, 'reason', coalesce(h.reason, '')))
        FROM provider_health h WHERE h.account_id = a.id AND h.down_until > app_now()), '[]') AS down
    FROM provider_accounts a WHERE ${name ?? null}::text IS NULL OR a.name = ${name ?? null}
    ORDER BY (SELECT min(position) FROM provider_routes r WHERE r.account_id = a.id), a.name`;
  return rows.map(({ base_url, secrets_sealed, ...row }) => ({
    ...row,
    baseUrl: base_url,
    secrets: namesIn(row.id, secrets_sealed),
    receipts: ["signed", "hint"].includes(kindOf(row.kind)?.receipts ?? "none") ? receiptAddress(row) : null,
  }));
}

/** Puts accounts into an order for one channel or both, and one country's rules or all; those not named keep their places behind. */
export async function orderAccounts(
  names: readonly string[],
  only: { channel?: PhoneChannel; country?: string } = {},
): Promise<Result<null, Problems>> {
  return transaction(async (tx) => {
    const known = await tx<{ id: string; name: string }>`SELECT id, name FROM provider_accounts WHERE name = ANY(${[...names]}::text[])`;
    const missing = names.find((name) => !known.some((account) => account.name === name));
    if (missing !== undefined) return fail(one("name", `${missing} is no account`));
    const [channel, country] = [only.channel ?? null, only.country ?? null];
    // Everybody moves back to make room, then those named take the front.
    await tx`
      UPDATE provider_routes SET position = position + ${names.length * STEP}::int
      WHERE (${channel}::channel IS NULL OR channel = ${channel}::channel) AND (${country}::text IS NULL OR country = ${country})`;
    for (const [index, name] of names.entries())
      await tx`
        UPDATE provider_routes SET position = ${index * STEP}::int FROM provider_accounts a
        WHERE a.id = account_id AND a.name = ${name}
          AND (${channel}::channel IS NULL OR channel = ${channel}::channel) AND (${country}::text IS NULL OR country = ${country})`;
    return ok(null);
  });
}

/** Takes an account out of use, or puts it back; texts on their way keep their receipts. */
export async function setAccountDisabled(name: string, disabled: boolean): Promise<Result<null, Problems>> {
  const changed = await sql`
    UPDATE provider_accounts SET disabled_at = CASE WHEN ${disabled}::boolean THEN coalesce(disabled_at, app_now()) END, version = version + 1
    WHERE name = ${name} RETURNING id`;
  return changed.length === 1 ? ok(null) : fail(one("name", "is no account"));
}

/** Removes an account with its secrets; what it sent stays in the log under its name. The demo network can only be disabled. */
export async function removeAccount(name: string): Promise<Result<null, Problems>> {
  const removed = await sql`DELETE FROM provider_accounts WHERE name = ${name} AND kind <> 'demo' RETURNING id`;
  return removed.length === 1 ? ok(null) : fail(one("name", "is no account that can be removed (the demo network can be disabled)"));
}
