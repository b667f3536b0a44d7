import { randomUUID } from "node:crypto";
import { RISK_NOTICE_VERSION } from "#lib/accounts/bind-phone";
import { record } from "#lib/audit/record";
import { parseEmail } from "#lib/authenticators/addresses/email";
import { phone } from "#lib/authenticators/phones/authenticator";
import { type PhoneNumber, parseNumber } from "#lib/authenticators/phones/number";
import { costsTooMuch, type Foreign, makeForeign, readForeign, systemOf } from "#lib/crypto/foreign-hash";
import { newToken } from "#lib/crypto/hash";
import { numberHash, sealNumber } from "#lib/crypto/number-seal";
import { hashSecret, keepForeign } from "#lib/crypto/password-hash";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { env } from "#lib/env";
import { groupName } from "#lib/policy/rule";

/** Members who come along from another system: their address, their password's hash and their number, which is unproven until the first sign-in. */

/** One member as a file names it; `line` is its place there. */
export type ImportRow = { line: number; email: string; passwordHash: string; phone: string; groups: string[] };

/** Why a row was not taken, or what is said of one that was. */
export const rowProblems = [
  "not_an_address",
  "twice_in_file",
  "known_address",
  "unknown_hash",
  "costly_hash",
  "bad_group",
  "number_not_read",
  "weak_hash",
  "no_hash",
] as const;
export type RowProblem = (typeof rowProblems)[number];

/** What kept a row out; the others are only told. */
export const refusing: readonly RowProblem[] = [
  "not_an_address",
  "twice_in_file",
  "known_address",
  "unknown_hash",
  "costly_hash",
  "bad_group",
];

/** What became of a file: accounts made, the lines of each problem, the systems that hashed, and the time that their slowest hash takes. */
export type ImportReport = {
  rows: number;
  taken: number;
  lines: Partial<Record<RowProblem, number[]>>;
  systems: Record<string, number>;
  floorMs: number;
};

/** A member who can be written: with the address, the hash and the number as they were read. */
export type Member = ImportRow & { address: string; foreign: Foreign | null; number: PhoneNumber | null };

/** What is said of one line. */
export type Said = { line: number; email: string; problem: RowProblem };

/** Some rows that were judged together: those that can be written, and what is said of any. */
export type Judged = { rows: number; members: Member[]; said: Said[] };

function judgeRow(row: ImportRow, seen: Set<string>): { member: Member | null; problems: RowProblem[] } {
  const address = parseEmail(row.email);
  const foreign = row.passwordHash === "" ? null : readForeign(row.passwordHash);
  const number = row.phone === "" ? null : parseNumber(row.phone, env().ALLOWED_COUNTRIES.split(","));
  const problems: RowProblem[] = [
    ...(address === null ? (["not_an_address"] as const) : seen.has(address) ? (["twice_in_file"] as const) : []),
    ...(row.passwordHash === ""
      ? (["no_hash"] as const)
      : foreign === null
        ? [costsTooMuch(row.passwordHash) ? ("costly_hash" as const) : ("unknown_hash" as const)]
        : []),
    ...(foreign?.weak ? (["weak_hash"] as const) : []),
    ...(row.groups.every((name) => groupName.safeParse(name).success) ? [] : (["bad_group"] as const)),
    ...(number && !number.ok ? (["number_not_read"] as const) : []),
  ];
  if (address !== null) seen.add(address);
  const refused = address === null || problems.some((one) => refusing.includes(one));
  return { member: refused ? null : { ...row, address, foreign, number: number?.ok ? number.value : null }, problems };
}

/** How many rows are judged, and written in one transaction. */
const BATCH = 500;

/** Judges the rows of a file in batches; an address that came before is told. */
export async function* judgeMembers(rows: AsyncIterable<ImportRow>): AsyncGenerator<Judged> {
  const seen = new Set<string>();
  let batch: Judged = { rows: 0, members: [], said: [] };
  for await (const row of rows) {
    const { member, problems } = judgeRow(row, seen);
    batch.rows += 1;
    if (member) batch.members.push(member);
    batch.said.push(...problems.map((problem) => ({ line: row.line, email: row.email, problem })));
    if (batch.rows < BATCH) continue;
    yield batch;
    batch = { rows: 0, members: [], said: [] };
  }
  if (batch.rows > 0) yield batch;
}

/** The members whose address has no account yet. */
export async function newAmong(members: readonly Member[]): Promise<Member[]> {
  const known = await sql<{ email: string }>`
    SELECT email FROM users WHERE email = ANY(${members.map(({ address }) => address)}::text[])`;
  const taken = new Set(known.map(({ email }) => email));
  return members.filter(({ address }) => !taken.has(address));
}

/** A stored hash that no password fits, for members without one. */
export const unusableHash = (): Promise<string> => hashSecret(newToken());

/**
 * Writes some members in one transaction and returns the addresses of those that are new; those whose address has an account are left out, so that an
 * interrupted import goes on where it stopped.
 */
