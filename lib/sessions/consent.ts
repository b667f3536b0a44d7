import { record } from "#lib/audit/record";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { serviceNow } from "#lib/policy/service";
import type { Requester } from "#lib/requester";

/** A document that people agree to, and which version of it holds at present. */
export type Document = { document: "terms" | "privacy"; version: string; href: string };

/** What the operator asks people to agree to: each document that has an address and a version. */
export function documents(): Document[] {
  const { terms, privacy } = serviceNow();
  return [
    ...(terms?.version ? [{ document: "terms" as const, version: terms.version, href: terms.url }] : []),
    ...(privacy?.version ? [{ document: "privacy" as const, version: privacy.version, href: privacy.url }] : []),
  ];
}

/** The documents whose present version an account has not agreed to. */
export async function consentsOwed(userId: string): Promise<Document[]> {
  const asked = documents();
  if (asked.length === 0) return [];
  const given = await sql<Pick<Document, "document" | "version">>`SELECT document, version FROM consents WHERE user_id = ${userId}::uuid`;
  return asked.filter(({ document, version }) => !given.some((one) => one.document === document && one.version === version));
}

/** Keeps that an account agreed to documents, in the transaction in which it did; what was agreed to before keeps its time. */
export async function keepConsents(tx: Sql, userId: string, agreed: readonly Document[], { ip, userAgent }: Requester): Promise<void> {
  if (agreed.length === 0) return;
  const kept = await tx`
    INSERT INTO consents (user_id, document, version)
    SELECT ${userId}::uuid, d.document, d.version FROM unnest(${agreed.map(({ document }) => document)}::text[], ${agreed.map(({ version }) => version)}::text[]) AS d(document, version)
    ON CONFLICT DO NOTHING RETURNING document`;
  if (kept.length > 0) await record(tx, { event: "consent.given", userId, ip, userAgent });
}

/** Agrees to the versions that a page has shown; one that is not the present one any more is not agreed to. */
export async function giveConsent(
  userId: string,
  shown: Partial<Record<Document["document"], string | undefined>>,
  requester: Requester,
): Promise<void> {
  const agreed = documents().filter(({ document, version }) => shown[document] === version);
  await transaction((tx) => keepConsents(tx, userId, agreed, requester));
}
