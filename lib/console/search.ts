import { record } from "#lib/audit/record";
import { identifierHash } from "#lib/audit/refused";
import { parseEmail } from "#lib/authenticators/addresses/email";
import { parseNumber } from "#lib/authenticators/phones/number";
import { parseReference } from "#lib/crypto/codes";
import { numberHashes } from "#lib/crypto/number-seal";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { readSettings } from "#lib/policy/read";
import type { Requester } from "#lib/requester";
import { byStaff } from "#lib/staff/act";
import { maskEmail } from "#lib/words/mask-email";

/** Looks accounts up for staff: by something that is typed in full, or by the beginning of an address where the policy allows it. */

/** What a text was taken for. */
export type SearchKind = "reference" | "id" | "email" | "number" | "beginning";

/** An account that was found: its address masked. */
export type FoundAccount = { id: string; email: string; state: "active" | "suspended" | "closed"; createdAt: string };

/** What was tried, in that order, and what was found; `next` goes on behind the last row. */
export type Search = { tried: SearchKind[]; accounts: FoundAccount[]; next: string | null; byBeginning: boolean };

type Row = { id: string; email: string; state: FoundAccount["state"]; createdAt: Date };

/** How many accounts one page has, and how short a beginning may be. */
const PAGE = 50;
export const SHORTEST_BEGINNING = 3;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const rowsOf = (ids: readonly string[]): Promise<Row[]> => sql<Row>`
  SELECT id, email, CASE WHEN closed_at IS NOT NULL THEN 'closed' WHEN disabled_at IS NOT NULL THEN 'suspended' ELSE 'active' END AS state, created_at
  FROM users WHERE id = ANY(${[...ids]}::uuid[]) ORDER BY created_at LIMIT ${PAGE}::int`;

const idsOf = (rows: Promise<{ id: string }[]>): Promise<string[]> => rows.then((found) => found.map(({ id }) => id));

/** The ways to read a text, the surest first; each finds accounts by an index. */
const exact: { kind: SearchKind; find: (typed: string) => Promise<string[]> | null }[] = [
  {
    kind: "reference",
    find(typed) {
      const reference = parseReference(typed);
      return reference === null
        ? null
        : idsOf(sql<{ id: string }>`
            SELECT user_id AS id FROM recovery_cases WHERE reference = ${reference} UNION SELECT user_id FROM notice_codes WHERE reference = ${reference} LIMIT ${PAGE}::int`);
    },
  },
  {
    kind: "id",
    find: (typed) =>
      UUID.test(typed)
        ? idsOf(
            sql<{
              id: string;
            }>`SELECT id FROM users WHERE id = ${typed}::uuid UNION SELECT id FROM users WHERE audit_subject = ${typed}::uuid`,
          )
        : null,
  },
  {
    kind: "email",
    find(typed) {
      const email = parseEmail(typed);
      return email === null ? null : idsOf(sql<{ id: string }>`SELECT id FROM users WHERE email = ${email}`);
    },
  },
  {
    // An unproven number finds the sign-up that is proving it; a proven one finds its owner alone.
    kind: "number",
    find(typed) {
      const number = parseNumber(typed, env().ALLOWED_COUNTRIES.split(","));
      return number.ok
        ? idsOf(sql<{ id: string }>`
            WITH found AS MATERIALIZED (SELECT user_id, verified_at FROM account_phones WHERE number_hash = ANY(${numberHashes(number.value.e164)}::bytea[]))
            SELECT DISTINCT user_id AS id FROM found
            WHERE verified_at IS NOT NULL OR NOT EXISTS (SELECT FROM found WHERE verified_at IS NOT NULL) LIMIT ${PAGE}::int`)
        : null;
    },
  },
];

/** A page of the accounts whose address begins so, in the order of bytes; `after` is the last account of the page before. */
const beginning = (from: string, after: string | null): Promise<Row[]> => sql<Row>`
  SELECT id, email, CASE WHEN closed_at IS NOT NULL THEN 'closed' WHEN disabled_at IS NOT NULL THEN 'suspended' ELSE 'active' END AS state, created_at
  FROM users WHERE email ~>=~ ${from} AND email ~<~ (${from} || chr(1114111)) AND email ~>~ coalesce((SELECT a.email FROM users a WHERE a.id = ${after}::uuid), '')
  ORDER BY email USING ~<~ LIMIT ${PAGE + 1}::int`;

const hidden = ({ email, createdAt, ...row }: Row, shown: string): FoundAccount => {
  const masked = maskEmail(email);
  // What staff typed themselves is no secret to them, and tells the rows of a beginning apart.
  const name = email.slice(0, email.lastIndexOf("@"));
  const longer = shown.length > 2 && name.startsWith(shown) && name.length > shown.length;
  return { ...row, email: longer ? `${shown}•••${email.slice(name.length)}` : masked, createdAt: createdAt.toISOString() };
};

/** Searches for a member of staff, and records who searched for what (as a keyed hash) and how many were found. */
export async function searchAccounts(staffId: string, typed: string, after: string | null, requester: Requester): Promise<Search> {
  const text = typed.trim().slice(0, 320);
  const { searchByBeginning: byBeginning } = await readSettings();
  const tried: SearchKind[] = [];
  let [rows, next]: [Row[], string | null] = [[], null];
  for (const { kind, find } of exact) {
    const found = after === null && rows.length === 0 ? find(text) : null;
    if (!found) continue;
    tried.push(kind);
    rows = await rowsOf(await found);
  }
  const from = text.normalize("NFKC").toLowerCase();
  if (rows.length === 0 && byBeginning && [...from].length >= SHORTEST_BEGINNING) {
    tried.push("beginning");
    const page = await beginning(from, after);
    rows = page.slice(0, PAGE);
    next = page.length > PAGE ? (rows.at(-1)?.id ?? null) : null;
  }
  await noteSearch(staffId, text, `${tried.join(" ") || "none"}: ${rows.length}`, requester);
  const shown = tried.at(-1) === "beginning" ? from : "";
  return { tried, accounts: rows.map((row) => hidden(row, shown)), next, byBeginning };
}

async function noteSearch(staffId: string, text: string, outcome: string, { ip, userAgent }: Requester): Promise<void> {
  const [staff] = await sql<{ subject: string }>`SELECT audit_subject AS subject FROM users WHERE id = ${staffId}::uuid`;
  await record(sql, {
    event: "account.searched",
    method: byStaff(staff?.subject ?? "", outcome),
    ip,
    userAgent,
    identifierHash: await identifierHash(text),
  });
}
