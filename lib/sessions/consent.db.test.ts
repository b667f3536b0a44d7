import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { signUp } from "#lib/accounts/sign-up";
import { sql } from "#lib/db/sql";
import type { Env } from "#lib/env";
import { readChallenge, verifyChallenge } from "#lib/purposes/challenges";
import { consentsOwed, giveConsent } from "#lib/sessions/consent";
import { codeOf, count, forgetLimits, makeAccount, must, PASSWORD, requester, setClock } from "#lib/testing/fixtures";

const set: Partial<Pick<Env, "TERMS_URL" | "TERMS_VERSION" | "PRIVACY_URL" | "PRIVACY_VERSION">> = {};
vi.mock("#lib/env", async (original) => {
  const real = await original<typeof import("#lib/env")>();
  return { ...real, env: () => ({ ...real.env(), ...set }) };
});

const versions = (terms: string | undefined, privacy?: string) =>
  Object.assign(set, {
    TERMS_URL: "https://example.jp/terms",
    TERMS_VERSION: terms,
    PRIVACY_URL: "https://example.jp/privacy",
    PRIVACY_VERSION: privacy,
  });
const given = (userId: string) =>
  sql<{
    document: string;
    version: string;
  }>`SELECT document, version FROM consents WHERE user_id = ${userId}::uuid ORDER BY document, version`;
const owed = async (userId: string) => (await consentsOwed(userId)).map(({ document, version }) => `${document} ${version}`);
const noted = (userId: string) =>
  count(sql<{ n: number }>`
    SELECT count(*)::int AS n FROM audit_events WHERE event = 'consent.given' AND subject = (SELECT audit_subject FROM users WHERE id = ${userId}::uuid)`);

/** The account of a sign-up whose address was proven. */
async function registered(): Promise<string> {
  const email = `${randomUUID()}@example.jp`;
  const { token } = must(await signUp({ email, password: PASSWORD, locale: "ja" }, requester));
  must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
  expect(await readChallenge(token)).toBeNull();
  const [row] = await sql<{ id: string }>`SELECT id FROM users WHERE email = ${email}`;
  return row?.id ?? "";
}

beforeEach(async () => {
  versions(undefined);
  await forgetLimits();
});
afterEach(() => setClock(0));

describe("Consent", () => {
  it("is kept with its version at sign-up, and nothing is where the operator names no version", async () => {
    const before = await registered();
    expect([await given(before), await owed(before), await noted(before)]).toEqual([[], [], 0]);
    versions("1", "2026-11");
    const userId = await registered();
    expect(await given(userId)).toEqual([
      { document: "privacy", version: "2026-11" },
      { document: "terms", version: "1" },
    ]);
    expect([await owed(userId), await noted(userId)]).toEqual([[], 1]);
  });

  it("is asked for again when a version rises, of the documents that rose, and of accounts from before", async () => {
    versions("1", "1");
    const [userId, older] = [await registered(), (await makeAccount()).userId];
    expect(await owed(older)).toEqual(["terms 1", "privacy 1"]);
    versions("2", "1");
    expect(await owed(userId)).toEqual(["terms 2"]);
    await giveConsent(userId, { terms: "2" }, requester);
    await giveConsent(userId, { terms: "2" }, requester);
    expect([await owed(userId), await noted(userId)]).toEqual([[], 2]);
    versions("1", "1");
    expect(await owed(userId)).toEqual([]);
  });

  it("is to what the page has shown, and to no version that came meanwhile or that nobody published", async () => {
    versions("1");
    const { userId } = await makeAccount();
    versions("2");
    for (const shown of [{ terms: "1" }, {}, { terms: "3", privacy: "1" }]) await giveConsent(userId, shown, requester);
    expect([await given(userId), await owed(userId), await noted(userId)]).toEqual([[], ["terms 2"], 0]);
  });
});
