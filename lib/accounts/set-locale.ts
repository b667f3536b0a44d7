import { prisma } from "#lib/db/prisma";

/** Keeps the language an account's texts, calls, mails and pages are written in. */
export async function setLocale(userId: string, locale: "ja" | "en"): Promise<void> {
  await prisma().user.updateMany({ where: { id: userId }, data: { locale } });
}
