import { describe, expect, it } from "vitest";
import { prisma } from "#lib/db/prisma";
import { makeAccount } from "#lib/testing/fixtures";

// An undefined filter is refused and never read as "any", because it would match every row (WB-05, I08).
const nothing = undefined as unknown as string;

describe("A filter that is undefined", () => {
  it.each([
    ["findFirst", () => prisma().user.findFirst({ where: { email: nothing } })],
    ["findMany", () => prisma().user.findMany({ where: { email: nothing } })],
    ["findUnique", () => prisma().user.findUnique({ where: { email: nothing } })],
    ["count", () => prisma().user.count({ where: { email: nothing } })],
    ["a nested filter", () => prisma().user.findMany({ where: { email: { equals: nothing } } })],
    ["an empty way out", () => prisma().user.findMany({ where: { OR: [{ email: nothing }] } })],
    ["updateMany", () => prisma().user.updateMany({ where: { email: nothing }, data: { locale: "en" } })],
    ["deleteMany", () => prisma().user.deleteMany({ where: { email: nothing } })],
    ["a value to write", () => prisma().user.updateMany({ where: { email: "nobody@example.jp" }, data: { locale: nothing } })],
  ])("throws in %s and touches no row", async (_, ask) => {
    const account = await makeAccount();
    await expect(ask()).rejects.toThrow(/undefined/);
    const user = await prisma().user.findUniqueOrThrow({ where: { id: account.userId } });
    expect(user.locale).toBe("ja");
  });
});