export async function writeMembers(tx: Sql, members: readonly Member[], unusable: string, by: string): Promise<Set<string>> {
  const ids = members.map(() => randomUUID());
  const hashes = members.map(({ foreign }) => (foreign ? keepForeign(foreign) : unusable));
  const made = await tx<{ id: string; email: string }>`
    INSERT INTO users (id, email, password_hash, locale)
    SELECT m.id, m.email, m.hash, 'ja' FROM unnest(${ids}::uuid[], ${members.map(({ address }) => address)}::text[], ${hashes}::text[]) AS m(id, email, hash)
    ON CONFLICT (email) DO NOTHING RETURNING id, email`;
  const idOf = new Map(made.map(({ id, email }) => [email, id]));
  const phones = members.flatMap(({ address, number }) => {
    const userId = idOf.get(address);
    if (!userId || !number) return [];
    const id = randomUUID();
    const channel = number.landline ? "VOICE" : "SMS";
    return [
      {
        id,
        userId,
        sealed: sealNumber(id, userId, number.e164),
        hash: numberHash(number.e164),
        country: number.country,
        channel,
        voice: number.landline,
      },
    ];
  });
  await tx`
    WITH n AS (
      SELECT * FROM unnest(${phones.map(({ id }) => id)}::uuid[], ${phones.map(({ userId }) => userId)}::uuid[], ${phones.map(({ sealed }) => sealed)}::text[],
        ${phones.map(({ hash }) => hash)}::bytea[], ${phones.map(({ country }) => country)}::text[], ${phones.map(({ channel }) => channel)}::text[],
        ${phones.map(({ voice }) => voice)}::boolean[]) AS n(id, user_id, sealed, hash, country, channel, voice)
    ), pending AS (
      INSERT INTO authenticators (id, user_id, kind) SELECT id, user_id, ${phone.kind} FROM n RETURNING id)
    INSERT INTO phones (id, number_sealed, number_hash, country, channel, voice_only, risk_accepted_at, risk_notice_version)
    SELECT n.id, n.sealed, n.hash, n.country, n.channel::channel, n.voice, app_now(), ${RISK_NOTICE_VERSION}::int FROM n JOIN pending p ON p.id = n.id`;
  const groups = members.flatMap(({ address, groups: names }) => names.map((name) => ({ userId: idOf.get(address), name })));
  await tx`
    INSERT INTO user_groups (user_id, name)
    SELECT g.user_id, g.name FROM unnest(${groups.map(({ userId }) => userId ?? null)}::uuid[], ${groups.map(({ name }) => name)}::text[]) AS g(user_id, name)
    WHERE g.user_id IS NOT NULL ON CONFLICT DO NOTHING`;
  if (made.length > 0) await record(tx, { event: "members.imported", method: `${made.length} ${by}`, ip: "", userAgent: "" });
  return new Set(idOf.keys());
}

/** The time that the slowest scheme of a file takes here, in milliseconds: the median of three for one hash of each system. */
async function slowest(found: ReadonlyMap<string, Foreign>): Promise<number> {
  let most = 0;
  for (const { scheme } of found.values()) {
    const times: number[] = [];
    for (let index = 0; index < 3; index++) {
      const began = performance.now();
      await makeForeign(scheme, "測るためのことば");
      times.push(performance.now() - began);
    }
    most = Math.max(most, times.sort((a, b) => a - b)[1] ?? 0);
  }
  return most;
}

/** What our own hash takes on top, and room for a busy machine. */
const ROOM = { ms: 60, times: 2 } as const;

/** The systems whose hashes a file has: how many of each, and how long an answer to a password has to take while they remain. */
export class Systems {
  readonly counts: Record<string, number> = {};
  readonly #oneOf = new Map<string, Foreign>();

  add(members: readonly Member[]): void {
    for (const { foreign } of members) {
      if (!foreign) continue;
      const system = systemOf(foreign.scheme);
      this.counts[system] = (this.counts[system] ?? 0) + 1;
      if (!this.#oneOf.has(system)) this.#oneOf.set(system, foreign);
    }
  }

  /** Milliseconds, measured now; 0 without a hash. */
  async floorMs(): Promise<number> {
    return this.#oneOf.size === 0 ? 0 : Math.ceil((await slowest(this.#oneOf)) * ROOM.times + ROOM.ms);
  }
}

/** Imports members; with `dry` nothing is written and the same is reported. */
export async function importMembers(rows: AsyncIterable<ImportRow>, { dry, by }: { dry: boolean; by: string }): Promise<ImportReport> {
  const report: ImportReport = { rows: 0, taken: 0, lines: {}, systems: {}, floorMs: 0 };
  const systems = new Systems();
  const note = ({ problem, line }: Pick<Said, "problem" | "line">) => {
    const lines = report.lines[problem] ?? [];
    lines.push(line);
    report.lines[problem] = lines;
  };
  const unusable = dry ? "" : await unusableHash();
  for await (const batch of judgeMembers(rows)) {
    const { members } = batch;
    report.rows += batch.rows;
    batch.said.forEach(note);
    systems.add(members);
    const made = dry
      ? new Set((await newAmong(members)).map(({ address }) => address))
      : await transaction((tx) => writeMembers(tx, members, unusable, by), { patient: true });
    report.taken += made.size;
    for (const { address, line } of members) if (!made.has(address)) note({ problem: "known_address", line });
  }
  return { ...report, systems: systems.counts, floorMs: await systems.floorMs() };
}
