import { lastDigits } from "#lib/authenticators/phones/number";
import { openNumber } from "#lib/crypto/number-seal";
import { prisma } from "#lib/db/prisma";

/** A bound phone as its owner sees it. */
export type PhoneLine = { id: string; lastDigits: string; voiceOnly: boolean };

/** The bound phones of one account, the oldest first; four digits of each (PH-06). */
export async function listPhones(userId: string): Promise<PhoneLine[]> {
  const rows = await prisma().phone.findMany({
    where: { authenticator: { userId, verifiedAt: { not: null }, disabledAt: null } },
    orderBy: { authenticator: { createdAt: "asc" } },
  });
  return rows.map((row) => ({
    id: row.id,
    lastDigits: lastDigits(openNumber(row.id, userId, row.numberSealed), 4),
    voiceOnly: row.voiceOnly,
  }));
}
